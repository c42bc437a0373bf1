//! A queue that neither grows nor drains.
//!
//! The slope of the delay (draft-ietf-rmcat-gcc-02, 5.4) does not see it: a buffer that is full, or a
//! rate that happens to be just what the network carries. It is taken for overuse after a while. If
//! reductions do not help it is somebody else's, or the way got longer: then it is the usual delay
//! from now on, lest we give way to it until nothing is left.

/// A queue of less than this many microseconds, on top of jitter, may stand. With one that is longer
/// the rate does not grow either, so that there is no length at which nothing is done.
pub(super) const TOLERATED_US: i64 = 40_000;
/// It is reduced for after so many microseconds, and again after as many.
const PATIENCE_US: i64 = 1_000_000;
/// So many reductions must help...
const REDUCTIONS: u32 = 3;
/// ...to bring it below this share of what it was.
const HELPED: f64 = 0.8;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Nothing,
    /// It is overuse.
    Reduce,
    /// It is not ours.
    Accept,
}

/// The queue that stands now.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// Since when, or since the last reduction; how long it was at first; reductions since.
    now: Option<(i64, i64, u32)>,
}

impl Standing {
    /// After feedback: the queue beyond jitter, in microseconds.
    pub(super) fn judge(&mut self, now: i64, queue: i64) -> Verdict {
        if queue < TOLERATED_US {
            self.now = None;
            return Verdict::Nothing;
        }
        let (since, first, reductions) = *self.now.get_or_insert((now, queue, 0));
        if now - since < PATIENCE_US {
            return Verdict::Nothing;
        }
        if (queue as f64) < HELPED * first as f64 {
            // It drains; how far, is looked at anew.
            self.now = Some((now, queue, 0));
            return Verdict::Nothing;
        }
        if reductions >= REDUCTIONS {
            self.now = None;
            return Verdict::Accept;
        }
        self.now = Some((now, first, reductions + 1));
        Verdict::Reduce
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said, and in which tenth of a second.
    fn run(queue: impl Fn(i64) -> i64) -> Vec<(i64, Verdict)> {
        let mut standing = Standing::default();
        let said = (0..80).map(|i| (i, standing.judge(i * 100_000, queue(i) * 1000)));
        said.filter(|(_, verdict)| *verdict != Verdict::Nothing)
            .collect()
    }

    #[test]
    fn a_short_queue_and_one_that_drains_are_left_alone() {
        assert_eq!(run(|_| 39), []);
        assert_eq!(run(|i| (2000 - 60 * i).max(0)), []);
    }

    #[test]
    fn a_queue_that_stands_is_reduced_for_and_in_the_end_accepted() {
        use Verdict::{Accept, Reduce};
        let said = run(|i| if i < 45 { 200 } else { 0 });
        assert_eq!(
            said,
            [(10, Reduce), (20, Reduce), (30, Reduce), (40, Accept)]
        );
    }
}
