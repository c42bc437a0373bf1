//! Curves over a call's time as inline SVG: no script, no foreign origin, colours from the page's style.

use std::fmt::Write as _;

/// Points a curve is drawn with; of more seconds than that, each stands for several.
const POINTS: usize = 240;

/// A picture with one curve.
pub(super) struct Plot<'a> {
    pub(super) width: f32,
    pub(super) height: f32,
    /// Seconds of the whole call.
    pub(super) seconds: f32,
    /// The value at the top; 0 is at the bottom.
    pub(super) top: f32,
    /// Class of the curve.
    pub(super) class: &'a str,
    /// What it shows, for those who cannot see it.
    pub(super) label: String,
    /// Times with an explanation, in seconds.
    pub(super) bands: &'a [(f32, f32)],
    /// Values on the left and times below.
    pub(super) axes: Option<&'a str>,
}

const MARGIN: f32 = 64.0;
const FOOT: f32 = 20.0;

impl Plot<'_> {
    /// Draws values by second; where one is missing there is a gap.
    pub(super) fn draw(&self, values: &[(f32, Option<f32>)]) -> String {
        let (left, foot) = if self.axes.is_some() {
            (MARGIN, FOOT)
        } else {
            (0.0, 0.0)
        };
        let (width, height) = (self.width - left, self.height - foot);
        let x = |second: f32| left + width * (second / self.seconds.max(1.0)).clamp(0.0, 1.0);
        let y =
            |value: f32| height * (1.0 - (value / self.top.max(f32::MIN_POSITIVE)).clamp(0.0, 1.0));
        let mut svg = format!(
            "<svg viewBox=\"0 0 {:.0} {:.0}\" role=\"img\" aria-label=\"{}\" class=\"plot\">",
            self.width,
            self.height,
            super::page::escape(&self.label)
        );
        for &(from, to) in self.bands {
            let wide = (x(to) - x(from)).max(1.5);
            let _ = write!(
                svg,
                "<rect class=\"band\" x=\"{:.1}\" y=\"0\" width=\"{wide:.1}\" height=\"{height:.1}\"/>",
                x(from)
            );
        }
        if let Some(unit) = self.axes {
            self.draw_axes(&mut svg, unit, (left, width, height));
        } else {
            let _ = write!(
                svg,
                "<line class=\"axis\" x1=\"0\" x2=\"{width:.1}\" y1=\"{height:.1}\" y2=\"{height:.1}\"/>"
            );
        }
        let mut path = String::new();
        let mut pen_up = true;
        for (second, value) in thinned(values) {
            match value {
                None => pen_up = true,
                Some(value) => {
                    let step = if pen_up { 'M' } else { 'L' };
                    let _ = write!(path, "{step}{:.1} {:.1}", x(second), y(value));
                    pen_up = false;
                }
            }
        }
        let _ = write!(svg, "<path class=\"{}\" d=\"{path}\"/></svg>", self.class);
        svg
    }

    fn draw_axes(&self, svg: &mut String, unit: &str, (left, width, height): (f32, f32, f32)) {
        for part in 0..=2u8 {
            let share = f32::from(part) / 2.0;
            let (value, at) = (self.top * share, height * (1.0 - share));
            let digits = usize::from(self.top < 10.0);
            let _ = write!(
                svg,
                "<line class=\"axis\" x1=\"{left}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value:.digits$}{unit}</text>",
                left + width,
                left - 5.0,
                (at + 4.0).clamp(10.0, height)
            );
        }
        for part in 0..=4u8 {
            let share = f32::from(part) / 4.0;
            let anchor = ["start", "middle", "middle", "middle", "end"][usize::from(part)];
            let _ = write!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                left + width * share,
                height + 15.0,
                clock(self.seconds * share)
            );
        }
    }
}

/// Minutes and seconds.
pub(super) fn clock(seconds: f32) -> String {
    let whole = seconds.round() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

/// At most [`POINTS`] of them; each the greatest of those it stands for, so that no peak is hidden.
fn thinned(values: &[(f32, Option<f32>)]) -> Vec<(f32, Option<f32>)> {
    let each = values.len().div_ceil(POINTS).max(1);
    let point = |chunk: &[(f32, Option<f32>)]| {
        let greatest = chunk.iter().filter_map(|(_, v)| *v).max_by(f32::total_cmp);
        (chunk[0].0, greatest)
    };
    values.chunks(each).map(point).collect()
}

/// A round number not below `value`, for the top of a scale.
pub(super) fn round_up(value: f32, least: f32) -> f32 {
    let value = value.max(least);
    let power = 10f32.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    let step = steps.into_iter().find(|step| step * power >= value * 0.999);
    step.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_calls_are_thinned_and_keep_their_peaks() {
        let mut values: Vec<_> = (0..10_000u16).map(|n| (f32::from(n), Some(0.0))).collect();
        values[7_777].1 = Some(9.0);
        let thin = thinned(&values);
        assert!(thin.len() <= POINTS);
        assert!(thin.iter().any(|(_, value)| *value == Some(9.0)));
    }

    #[test]
    fn scales_end_in_round_numbers() {
        for (value, top) in [
            (0.3, 1.0),
            (3.0, 5.0),
            (5.0, 5.0),
            (62.0, 100.0),
            (130.0, 200.0),
        ] {
            assert_eq!(round_up(value, 1.0), top);
        }
    }

    #[test]
    fn a_gap_lifts_the_pen() {
        let plot = Plot {
            width: 100.0,
            height: 10.0,
            seconds: 3.0,
            top: 1.0,
            class: "c",
            label: "<x>".to_owned(),
            bands: &[],
            axes: None,
        };
        let svg = plot.draw(&[(0.0, Some(1.0)), (1.0, None), (2.0, Some(0.0))]);
        assert_eq!(svg.matches('M').count(), 2, "{svg}");
        assert!(svg.contains("&lt;x&gt;"));
    }
}
