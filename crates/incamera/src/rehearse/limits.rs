//! What a rehearsal must hold to pass: by the seat's network, unless the scenario says otherwise.
//! `docs/rehearsals.md` prints the table; a test compares them.

use participant::network::profile::{Incident, Profile};

use crate::scenario::Thresholds;

/// What holds for one seat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limits {
    /// Milliseconds from being at the table with somebody to the first frame.
    pub(super) first_frame_ms: u64,
    /// Percent of voice packets lost.
    pub(super) voice_lost: f64,
    /// Percent of pictures that never came or could not be shown.
    pub(super) missed: f64,
    /// Percent of pictures that came late.
    pub(super) late: f64,
    /// Milliseconds a picture may stand still.
    pub(super) freeze_ms: u64,
    /// Milliseconds until all is back after an incident.
    pub(super) recovery_ms: u64,
    /// Connections broken without a plan.
    pub(super) reconnects: u32,
}

const CLEAN: Limits = Limits {
    first_frame_ms: 3_000,
    voice_lost: 0.5,
    missed: 1.0,
    late: 2.0,
    freeze_ms: 2_000,
    recovery_ms: 4_000,
    reconnects: 0,
};

impl Limits {
    /// Those of a network.
    pub(super) fn of(profile: &Profile) -> Self {
        match profile.name {
            "moderate" => Self {
                first_frame_ms: 5_000,
                voice_lost: 6.0,
                missed: 15.0,
                late: 5.0,
                freeze_ms: 3_000,
                recovery_ms: 5_000,
                ..CLEAN
            },
            "international" => Self {
                first_frame_ms: 10_000,
                voice_lost: 15.0,
                missed: 40.0,
                // A picture found again is half a second late, and so are those behind it.
                late: 45.0,
                freeze_ms: 15_000,
                recovery_ms: 8_000,
                ..CLEAN
            },
            "satellite" => Self {
                first_frame_ms: 10_000,
                voice_lost: 2.5,
                missed: 15.0,
                late: 10.0,
                freeze_ms: 5_000,
                recovery_ms: 10_000,
                ..CLEAN
            },
            "hotel-wifi" => Self {
                first_frame_ms: 5_000,
                voice_lost: 4.0,
                missed: 10.0,
                late: 5.0,
                freeze_ms: 4_000,
                recovery_ms: 6_000,
                ..CLEAN
            },
            "residence" => Self {
                first_frame_ms: 5_000,
                voice_lost: 4.0,
                missed: 15.0,
                late: 10.0,
                freeze_ms: 5_000,
                recovery_ms: 6_000,
                ..CLEAN
            },
            "loss-30" => Self {
                // DTLS waits 1, 2, 4, 8 s for what was lost of its first flights.
                first_frame_ms: 20_000,
                // What is sent again included.
                voice_lost: 5.0,
                missed: 90.0,
                late: 45.0,
                freeze_ms: 15_000,
                recovery_ms: 15_000,
                ..CLEAN
            },
            "udp-blocked" => Self {
                // Two seconds go by until TCP is tried.
                first_frame_ms: 6_000,
                ..CLEAN
            },
            _ => match profile.incident {
                // A signalling connection that was silent for 12 s is made anew, and media with it.
                Incident::Outage(time) if time.as_secs() >= 10 => Self {
                    recovery_ms: 10_000,
                    ..CLEAN
                },
                _ => CLEAN,
            },
        }
    }

    /// For what a seat on the one network sees and hears of a seat on the other: both lines lose their
    /// part, unless the scenario says what must hold.
    pub(super) fn between(own: &Profile, other: &Profile, thresholds: &Thresholds) -> Self {
        Self::of(own).and(Self::of(other)).but(thresholds)
    }

    /// With what the scenario says in their place.
    pub(super) fn but(self, thresholds: &Thresholds) -> Self {
        let t = thresholds;
        Self {
            first_frame_ms: t.first_frame_ms.unwrap_or(self.first_frame_ms),
            voice_lost: t.voice_lost_percent.unwrap_or(self.voice_lost),
            missed: t.pictures_missed_percent.unwrap_or(self.missed),
            late: t.pictures_late_percent.unwrap_or(self.late),
            freeze_ms: t.longest_freeze_ms.unwrap_or(self.freeze_ms),
            recovery_ms: t.recovery_ms.unwrap_or(self.recovery_ms),
            reconnects: t.reconnects.unwrap_or(self.reconnects),
        }
    }

    fn and(self, other: Self) -> Self {
        let both = |a: f64, b: f64, clean: f64| {
            if a <= clean || b <= clean {
                a.max(b)
            } else {
                (a + b).min(100.0)
            }
        };
        Self {
            first_frame_ms: self.first_frame_ms.max(other.first_frame_ms),
            voice_lost: both(self.voice_lost, other.voice_lost, CLEAN.voice_lost),
            missed: both(self.missed, other.missed, CLEAN.missed),
            late: both(self.late, other.late, CLEAN.late),
            freeze_ms: self.freeze_ms.max(other.freeze_ms),
            recovery_ms: self.recovery_ms.max(other.recovery_ms),
            reconnects: self.reconnects,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use participant::network::profile::PROFILES;

    #[test]
    fn the_documented_table_is_what_holds() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rehearsals.md");
        let text = std::fs::read_to_string(file).unwrap();
        for profile in PROFILES {
            let l = Limits::of(&profile);
            let row = format!(
                "| `{}` | {} | {} | {} | {} | {} | {} | {} |",
                profile.name,
                profile.about,
                l.first_frame_ms,
                l.voice_lost,
                l.missed,
                l.late,
                l.freeze_ms,
                l.recovery_ms
            );
            assert!(text.contains(&row), "docs/rehearsals.md lacks\n{row}");
        }
    }

    #[test]
    fn a_scenarios_thresholds_come_before_a_networks() {
        let thresholds = Thresholds {
            voice_lost_percent: Some(0.0),
            ..Thresholds::default()
        };
        let clean = Limits::of(&Profile::named("clean").unwrap());
        let limits = clean.but(&thresholds);
        assert_eq!((limits.voice_lost, limits.missed), (0.0, clean.missed));
    }

    #[test]
    fn two_poor_lines_may_lose_what_both_lose_and_a_scenarios_word_is_never_doubled() {
        let [clean, moderate] = ["clean", "moderate"].map(|name| Profile::named(name).unwrap());
        let lost = |own, other, percent| {
            let thresholds = Thresholds {
                voice_lost_percent: percent,
                ..Thresholds::default()
            };
            Limits::between(own, other, &thresholds).voice_lost
        };
        assert_eq!(lost(&moderate, &clean, None), 6.0);
        assert_eq!(lost(&moderate, &moderate, None), 12.0);
        assert_eq!(lost(&clean, &clean, Some(1.0)), 1.0);
        assert_eq!(lost(&moderate, &moderate, Some(9.0)), 9.0);
    }
}
