//! The few numbers that many runs become.

use serde::Serialize;

/// Least, middle and greatest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) min: f64,
    pub(crate) median: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// `None` without values.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values
            .into_iter()
            .filter(|value| value.is_finite())
            .collect();
        values.sort_by(f64::total_cmp);
        let (&min, &max) = (values.first()?, values.last()?);
        let middle = values.len() / 2;
        let median = if values.len().is_multiple_of(2) {
            f64::midpoint(values[middle - 1], values[middle])
        } else {
            values[middle]
        };
        Some(Self { min, median, max })
    }
}

/// The value that this part of all lies below; not a number if there are none.
pub(crate) fn quantile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * part) as usize;
    let last = values.len().saturating_sub(1);
    values.get(at.min(last)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_least_middle_greatest() {
        let spread = Spread::of([3.0, 1.0, 2.0, 10.0, f64::NAN]).unwrap();
        assert_eq!((spread.min, spread.median, spread.max), (1.0, 2.5, 10.0));
        assert_eq!(Spread::of([]), None);
        assert_eq!(Spread::of([5.0]).unwrap().median, 5.0);
    }

    #[test]
    fn quantiles_of_few_values_are_values() {
        assert_eq!(quantile(&mut [4.0, 2.0], 0.99), 4.0);
        assert_eq!(quantile(&mut [4.0, 2.0], 0.0), 2.0);
        assert!(quantile(&mut [], 0.5).is_nan());
    }
}
