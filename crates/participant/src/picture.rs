//! What a synthetic participant's camera shows: a nameplate, a clock, and the frame's number.
//!
//! The plate is drawn once; each frame changes only the barcode's blocks and, once a second, the
//! clock, so that drawing costs almost nothing and the encoder finds most of the picture unchanged.
//! Coordinates are units of a 320 × 180 picture, multiplied by a whole scale; the barcode's layout
//! is [`crate::barcode`]'s.

use std::convert::Infallible;

use embedded_graphics::{
    mono_font::{MonoFont, MonoTextStyle, iso_8859_1, iso_8859_2, iso_8859_5, iso_8859_7},
    pixelcolor::Rgb888,
    prelude::*,
    primitives::{Circle, PrimitiveStyle, Rectangle, RoundedRectangle},
    text::{Alignment, Baseline, Text, TextStyleBuilder},
};

use crate::barcode::{self, Mark, UNITS_HIGH, UNITS_WIDE};

/// A picture in planar YUV 4:2:0, limited range, its planes one after another.
pub struct I420 {
    /// Width in pixels, even.
    pub width: usize,
    /// Height in pixels, even.
    pub height: usize,
    /// Luma, then the two chroma planes at half the width and height.
    pub data: Vec<u8>,
}

impl I420 {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            data: vec![128; width * height * 3 / 2],
        }
    }

    /// The luma plane; its stride is the width.
    pub fn luma(&self) -> &[u8] {
        &self.data[..self.width * self.height]
    }

    fn set(&mut self, x: usize, y: usize, color: Rgb888) {
        let [luma, blue, red] = yuv(color);
        self.data[y * self.width + x] = luma;
        if x.is_multiple_of(2) && y.is_multiple_of(2) {
            let at = self.width * self.height + (y / 2) * (self.width / 2) + x / 2;
            self.data[at] = blue;
            self.data[at + self.width * self.height / 4] = red;
        }
    }
}

/// BT.601, limited range, in 8-bit fixed point.
fn yuv(color: Rgb888) -> [u8; 3] {
    let [r, g, b] = [color.r(), color.g(), color.b()].map(i32::from);
    let luma = ((66 * r + 129 * g + 25 * b + 128) >> 8) + 16;
    let blue = ((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128;
    let red = ((112 * r - 94 * g - 18 * b + 128) >> 8) + 128;
    [luma, blue, red].map(|v| v.clamp(0, 255) as u8)
}

/// What stands on the nameplate.
#[derive(Clone, Default)]
pub struct Plate {
    /// The delegation's short name.
    pub short_name: String,
    /// The person's name.
    pub name: String,
    /// The person's title.
    pub title: String,
}

/// Draws one seat's pictures at one size.
pub struct Painter {
    picture: I420,
    scale: usize,
    seat: u16,
    background: Rgb888,
    second: Option<u64>,
}

const INK: Rgb888 = Rgb888::new(242, 240, 232);
const WHITE: Rgb888 = Rgb888::WHITE;
const BLACK: Rgb888 = Rgb888::BLACK;

impl Painter {
    /// A painter of pictures `scale` times 320 × 180, with the plate drawn.
    pub fn new(plate: &Plate, seat: u16, scale: usize) -> Self {
        let scale = scale.clamp(1, 6);
        let picture = I420::new(UNITS_WIDE * scale, UNITS_HIGH * scale);
        let background = background(seat);
        let mut painter = Self {
            picture,
            scale,
            seat,
            background,
            second: None,
        };
        painter.draw_plate(plate);
        painter
    }

    /// The picture of frame `frame` at `now_ms` (milliseconds since 1970 UTC).
    pub fn paint(&mut self, frame: u32, now_ms: u64) -> &I420 {
        if self.second != Some(now_ms / 1000) {
            self.second = Some(now_ms / 1000);
            self.draw_clock(now_ms / 1000);
        }
        for block in barcode::blocks(Mark {
            seat: self.seat,
            frame,
        }) {
            let color = if block.white { WHITE } else { BLACK };
            let at = Point::new(block.x as i32, block.y as i32);
            let size = Size::new(block.width as u32, block.height as u32);
            self.fill(Rectangle::new(at, size), color);
        }
        &self.picture
    }

    fn draw_plate(&mut self, plate: &Plate) {
        let (back, ink) = (self.background, INK);
        self.fill(Rectangle::new(Point::zero(), self.size()), back);
        let figure = PrimitiveStyle::with_fill(mix(back, WHITE, 48));
        let shoulders = Rectangle::new(Point::new(208, 78), Size::new(88, 80));
        draw(
            RoundedRectangle::with_equal_corners(shoulders, Size::new(40, 40)).into_styled(figure),
            self,
        );
        draw(
            Circle::new(Point::new(228, 28), 48).into_styled(figure),
            self,
        );
        self.fill(
            Rectangle::new(Point::new(0, 136), Size::new(320, 44)),
            BLACK,
        );
        let wide = 300;
        if plate.short_name.chars().count() <= 9 {
            let (at, scale) = (Point::new(14, 22), self.scale);
            let mut doubled = Scaled {
                picture: &mut self.picture,
                scale: scale * 2,
            };
            write(
                &plate.short_name,
                at / 2,
                ink,
                &LARGE,
                wide / 2,
                &mut doubled,
            );
        } else {
            write(
                &plate.short_name,
                Point::new(14, 30),
                ink,
                &LARGE,
                wide,
                self,
            );
        }
        write(&plate.name, Point::new(14, 84), ink, &LARGE, wide, self);
        write(
            &plate.title,
            Point::new(14, 108),
            mix(ink, back, 70),
            &SMALL,
            wide,
            self,
        );
    }

    fn draw_clock(&mut self, second: u64) {
        let (h, m, s) = (second / 3600 % 24, second / 60 % 60, second % 60);
        let text = format!("{h:02}:{m:02}:{s:02} UTC");
        let back = self.background;
        self.fill(Rectangle::new(Point::new(220, 6), Size::new(92, 14)), back);
        let style = TextStyleBuilder::new()
            .alignment(Alignment::Right)
            .baseline(Baseline::Top);
        let font = MonoTextStyle::new(&iso_8859_1::FONT_7X13, INK);
        draw(
            Text::with_text_style(&text, Point::new(311, 6), font, style.build()),
            self,
        );
    }

    fn fill(&mut self, area: Rectangle, color: Rgb888) {
        let s = self.scale;
        let picture = &mut self.picture;
        let Some(last) = area
            .intersection(&Rectangle::new(Point::zero(), units()))
            .bottom_right()
        else {
            return;
        };
        let (x0, x1) = (
            area.top_left.x.max(0) as usize * s,
            (last.x as usize + 1) * s,
        );
        let (y0, y1) = (
            area.top_left.y.max(0) as usize * s,
            (last.y as usize + 1) * s,
        );
        let [luma, blue, red] = yuv(color);
        let (width, luma_size) = (picture.width, picture.width * picture.height);
        for y in y0..y1 {
            picture.data[y * width + x0..y * width + x1].fill(luma);
        }
        for (plane, level) in [(luma_size, blue), (luma_size * 5 / 4, red)] {
            for y in y0 / 2..y1 / 2 {
                let row = plane + y * width / 2;
                picture.data[row + x0 / 2..row + x1 / 2].fill(level);
            }
        }
    }
}

fn draw<D: Drawable<Color = Rgb888>>(
    what: D,
    on: &mut impl DrawTarget<Color = Rgb888, Error = Infallible>,
) {
    match what.draw(on) {
        Ok(_) => {}
        Err(never) => match never {},
    }
}

fn units() -> Size {
    Size::new(UNITS_WIDE as u32, UNITS_HIGH as u32)
}

impl OriginDimensions for Painter {
    fn size(&self) -> Size {
        units()
    }
}

impl DrawTarget for Painter {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        Scaled {
            picture: &mut self.picture,
            scale: self.scale,
        }
        .draw_iter(pixels)
    }
}

/// Draws each pixel as a square of `scale` pixels: the fonts have one size each.
struct Scaled<'a> {
    picture: &'a mut I420,
    scale: usize,
}

impl OriginDimensions for Scaled<'_> {
    fn size(&self) -> Size {
        let across = |pixels: usize| (pixels / self.scale) as u32;
        Size::new(across(self.picture.width), across(self.picture.height))
    }
}

impl DrawTarget for Scaled<'_> {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        let (scale, bounds) = (self.scale, self.bounding_box());
        for Pixel(at, color) in pixels.into_iter().filter(|p| bounds.contains(p.0)) {
            for y in 0..scale {
                for x in 0..scale {
                    self.picture
                        .set(at.x as usize * scale + x, at.y as usize * scale + y, color);
                }
            }
        }
        Ok(())
    }
}

/// One size of letters in four alphabets: Western, Central European, Cyrillic, Greek.
type Fonts = [&'static MonoFont<'static>; 4];
const LARGE: Fonts = [
    &iso_8859_1::FONT_10X20,
    &iso_8859_2::FONT_10X20,
    &iso_8859_5::FONT_10X20,
    &iso_8859_7::FONT_10X20,
];
const SMALL: Fonts = [
    &iso_8859_1::FONT_7X13,
    &iso_8859_2::FONT_7X13,
    &iso_8859_5::FONT_7X13,
    &iso_8859_7::FONT_7X13,
];

/// Writes one line in the alphabet that has most of its letters, cut to `wide` units.
fn write(
    text: &str,
    at: Point,
    ink: Rgb888,
    fonts: &Fonts,
    wide: usize,
    on: &mut impl DrawTarget<Color = Rgb888, Error = Infallible>,
) {
    let missing = |font: &&MonoFont<'_>| {
        let unknown = font.glyph_mapping.index('?');
        text.chars()
            .filter(|&c| c != '?' && font.glyph_mapping.index(c) == unknown)
            .count()
    };
    let font = fonts
        .iter()
        .copied()
        .min_by_key(missing)
        .unwrap_or(fonts[0]);
    let line: String = text
        .chars()
        .take(wide / font.character_size.width as usize)
        .collect();
    draw(
        Text::with_baseline(&line, at, MonoTextStyle::new(font, ink), Baseline::Top),
        on,
    );
}

/// A dark colour of the seat's own, evenly spread over the hues for neighbouring seats.
fn background(seat: u16) -> Rgb888 {
    let hue = (u32::from(seat) * 137) % 360;
    let (part, rest) = (hue / 60, (hue % 60) as u8);
    let (full, up, down) = (92, 28 + rest, 92 - rest);
    let (r, g, b) = match part {
        0 => (full, up, 28),
        1 => (down, full, 28),
        2 => (28, full, up),
        3 => (28, down, full),
        4 => (up, 28, full),
        _ => (full, 28, down),
    };
    Rgb888::new(r, g, b)
}

/// `a` with `part` of 255 of `b`.
fn mix(a: Rgb888, b: Rgb888, part: u32) -> Rgb888 {
    let of = |a: u8, b: u8| ((u32::from(a) * (255 - part) + u32::from(b) * part) / 255) as u8;
    Rgb888::new(of(a.r(), b.r()), of(a.g(), b.g()), of(a.b(), b.b()))
}

#[cfg(test)]
mod tests;
