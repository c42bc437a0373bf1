//! Whether a run counts: the load must have been what it says, and the server must have carried it.

use crate::generator::{LATE, Lateness};

/// A load busier than this may be the one that limits.
const BUSY_MAX: f64 = 0.8;
/// Part of frames that may leave late.
const LATE_MAX: f64 = 0.01;

/// Percent of what should have reached receivers that must have: what a packet costs a server that drops
/// the others compares with nothing.
const DELIVERED_MIN: f64 = 95.0;

/// What is to be judged.
pub(crate) struct Load {
    pub(crate) cores: f64,
    pub(crate) lateness: Lateness,
    pub(crate) damaged: u64,
    pub(crate) delivered_percent: f64,
}

/// Why the run does not count, in words.
pub(crate) fn invalid(load: &Load) -> Vec<String> {
    let mut why = Vec::new();
    if load.cores > BUSY_MAX {
        why.push(format!("the load was {:.0} % busy", 100.0 * load.cores));
    }
    let Lateness {
        frames,
        late,
        worst,
    } = load.lateness;
    if late as f64 > LATE_MAX * frames as f64 {
        why.push(format!(
            "{late} of {frames} frames left more than {} ms late, the worst {} ms",
            LATE.as_millis(),
            worst.as_millis()
        ));
    }
    if load.damaged > 0 {
        why.push(format!(
            "{} packets did not arrive as they were sent",
            load.damaged
        ));
    }
    if load.delivered_percent < DELIVERED_MIN {
        why.push(format!(
            "the server delivered {:.1} % of it",
            load.delivered_percent
        ));
    }
    why
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn load(cores: f64, late: u64, damaged: u64) -> Load {
        let (frames, worst) = (1000, Duration::from_millis(70));
        Load {
            cores,
            lateness: Lateness {
                frames,
                late,
                worst,
            },
            damaged,
            delivered_percent: 99.9,
        }
    }

    #[test]
    fn a_calm_load_counts() {
        assert!(invalid(&load(0.79, 10, 0)).is_empty());
    }

    #[test]
    fn busy_late_and_damaged_are_named() {
        assert_eq!(invalid(&load(0.81, 0, 0)), ["the load was 81 % busy"]);
        assert!(invalid(&load(0.1, 11, 0))[0].contains("11 of 1000 frames"));
        assert!(invalid(&load(0.1, 0, 1))[0].contains("1 packets"));
        assert_eq!(invalid(&load(0.9, 99, 9)).len(), 3);
    }

    #[test]
    fn a_server_that_drops_much_of_the_load_is_not_compared() {
        let mut load = load(0.1, 0, 0);
        load.delivered_percent = 93.0;
        assert_eq!(invalid(&load), ["the server delivered 93.0 % of it"]);
    }
}
