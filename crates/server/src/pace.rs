//! How fast a peer may do something: token buckets, one per connection or one per address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use crate::shares::{Network, networks};

/// Wrong links or convener keys one address may try at once.
const GUESSES: f64 = 20.0;
/// Seconds until it may try one more.
const GUESS_SECONDS: f64 = 3.0;
/// Networks remembered. Beyond it, those that have long been quiet are forgotten, and if there are
/// none no further one is remembered.
const NETWORKS_MAX: usize = 50_000;

/// Fills with time up to a burst; each act takes some of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    level: f64,
    at: Instant,
}

impl Bucket {
    pub(crate) fn full(burst: f64, now: Instant) -> Self {
        Self {
            level: burst,
            at: now,
        }
    }

    /// Takes this much; `false`, and takes nothing, if there is less.
    pub(crate) fn take(&mut self, amount: f64, per_second: f64, burst: f64, now: Instant) -> bool {
        self.refill(per_second, burst, now);
        let enough = self.level >= amount;
        if enough {
            self.level -= amount;
        }
        enough
    }

    /// Takes as much of it as there is.
    pub(crate) fn drain(&mut self, amount: f64) {
        self.level = (self.level - amount).max(0.0);
    }

    fn refill(&mut self, per_second: f64, burst: f64, now: Instant) {
        let seconds = now.saturating_duration_since(self.at).as_secs_f64();
        self.level = (self.level + seconds * per_second).min(burst);
        self.at = now;
    }
}

/// Wrong guesses of links and keys, by address and by the networks around it.
#[derive(Default)]
pub(crate) struct Guesses {
    wrong: Mutex<HashMap<Network, Bucket>>,
}

impl Guesses {
    /// Whether this address may try (again).
    pub(crate) fn may_try(&self, from: IpAddr, now: Instant) -> bool {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        networks(from).iter().all(|(network, shares)| {
            wrong.get_mut(network).is_none_or(|bucket| {
                let (rate, burst) = allowed(*shares);
                bucket.refill(rate, burst, now);
                bucket.level >= 1.0
            })
        })
    }

    /// This address tried a wrong one.
    pub(crate) fn was_wrong(&self, from: IpAddr, now: Instant) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if wrong.len() >= NETWORKS_MAX {
            // More than the least burst: a little is forgotten sooner than it would have been.
            wrong.retain(|_, bucket| {
                bucket.refill(1.0 / GUESS_SECONDS, 2.0 * GUESSES, now);
                bucket.level < GUESSES
            });
        }
        for (network, shares) in networks(from) {
            if wrong.len() >= NETWORKS_MAX && !wrong.contains_key(&network) {
                continue;
            }
            let (rate, burst) = allowed(shares);
            let bucket = wrong.entry(network).or_insert(Bucket::full(burst, now));
            bucket.take(1.0, rate, burst, now);
        }
    }
}

/// Guesses in a second and at once, of a network with so many shares.
fn allowed(shares: usize) -> (f64, f64) {
    let shares = shares as f64;
    (shares / GUESS_SECONDS, shares * GUESSES)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_allows_its_burst_then_its_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::full(3.0, start);
        let taken = (0..5).filter(|_| bucket.take(1.0, 2.0, 3.0, start)).count();
        assert_eq!(taken, 3);
        assert!(bucket.take(1.0, 2.0, 3.0, start + Duration::from_millis(600)));
        assert!(!bucket.take(1.0, 2.0, 3.0, start + Duration::from_millis(700)));
    }

    #[test]
    fn guesses_run_out_for_one_network_and_come_back() {
        let (guesses, start) = (Guesses::default(), Instant::now());
        let one = "2001:db8::1".parse().unwrap();
        let neighbour = "2001:db8::2".parse().unwrap();
        let same_line = "2001:db8:0:1::1".parse().unwrap();
        let other = "2001:db8:0:100::1".parse().unwrap();
        for _ in 0..20 {
            assert!(guesses.may_try(one, start));
            guesses.was_wrong(one, start);
        }
        assert!(!guesses.may_try(neighbour, start));
        assert!(!guesses.may_try(same_line, start), "a line has many /64s");
        assert!(guesses.may_try(other, start));
        assert!(guesses.may_try(one, start + Duration::from_secs(4)));
    }

    #[test]
    fn a_site_with_many_lines_guesses_little_more_than_one_line() {
        let (guesses, start) = (Guesses::default(), Instant::now());
        let mut tried = 0;
        for from in crate::shares::addresses_of("2001:db8::1", 48, 4096) {
            while guesses.may_try(from, start) {
                guesses.was_wrong(from, start);
                tried += 1;
            }
        }
        assert_eq!(tried, 40);
    }
}
