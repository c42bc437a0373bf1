//! What losses say (draft-ietf-rmcat-gcc-02, 6): below 2 % nothing, up to 10 % only that the rate
//! should not grow quickly, above that it is reduced.
//!
//! Radio loses packets at any rate. If a rate that was nearly halved loses as much as before, the
//! losses are the path's own, and only more than them counts (the draft would go down to nothing).

/// Losses up to this share let the rate grow freely.
const FREE: f64 = 0.02;
/// Losses above this share reduce the rate.
const HEAVY: f64 = 0.10;
/// Growth in a second, freely and with some losses.
const GROWTH: f64 = 0.08;
const GROWTH_LOSSY: f64 = 0.02;
/// A window is judged after this many microseconds if it has so many packets...
const WINDOW_US: i64 = 500_000;
const PACKETS: u32 = 30;
/// ...and after so many in any case.
const WINDOW_LONGEST_US: i64 = 2_000_000;
/// A reduction that leaves this share of the rate should have helped.
const ENOUGH: f64 = 0.6;
/// It did not help if losses are still this share of what they were, and what arrives is not more
/// than this share of what it was (of a link that is too narrow by far nearly all is lost twice).
const NO_HELP: f64 = 0.8;
const NO_MORE: f64 = 1.25;

/// Packets told of in one window.
#[derive(Debug, Default, Clone, Copy)]
struct Window {
    lost: u32,
    arrived: u32,
}

impl Window {
    fn packets(self) -> u32 {
        self.lost.saturating_add(self.arrived)
    }

    fn share(self) -> f64 {
        f64::from(self.lost) / f64::from(self.packets().max(1))
    }
}

/// Losses of one path.
#[derive(Debug)]
pub(super) struct Loss {
    since: i64,
    current: Window,
    last: Window,
    is_heavy: bool,
    /// Rate and share lost when a row of reductions began.
    began: Option<(f64, f64)>,
    /// Share that is lost at any rate.
    own: f64,
}

impl Loss {
    pub(super) fn new(now: i64) -> Self {
        Self {
            since: now,
            current: Window::default(),
            last: Window::default(),
            is_heavy: false,
            began: None,
            own: 0.0,
        }
    }

    pub(super) fn lost(&mut self) {
        self.current.lost = self.current.lost.saturating_add(1);
    }

    pub(super) fn arrived(&mut self) {
        self.current.arrived = self.current.arrived.saturating_add(1);
    }

    /// Was told lost, and was only late.
    pub(super) fn found(&mut self) {
        self.current.lost = self.current.lost.saturating_sub(1);
        self.arrived();
    }

    /// Begins anew, after a time without feedback.
    pub(super) fn forget_window(&mut self, now: i64) {
        (self.since, self.current) = (now, Window::default());
    }

    /// 0.0..=1.0, over the last two windows.
    #[cfg(test)]
    pub(super) fn share(&self) -> f64 {
        let both = Window {
            lost: self.current.lost.saturating_add(self.last.lost),
            arrived: self.current.arrived.saturating_add(self.last.arrived),
        };
        both.share()
    }

    pub(super) fn is_heavy(&self) -> bool {
        self.is_heavy
    }

    /// Share by which the rate may grow in a second.
    pub(super) fn growth(&self) -> f64 {
        match self.last.share() {
            _ if self.is_heavy => 0.0,
            share if share <= FREE => GROWTH,
            _ => GROWTH_LOSSY,
        }
    }

    /// If a window is over: by what the rate is to be multiplied (0.5..1.0). With a standing queue
    /// losses are never the path's own.
    pub(super) fn judge(&mut self, now: i64, rate: f64, queue_stands: bool) -> Option<f64> {
        let age = now - self.since;
        let is_over =
            age >= WINDOW_LONGEST_US || age >= WINDOW_US && self.current.packets() >= PACKETS;
        if !is_over {
            return None;
        }
        let window = std::mem::take(&mut self.current);
        (self.since, self.last) = (now, window);
        let share = window.share();
        self.own = self.own.min(share);
        self.is_heavy = is_heavy(window, self.threshold());
        if !self.is_heavy {
            self.began = None;
            return None;
        }
        let (rate_then, share_then) = *self.began.get_or_insert((rate, share));
        let no_help = share > NO_HELP * share_then && 1.0 - share < NO_MORE * (1.0 - share_then);
        if rate < ENOUGH * rate_then && no_help && !queue_stands {
            self.own = share;
            (self.began, self.is_heavy) = (None, false);
            return None;
        }
        Some(1.0 - share / 2.0)
    }

    fn threshold(&self) -> f64 {
        HEAVY + self.own
    }
}

/// With an allowance for chance: two standard deviations of a small window.
fn is_heavy(window: Window, threshold: f64) -> bool {
    let expected = threshold * f64::from(window.packets());
    f64::from(window.lost) > expected + 2.0 * expected.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten seconds of 100 packets per half second; how the rate comes out of it.
    fn run(loss: &mut Loss, from: i64, lost_of_hundred: impl Fn(f64) -> u32) -> f64 {
        let mut rate = 1.0;
        for window in 1..=20 {
            for packet in 0..100 {
                if packet < lost_of_hundred(rate) {
                    loss.lost();
                } else {
                    loss.arrived();
                }
            }
            rate *= loss
                .judge(from + window * WINDOW_US, rate, false)
                .unwrap_or(1.0);
        }
        rate
    }

    #[test]
    fn losses_up_to_ten_percent_never_reduce() {
        for lost in [0, 3, 10] {
            let mut loss = Loss::new(0);
            assert_eq!(run(&mut loss, 0, |_| lost), 1.0);
            assert!(!loss.is_heavy());
        }
    }

    #[test]
    fn losses_of_a_narrow_link_reduce_until_they_end() {
        let mut loss = Loss::new(0);
        let over = |rate: f64| (100.0 * (1.0 - 0.3 / rate).max(0.0)) as u32;
        let rate = run(&mut loss, 0, over);
        assert!((0.3..0.37).contains(&rate), "{rate}");
    }

    #[test]
    fn losses_that_no_reduction_helps_against_are_borne() {
        let mut loss = Loss::new(0);
        let rate = run(&mut loss, 0, |_| 25);
        assert!(rate > 0.4, "{rate}");
        assert!(loss.growth() > 0.0);
        assert_eq!(run(&mut loss, 10_000_000, |_| 0), 1.0);
        let rate = run(&mut loss, 20_000_000, |_| 25);
        assert!(rate < 0.6, "once they ended, they count again: {rate}");
    }

    #[test]
    fn packets_found_again_are_not_lost() {
        let mut loss = Loss::new(0);
        (0..100).for_each(|_| loss.lost());
        (0..100).for_each(|_| loss.found());
        assert_eq!(loss.share(), 0.0);
        assert_eq!(loss.judge(WINDOW_US, 1.0, false), None);
    }
}
