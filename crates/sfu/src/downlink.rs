//! The way to one receiver: its keys, what its network carries, what waits for it.

use std::time::{Duration, Instant};

use srtp::{Keys, Protect, Unprotect};

use crate::{
    connection::Happening,
    demux::Tuple,
    estimate::{Estimator, Feedback, Probe},
    line::Line,
    offer::FIRST_ESTIMATE,
    output::Route,
    rtcp::{self, Said},
    still::Pace,
};

/// Padding goes out this often while a probe is under way.
const PADDING_INTERVAL: Duration = Duration::from_millis(5);
/// Receivers are told what we sent this often.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
/// Of the estimate, what may be spent on packets that were lost: more would drown what is new.
const RESEND_SHARE: u64 = 5;
/// An address nothing came from for so long may be gone. Clients with a microphone or camera are heard
/// many times in it.
const GONE: Duration = Duration::from_secs(1);
/// Bits a second of voices that may be sent again: as much as sixteen of them lose where a third is lost,
/// what is lost again included.
const VOICE_RESEND_BITS: u64 = 400_000;
/// On a line that has less to spare.
const VOICE_RESEND_LITTLE: u64 = 80_000;
/// The same on a far one: there is one try at most before a voice goes on, so it is rarely worth its place.
const VOICE_RESEND_FAR: u64 = 30_000;
const FAR: Duration = Duration::from_millis(200);
/// What may be sent again of voices at once.
const VOICE_RESEND_BURST: u64 = 4 * 1024;
/// What may be sent again at once.
const RESEND_BURST: u64 = 64 * 1024;

/// A packet on its way to a receiver.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting {
    /// Index in the batch.
    pub(crate) packet: u32,
    /// Of the audio or video slots.
    pub(crate) slot: u16,
    pub(crate) audio: bool,
    /// It was lost.
    pub(crate) again: bool,
}

/// There as soon as DTLS is done.
pub(crate) struct Downlink {
    pub(crate) protect: Protect,
    unprotect: Unprotect,
    pub(crate) estimator: Estimator,
    /// Where the client was last heard, with proof; before that, where str0m speaks to it.
    route: Option<Route>,
    /// When something of the client came from there.
    heard: Instant,
    /// Where str0m last spoke to it.
    rtc_route: Option<Route>,
    pub(crate) waiting: Vec<Waiting>,
    /// Whether its line is too bad for voices as they are.
    pub(crate) line: Line,
    probe: Option<Probing>,
    pub(crate) began: Instant,
    reported: Instant,
    /// For pictures, and for voices.
    allowance: Allowance,
    voice_allowance: Allowance,
    pub(crate) stills: Pace,
    opened: Vec<u8>,
}

fn route_to((proto, remote, local): Tuple) -> Route {
    Route {
        proto,
        source: local,
        destination: remote,
    }
}

struct Probing {
    probe: Probe,
    since: Instant,
    sent: usize,
    next: Instant,
}

impl Downlink {
    pub(crate) fn new(now: Instant, keys: &Keys) -> Self {
        let (protect, unprotect) = keys.contexts();
        Self {
            protect,
            unprotect,
            estimator: Estimator::new(now, FIRST_ESTIMATE),
            route: None,
            heard: now,
            rtc_route: None,
            waiting: Vec::new(),
            line: Line::default(),
            probe: None,
            began: now,
            reported: now,
            allowance: Allowance::new(RESEND_BURST, now),
            voice_allowance: Allowance::new(VOICE_RESEND_BURST, now),
            stills: Pace::new(now),
            opened: Vec::new(),
        }
    }

    /// Where to speak to the client.
    pub(crate) fn route(&self) -> Option<Route> {
        self.route
    }

    /// Something under the client's keys came from there, not a copy of anything: there it is.
    pub(crate) fn heard(&mut self, now: Instant, from: Tuple) {
        (self.route, self.heard) = (Some(route_to(from)), now);
    }

    /// A check of the client says that it has chosen this way. If nothing came by the other one for a
    /// moment, that one is gone: the client's address has changed behind its translator.
    pub(crate) fn chosen(&mut self, now: Instant, from: Tuple) {
        let same = self.route == Some(route_to(from));
        if same || now.saturating_duration_since(self.heard) >= GONE {
            self.heard(now, from);
        }
    }

    /// str0m speaks to the client by a way of its own. It keeps an old one for 15 seconds after the
    /// client's address has changed, so that counts only when it is a new one.
    pub(crate) fn spoken_to(&mut self, route: Route) -> Route {
        if self.rtc_route.replace(route) != Some(route) {
            self.route = Some(route);
        }
        self.route.unwrap_or(route)
    }

    /// An RTCP datagram of the client. True if str0m must have it too.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        from: Tuple,
        datagram: &[u8],
        happenings: &mut Vec<Happening>,
    ) -> bool {
        self.opened.clear();
        self.opened.extend_from_slice(datagram);
        if !self.unprotect.rtcp(&mut self.opened) {
            return false;
        }
        self.heard(now, from);
        let (estimator, mut for_the_other) = (&mut self.estimator, false);
        rtcp::read(&self.opened, |said| match said {
            Said::Arrivals(body) => {
                if let Some(feedback) = Feedback::parse(body) {
                    estimator.feedback(now, &feedback);
                }
            }
            Said::Lost { ssrc, pairs } => happenings.push(Happening::Lost {
                ssrc,
                pairs: pairs.into(),
            }),
            Said::NeedsKeyFrame { ssrc } => happenings.push(Happening::KeyframeRequest(ssrc)),
            Said::Receives { ssrc, lost } => happenings.push(Happening::Receives(ssrc, lost)),
            Said::ForTheOther => for_the_other = true,
        });
        self.look_for_probe(now);
        for_the_other
    }

    /// What str0m protected under our key, numbered anew. False if there is nothing to send.
    pub(crate) fn take_over(&mut self, datagram: &mut Vec<u8>) -> bool {
        self.protect.take_over_rtcp(datagram) && !datagram.is_empty()
    }

    /// Every tenth of a second; the client is sent so many voices, and pictures or not.
    pub(crate) fn tick(&mut self, now: Instant, voices: usize, pictures: bool) {
        self.estimator.tick(now);
        // Without pictures nothing is measured.
        let left = pictures.then(|| self.estimator.estimate());
        self.line.judge(now, left, voices);
        self.look_for_probe(now);
    }

    fn look_for_probe(&mut self, now: Instant) {
        if self.probe.is_none() {
            self.probe = self.estimator.probe(now).map(|probe| Probing {
                probe,
                since: now,
                sent: 0,
                next: now,
            });
        }
    }

    /// When padding is to be sent, if it is.
    pub(crate) fn wake(&self) -> Option<Instant> {
        self.probe.as_ref().map(|probing| probing.next)
    }

    /// Gives up the probe under way: there is nothing to send it on.
    pub(crate) fn drop_probe(&mut self) {
        self.probe = None;
    }

    /// The probe, and how many bytes of padding are due now. A probe whose bytes are all sent is over.
    pub(crate) fn padding_due(&mut self, now: Instant) -> Option<(Probe, usize)> {
        let probing = self.probe.as_mut().filter(|probing| probing.next <= now)?;
        let probe = probing.probe;
        // As if one interval had passed already, so that a short probe has its shape.
        let age = now.saturating_duration_since(probing.since) + PADDING_INTERVAL;
        let share = age.as_secs_f64() / probe.duration.as_secs_f64().max(0.001);
        let due = (probe.bytes as f64 * share.min(1.0)) as usize;
        Some((probe, due.saturating_sub(probing.sent)))
    }

    /// Padding went out.
    pub(crate) fn padded(&mut self, now: Instant, bytes: usize) {
        if let Some(probing) = &mut self.probe {
            probing.sent += bytes;
            probing.next = now + PADDING_INTERVAL;
            if probing.sent >= probing.probe.bytes {
                self.probe = None;
            }
        }
    }

    /// True once a second.
    pub(crate) fn report_is_due(&mut self, now: Instant) -> bool {
        let due = now.saturating_duration_since(self.reported) >= REPORT_INTERVAL;
        if due {
            self.reported = now;
        }
        due
    }

    /// Whether so many bytes may be sent again now; takes them off what may. Voices have their own: they
    /// are small, and a line that pictures have filled is where they are lost.
    pub(crate) fn may_resend(&mut self, now: Instant, bytes: usize, voice: bool) -> bool {
        let (allowance, rate) = match voice {
            true => {
                let far = self.estimator.round_trip().is_some_and(|time| time > FAR);
                let bits = match self.estimator.estimate() > VOICE_RESEND_BITS {
                    true => VOICE_RESEND_BITS,
                    false if far => VOICE_RESEND_FAR,
                    false => VOICE_RESEND_LITTLE,
                };
                (&mut self.voice_allowance, bits / 8)
            }
            false => (
                &mut self.allowance,
                self.estimator.estimate() / 8 / RESEND_SHARE,
            ),
        };
        allowance.takes(now, bytes as u64, rate)
    }
}

/// Bytes that may be sent again.
struct Allowance {
    left: u64,
    burst: u64,
    at: Instant,
}

impl Allowance {
    fn new(burst: u64, now: Instant) -> Self {
        Self {
            left: burst,
            burst,
            at: now,
        }
    }

    fn takes(&mut self, now: Instant, bytes: u64, rate: u64) -> bool {
        let passed = now.saturating_duration_since(self.at).as_micros() as u64;
        self.left = (self.left + rate * passed / 1_000_000).min(self.burst);
        self.at = now;
        let allowed = self.left >= bytes;
        self.left -= if allowed { bytes } else { 0 };
        allowed
    }
}
