//! When things happen on the wall clock: from the script's time to the time that is played.

use std::time::Duration;

use participant::network::profile::Incident;

use crate::scenario::Act;

/// After an outage all must come back, which is seen only while the call lasts.
const AFTER_OUTAGE: Duration = Duration::from_secs(15);
/// Before it, all must be there.
const BEFORE_OUTAGE: Duration = Duration::from_secs(10);

/// From the script's time to wall time.
#[derive(Clone, Copy)]
pub(super) struct Tempo {
    factor: f64,
    length: Duration,
}

impl Tempo {
    /// A call of `whole`, played as if it took `minutes`, `speed` times faster.
    pub(super) fn new(whole: Duration, minutes: Duration, speed: f64) -> Self {
        let length = minutes.div_f64(speed);
        let factor = length.as_secs_f64() / whole.as_secs_f64().max(1.0);
        Self { factor, length }
    }

    /// How long it is played.
    pub(super) fn length(&self) -> Duration {
        self.length
    }

    /// When something of the script is due.
    pub(super) fn wall(&self, script: Duration) -> Duration {
        script.mul_f64(self.factor)
    }

    /// When an act of the script is due; an outage as a network's.
    pub(super) fn act(&self, act: &Act) -> Duration {
        let at = self.wall(act.at.0);
        match act.outage() {
            Some(outage) => at.min(self.latest(outage)),
            None => at,
        }
    }

    /// When a network's incident begins: in the middle, or as much earlier as its end needs.
    pub(super) fn incident(&self, incident: Incident) -> Duration {
        self.latest(incident).min(self.length / 2)
    }

    /// All must be able to come back.
    fn latest(&self, incident: Incident) -> Duration {
        self.length.saturating_sub(lasts(incident) + AFTER_OUTAGE)
    }

    /// The least length a call must be played for, so that all can come back from this; `None` if this
    /// one is long enough.
    pub(super) fn too_short_for(&self, incident: Incident) -> Option<Duration> {
        let least = match incident {
            Incident::None => Duration::ZERO,
            _ => BEFORE_OUTAGE + lasts(incident) + AFTER_OUTAGE,
        };
        (self.length < least).then_some(least)
    }
}

/// An outage does not shrink with the script: its length is what is tested.
fn lasts(incident: Incident) -> Duration {
    match incident {
        Incident::Outage(time) => time,
        Incident::None | Incident::NewAddress => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn a_script_is_scaled_to_its_minutes_and_then_played_faster() {
        let tempo = Tempo::new(seconds(4800), seconds(480), 2.0);
        assert_eq!(tempo.length(), seconds(240));
        assert_eq!(tempo.wall(seconds(2400)), seconds(120));
        let real = Tempo::new(seconds(4800), seconds(4800), 1.0);
        assert_eq!(real.wall(seconds(2400)), seconds(2400));
    }

    #[test]
    fn an_outage_leaves_time_to_come_back_or_the_call_is_too_short_for_it() {
        let played = |length| Tempo::new(seconds(4800), length, 1.0);
        let long = Incident::Outage(seconds(30));
        assert_eq!(played(seconds(120)).incident(long), seconds(60));
        assert_eq!(played(seconds(60)).incident(long), seconds(15));
        assert_eq!(played(seconds(60)).too_short_for(long), None);
        assert_eq!(played(seconds(50)).too_short_for(long), Some(seconds(55)));
        assert_eq!(
            played(seconds(50)).incident(Incident::NewAddress),
            seconds(25)
        );
        assert_eq!(played(seconds(2)).too_short_for(Incident::None), None);
    }
}
