//! The one place that asks the system what time it is.
//!
//! There are two answers. [`Clock::now_ms`] is for durations, deadlines and ages: it counts from the
//! moment the clock was made, goes on while the machine sleeps, and no administrator, time server or
//! daylight saving moves it. [`Clock::wall_ms`] is the time of day: for showing, storing and comparing
//! with other machines, never for how long something took. Both are milliseconds since 1970 UTC and
//! agree when the clock is made, so that a test may use one for the other.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Cheap to clone; clones are one clock.
#[derive(Debug, Clone)]
pub struct Clock {
    /// What [`since_boot`] said when the clock was made, and the time of day then.
    start: Duration,
    start_ms: u64,
    /// How far somebody has set the time of day by hand: [`Clock::set_ahead`].
    set_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The system's, from this moment on.
    pub fn system() -> Self {
        Self {
            start: since_boot(),
            start_ms: time_of_day(),
            set_ms: Arc::default(),
        }
    }

    /// For durations: milliseconds that never jump and never stand still.
    pub fn now_ms(&self) -> u64 {
        let passed = since_boot().saturating_sub(self.start).as_millis();
        self.start_ms
            .saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    /// The time of day, milliseconds since 1970 UTC. It may jump either way.
    pub fn wall_ms(&self) -> u64 {
        time_of_day().saturating_add_signed(self.set_ms.load(Ordering::Relaxed))
    }

    /// How far the time of day is ahead of [`Clock::now_ms`]: what the system's clock was set by since
    /// this one was made.
    pub fn ahead_ms(&self) -> i64 {
        self.wall_ms().cast_signed() - self.now_ms().cast_signed()
    }

    /// As if somebody had set the system's clock ahead by so much, or back: for tests and drills.
    pub fn set_ahead(&self, by_ms: i64) {
        self.set_ms.store(by_ms, Ordering::Relaxed);
    }
}

/// The process's own clock, made when it is first asked.
static PROCESS: LazyLock<Clock> = LazyLock::new(Clock::system);

/// [`Clock::now_ms`] of the process: for durations.
pub fn now_ms() -> u64 {
    PROCESS.now_ms()
}

/// [`Clock::wall_ms`]: for showing and storing.
pub fn wall_ms() -> u64 {
    time_of_day()
}

/// How long this machine has slept since it was started, as far as the system tells: what
/// [`std::time::Instant`] leaves out.
pub fn asleep() -> Duration {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::time::{ClockId, clock_gettime};
        // In this order, so that what passes between the two is never taken for sleep twice.
        let awake = clock_gettime(ClockId::Monotonic);
        let all = clock_gettime(ClockId::Boottime);
        duration(all).saturating_sub(duration(awake))
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        Duration::ZERO
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn time_of_day() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A clock nobody sets. It counts a laptop's sleep wherever the system has one that does.
#[cfg(unix)]
fn since_boot() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let id = ClockId::Boottime;
    // Apple's counts sleep, unlike what `Instant` takes there.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let id = ClockId::Monotonic;
    duration(clock_gettime(id))
}

/// A clock nobody sets. Windows counts sleep in it.
#[cfg(not(unix))]
fn since_boot() -> Duration {
    static START: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

#[cfg(unix)]
fn duration(time: rustix::time::Timespec) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let nanos = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_the_time_of_day_moves_no_duration() {
        let clock = Clock::system();
        let (before, same) = (clock.now_ms(), clock.clone());
        assert!(clock.ahead_ms().abs() < 1_000, "they agree at first");
        for by in [60_000, 11 * 60_000, -3_600_000, i64::MIN / 4] {
            same.set_ahead(by);
            let now = clock.now_ms();
            assert!((before..before + 60_000).contains(&now), "{by} moved it");
            assert!(by < -1_000_000_000_000 || (clock.ahead_ms() - by).abs() < 1_000);
        }
    }

    #[test]
    fn time_passes() {
        let clock = Clock::system();
        let start = clock.now_ms();
        std::thread::sleep(Duration::from_millis(20));
        assert!(clock.now_ms() >= start + 20);
    }
}
