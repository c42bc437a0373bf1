//! How fast a peer may do something: token buckets, one per connection or one per address.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// Wrong links or convener keys one address may try at once.
const GUESSES: f64 = 20.0;
/// Seconds until it may try one more.
const GUESS_SECONDS: f64 = 3.0;
/// Addresses remembered. Beyond it, those that have long been quiet are forgotten, and if there are
/// none no further one is remembered.
const ADDRESSES_MAX: usize = 20_000;

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

/// Wrong guesses of links and keys, by address (IPv6: by /64).
#[derive(Default)]
pub(crate) struct Guesses {
    wrong: Mutex<HashMap<IpAddr, Bucket>>,
}

impl Guesses {
    /// Whether this address may try (again).
    pub(crate) fn may_try(&self, from: IpAddr, now: Instant) -> bool {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.get_mut(&prefix(from)).is_none_or(|bucket| {
            bucket.refill(1.0 / GUESS_SECONDS, GUESSES, now);
            bucket.level >= 1.0
        })
    }

    /// This address tried a wrong one.
    pub(crate) fn was_wrong(&self, from: IpAddr, now: Instant) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if wrong.len() >= ADDRESSES_MAX {
            wrong.retain(|_, bucket| {
                bucket.refill(1.0 / GUESS_SECONDS, GUESSES, now);
                bucket.level < GUESSES
            });
            if wrong.len() >= ADDRESSES_MAX && !wrong.contains_key(&prefix(from)) {
                return;
            }
        }
        let bucket = wrong
            .entry(prefix(from))
            .or_insert(Bucket::full(GUESSES, now));
        bucket.take(1.0, 1.0 / GUESS_SECONDS, GUESSES, now);
    }
}

/// What one household or machine has: an IPv4 address or an IPv6 /64.
pub(crate) fn prefix(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
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
        let other = "2001:db8:0:1::1".parse().unwrap();
        for _ in 0..20 {
            assert!(guesses.may_try(one, start));
            guesses.was_wrong(one, start);
        }
        assert!(!guesses.may_try(neighbour, start));
        assert!(guesses.may_try(other, start));
        assert!(guesses.may_try(one, start + Duration::from_secs(4)));
    }
}
