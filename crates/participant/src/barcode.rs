//! A number drawn into a picture so that it survives VP8 at low bitrates and scaling.
//!
//! Owns the layout and both directions; leaves the rest of the picture to [`crate::picture`].
//! The layout is given in units of a 320 × 180 picture and scales with it, so a reader needs only
//! the width and height of what it has: a decoded frame, or a browser's canvas that a `<video>` was
//! drawn onto.
//!
//! ```text
//!  x = 28 + 12 * column, 22 columns; y = 144 + 14 * row, 2 rows; a block is 12 wide, 14 high
//!  row 0:  W  bit39 bit38 … bit20  B        white block = 1, black block = 0
//!  row 1:  B  bit19 bit18 … bit0   W        first and last column: reference white and black
//!  40 bits = value (32 bits) << 8 | CRC-8 of its four bytes, most significant first
//!  value   = seat (10 bits) << 22 | frame number (22 bits)
//! ```
//! To read a block, average the luma (or the green channel) of its middle half in both directions;
//! it is white if above the mean of the four reference blocks. A reading counts only if reference
//! white and black differ by at least [`CONTRAST_MIN`] and the checksum agrees. The checksum is
//! CRC-8 with polynomial 0x07, initial value 0xFF, nothing reflected.

/// Width of the picture that the layout is given for.
pub const UNITS_WIDE: usize = 320;
/// Height of the picture that the layout is given for.
pub const UNITS_HIGH: usize = 180;
/// Reference white and black nearer than this (of 255) mean that no barcode is there.
pub const CONTRAST_MIN: u32 = 48;

const COLUMNS: usize = 22;
const ROWS: usize = 2;
const LEFT: usize = 28;
const TOP: usize = 144;
const BLOCK_WIDE: usize = 12;
const BLOCK_HIGH: usize = 14;
const FRAME_BITS: u32 = 22;

/// What a barcode says: whose picture, and which frame of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The seat's number, at most 1023.
    pub seat: u16,
    /// The frame's number modulo 2^22 (over four days at 10 frames a second).
    pub frame: u32,
}

impl Mark {
    /// The number that is drawn.
    pub const fn value(self) -> u32 {
        ((self.seat as u32) << FRAME_BITS) | (self.frame & ((1 << FRAME_BITS) - 1))
    }

    /// The mark that a drawn number stands for.
    pub const fn from_value(value: u32) -> Self {
        Self {
            seat: (value >> FRAME_BITS) as u16,
            frame: value & ((1 << FRAME_BITS) - 1),
        }
    }
}

/// A block of the barcode: where it is in a picture of the layout's size, and whether it is white.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Left edge in units.
    pub x: usize,
    /// Upper edge in units.
    pub y: usize,
    /// Width in units.
    pub width: usize,
    /// Height in units.
    pub height: usize,
    /// White (1) or black (0).
    pub white: bool,
}

/// The 44 blocks of `mark`, reference blocks included.
pub fn blocks(mark: Mark) -> impl Iterator<Item = Block> {
    let value = mark.value();
    let bits = (u64::from(value) << 8) | u64::from(crc8(value));
    (0..ROWS).flat_map(move |row| {
        (0..COLUMNS).map(move |column| {
            let white = match reference(row, column) {
                Some(white) => white,
                None => (bits >> (39 - row * (COLUMNS - 2) - (column - 1))) & 1 == 1,
            };
            let (x, y) = (LEFT + column * BLOCK_WIDE, TOP + row * BLOCK_HIGH);
            Block {
                x,
                y,
                width: BLOCK_WIDE,
                height: BLOCK_HIGH,
                white,
            }
        })
    })
}

/// Reads the barcode of a luma plane; `None` if there is none or it was damaged.
pub fn read(luma: &[u8], width: usize, height: usize, stride: usize) -> Option<Mark> {
    if width < UNITS_WIDE / 2 || height < UNITS_HIGH / 2 || stride < width {
        return None;
    }
    if luma.len() < stride * (height - 1) + width {
        return None;
    }
    let level = |row, column| block_level(luma, (width, height, stride), row, column);
    let (last, white, black) = (
        COLUMNS - 1,
        [(0, 0), (1, COLUMNS - 1)],
        [(1, 0), (0, COLUMNS - 1)],
    );
    let mean = |at: [(usize, usize); 2]| at.iter().map(|&(r, c)| level(r, c)).sum::<u32>() / 2;
    let (white, black) = (mean(white), mean(black));
    if white < black + CONTRAST_MIN {
        return None;
    }
    let threshold = (white + black) / 2;
    let mut bits = 0u64;
    for row in 0..ROWS {
        for column in 1..last {
            bits = bits << 1 | u64::from(level(row, column) > threshold);
        }
    }
    let value = (bits >> 8) as u32;
    (crc8(value) == bits as u8).then(|| Mark::from_value(value))
}

/// Mean luma of the middle half of a block.
fn block_level(
    luma: &[u8],
    (width, height, stride): (usize, usize, usize),
    row: usize,
    column: usize,
) -> u32 {
    let across = |units_x4: usize| units_x4 * width / (UNITS_WIDE * 4);
    let down = |units_x4: usize| units_x4 * height / (UNITS_HIGH * 4);
    let (x, y) = (LEFT + column * BLOCK_WIDE, TOP + row * BLOCK_HIGH);
    let (from_x, to_x) = (across(x * 4 + BLOCK_WIDE), across(x * 4 + BLOCK_WIDE * 3));
    let (from_y, to_y) = (down(y * 4 + BLOCK_HIGH), down(y * 4 + BLOCK_HIGH * 3));
    let (mut sum, mut count) = (0u32, 0u32);
    for y in from_y..to_y.max(from_y + 1) {
        for x in from_x..to_x.max(from_x + 1) {
            sum += u32::from(luma[y * stride + x]);
            count += 1;
        }
    }
    sum / count
}

/// Reference blocks: upper left and lower right are white, the other two corners black.
const fn reference(row: usize, column: usize) -> Option<bool> {
    match column {
        0 => Some(row == 0),
        c if c == COLUMNS - 1 => Some(row == 1),
        _ => None,
    }
}

fn crc8(value: u32) -> u8 {
    value.to_be_bytes().iter().fold(0xff, |crc, byte| {
        (0..8).fold(crc ^ byte, |c, _| {
            if c & 0x80 == 0 {
                c << 1
            } else {
                (c << 1) ^ 0x07
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Draws `mark` into a grey picture `scale` times the layout's size.
    fn drawn(mark: Mark, scale: usize) -> (Vec<u8>, usize, usize) {
        let (width, height) = (UNITS_WIDE * scale, UNITS_HIGH * scale);
        let mut luma = vec![90; width * height];
        for b in blocks(mark) {
            for y in b.y * scale..(b.y + b.height) * scale {
                let row = y * width;
                luma[row + b.x * scale..row + (b.x + b.width) * scale].fill(if b.white {
                    235
                } else {
                    16
                });
            }
        }
        (luma, width, height)
    }

    fn scaled(luma: &[u8], from: (usize, usize), to: (usize, usize)) -> Vec<u8> {
        let nearest = |i: usize| {
            let (x, y) = (i % to.0, i / to.0);
            luma[(y * from.1 / to.1) * from.0 + x * from.0 / to.0]
        };
        (0..to.0 * to.1).map(nearest).collect()
    }

    proptest! {
        #[test]
        fn every_mark_survives_drawing_and_scaling(seat in 0u16..1024, frame in 0u32..1 << 22, width in 200usize..1400) {
            let mark = Mark { seat, frame };
            let (luma, w, h) = drawn(mark, 2);
            prop_assert_eq!(read(&luma, w, h, w), Some(mark));
            let to = (width, width * 9 / 16);
            let small = scaled(&luma, (w, h), to);
            prop_assert_eq!(read(&small, to.0, to.1, to.0), Some(mark));
        }

        #[test]
        fn reading_any_bytes_never_panics(luma in proptest::collection::vec(any::<u8>(), 0..70_000), w in 0usize..400, h in 0usize..400, s in 0usize..500) {
            let _ = read(&luma, w, h, s);
        }
    }

    #[test]
    fn a_flipped_block_or_a_flat_picture_reads_as_nothing() {
        let mark = Mark {
            seat: 3,
            frame: 1234,
        };
        let (mut luma, w, h) = drawn(mark, 1);
        let block = blocks(mark).nth(7).unwrap();
        for y in block.y..block.y + block.height {
            for x in block.x..block.x + block.width {
                luma[y * w + x] = 255 - luma[y * w + x];
            }
        }
        assert_eq!(read(&luma, w, h, w), None);
        assert_eq!(read(&vec![128; w * h], w, h, w), None);
    }

    /// Fixed vectors, so that the reader in the web tests can be checked against the same numbers.
    #[test]
    fn the_checksum_matches_its_published_vectors() {
        assert_eq!(Mark { seat: 9, frame: 5 }.value(), 37_748_741);
        assert_eq!(
            [crc8(0), crc8(37_748_741), crc8(u32::MAX)],
            [0xd1, 0x60, 0x0f]
        );
    }
}
