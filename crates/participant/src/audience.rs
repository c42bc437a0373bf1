//! What a participant makes of what arrives: counts every frame, decodes every voice, every key
//! frame, and every frame of the one seat in focus; reads barcodes and tones. A light one decodes a
//! sample: key frames, and of each voice one second in four.
//!
//! A frame is its seat's by the key that opened it; `slots` only says whose pictures to expect, and
//! where. And a seat counts as seen or heard only if its own number was in the picture (a light one's
//! recording has none) or its tones in the voice. Takes `now`, never reads a clock.

mod account;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use protocol::{
    CircleId,
    types::{AudioSlot, Source, VideoSlot},
};
use sealed::media::kid::Stream;

use self::account::{Account, LATE, note_break};
use crate::{
    barcode,
    reel::REEL_SEAT,
    report::{RemoteReport, Report},
    sealing::OpenedFrame,
    trailer,
    video::Decoder,
    voice::{self, Ear, FRAME_SAMPLES, SEND_RATE},
};

/// In focus without a key frame for this long, one is asked for.
const KEY_FRAME_PATIENCE: Duration = Duration::from_millis(800);
/// Likewise for a seat of which no key frame has opened yet, in focus or not: what it sent before
/// this client was in the group stays closed. And for one whose chain of frames is broken.
const FIRST_KEY_FRAME_PATIENCE: Duration = Duration::from_millis(300);
/// A screen that is paused and was never seen is asked for this often: what came of it got lost.
const SCREEN_PATIENCE: Duration = Duration::from_secs(1);
/// A light participant decodes one second of a voice in so many.
const VOICE_SAMPLE: u64 = 4;
/// More voice than this between two packets is another stretch of it, not a loss.
const VOICE_STRETCH: u64 = 60 * SEND_RATE as u64;

/// A seat's number and which of its pictures.
type Shown = (u16, Source);

/// All remote seats.
#[derive(Default)]
pub struct Audience {
    light: bool,
    voices: BTreeMap<u16, Voice>,
    pictures: BTreeMap<Shown, Picture>,
    /// Outlive connections, so that what is lost while one is made anew is counted.
    accounts: BTreeMap<Shown, Account>,
    last_opened: BTreeMap<u16, Instant>,
    expected: BTreeMap<Shown, Expected>,
    focus: Option<u16>,
    remotes: BTreeMap<u16, RemoteReport>,
    totals: Report,
}

/// Where the server says that a seat's pictures come.
struct Expected {
    mid: String,
    paused: bool,
    /// When it was told, or asked for since.
    asked_at: Option<Instant>,
}

/// One seat's voice.
struct Voice {
    mid: String,
    ear: Option<Ear>,
    /// When the last packet came, and where it ended.
    last: Option<(Instant, u64)>,
}

/// One seat's camera or screen.
struct Picture {
    mid: String,
    decoder: Option<Decoder>,
    /// The decoder has everything the next frame refers to.
    in_step: bool,
    /// Every frame since a key frame has come: a client that decodes all would show the next one.
    whole: bool,
    /// It had a key frame once.
    begun: bool,
    last: Option<Instant>,
    asked_at: Option<Instant>,
}

impl Audience {
    /// An audience that decodes only a sample.
    pub fn light() -> Self {
        Self {
            light: true,
            ..Self::default()
        }
    }

    /// What comes on which transceiver from now on. What stays where it was goes on undisturbed.
    pub fn set_slots(&mut self, audio: &[AudioSlot], video: &[VideoSlot]) {
        self.voices.retain(|&seat, voice| {
            let same = |slot: &AudioSlot| slot.seat.0 == seat && slot.mid == voice.mid;
            audio.iter().any(same)
        });
        let before = std::mem::take(&mut self.expected);
        self.expected = video
            .iter()
            .map(|slot| {
                let shown = (slot.seat.0, slot.source);
                let (mid, paused) = (slot.mid.clone(), slot.paused);
                let known = before.get(&shown).filter(|b| b.mid == mid);
                let asked_at = known.and_then(|known| known.asked_at);
                let expected = Expected {
                    mid,
                    paused,
                    asked_at,
                };
                (shown, expected)
            })
            .collect();
        for shown in before.keys() {
            // Not if the connection is new: what was lost with the old one counts.
            let flows = self.expected.get(shown).is_some_and(|e| !e.paused);
            if let (false, Some(account)) = (flows, self.accounts.get_mut(shown)) {
                account.interrupt();
            }
        }
        self.pictures.retain(|shown, picture| {
            let expected = self.expected.get(shown).filter(|e| e.mid == picture.mid);
            if expected.is_some_and(|expected| expected.paused) {
                picture.last = None;
            }
            expected.is_some()
        });
        let paused = self.expected.values().filter(|e| e.paused).count();
        self.totals.pictures_paused = paused as u64;
    }

    /// The seat whose pictures are all decoded from now on.
    pub fn set_focus(&mut self, seat: Option<u16>) {
        self.focus = seat.filter(|_| !self.light);
        for picture in self.pictures.values_mut() {
            picture.asked_at = None;
        }
    }

    /// The connection is gone: what comes next continues nothing.
    pub fn reset(&mut self) {
        self.voices.clear();
        self.pictures.clear();
        self.expected.clear();
    }

    /// Whether a picture of any other seat was decoded.
    pub fn has_seen_anyone(&self) -> bool {
        self.totals.frames_decoded > 0
    }

    /// A frame arrived and opened at `now`, which is `now_ms` in milliseconds since 1970. `true` if it
    /// is the first of its seat.
    pub fn handle_frame(&mut self, now: Instant, now_ms: u64, frame: &OpenedFrame) -> bool {
        let remote = self.remotes.entry(frame.seat).or_default();
        let first = remote.first_opened_ms.is_none();
        remote.first_opened_ms.get_or_insert(now_ms);
        remote.last_opened_ms = Some(now_ms);
        if let Some(last) = self.last_opened.insert(frame.seat, now) {
            let pause = now.saturating_duration_since(last);
            note_break(&mut remote.breaks, pause, now_ms);
        }
        match frame.stream {
            Stream::Microphone => self.handle_voice(now, frame),
            Stream::Camera => self.handle_picture((now, now_ms), Source::Camera, frame),
            Stream::Screen => self.handle_picture((now, now_ms), Source::Screen, frame),
        }
        first
    }

    /// The transceivers on which a key frame should be asked for now.
    pub fn key_frames_wanted(&mut self, now: Instant) -> Vec<String> {
        let mut wanted = Vec::new();
        let pictures = &self.pictures;
        let screens = self.expected.iter_mut().filter(|(shown, expected)| {
            let seen = pictures.get(shown).is_some_and(|picture| picture.begun);
            shown.1 == Source::Screen && expected.paused && !seen
        });
        for (_, expected) in screens {
            let since = *expected.asked_at.get_or_insert(now);
            if now.duration_since(since) >= SCREEN_PATIENCE {
                expected.asked_at = Some(now);
                wanted.push(expected.mid.clone());
            }
        }
        for (shown, picture) in &mut self.pictures {
            let flows =
                self.expected.get(shown).is_some_and(|e| !e.paused) && picture.last.is_some();
            let in_focus = self.focus == Some(shown.0) && !picture.in_step;
            if picture.whole && !in_focus || !flows {
                continue;
            }
            let patience = if picture.begun && picture.whole {
                KEY_FRAME_PATIENCE
            } else {
                FIRST_KEY_FRAME_PATIENCE
            };
            let since = *picture.asked_at.get_or_insert(now);
            if now.duration_since(since) >= patience {
                picture.asked_at = Some(now);
                wanted.push(picture.mid.clone());
            }
        }
        wanted
    }

    /// Adds the figures so far to `report`, freezes that still last included.
    pub fn fill(&self, now: Instant, report: &mut Report) {
        let totals = &self.totals;
        report.frames_received = totals.frames_received;
        report.frames_decoded = totals.frames_decoded;
        report.frames_wrong = self.remotes.values().map(|r| r.frames_wrong).sum();
        report.voices_decoded = totals.voices_decoded;
        report.pictures_paused = totals.pictures_paused;
        report.screens_seen.clone_from(&totals.screens_seen);
        report.delays = totals.delays;
        report
            .picture_delays_us
            .clone_from(&totals.picture_delays_us);
        report.saw.clone_from(&totals.saw);
        report.heard.clone_from(&totals.heard);
        report.remotes.clone_from(&self.remotes);
        for ((seat, source), picture) in &self.pictures {
            let flows = self
                .expected
                .get(&(*seat, *source))
                .is_some_and(|e| !e.paused);
            let (Some(last), Some(remote)) = (picture.last, report.remotes.get_mut(seat)) else {
                continue;
            };
            if flows {
                let lasts = millis(now.saturating_duration_since(last));
                remote.longest_freeze_ms = remote.longest_freeze_ms.max(lasts);
            }
        }
        let freezes = report.remotes.values().map(|r| r.longest_freeze_ms);
        report.longest_freeze_ms = freezes.max().unwrap_or(0);
        report.audio_gaps = report.remotes.values().map(|r| r.audio_gaps).sum();
    }

    fn handle_voice(&mut self, now: Instant, frame: &OpenedFrame) {
        let seat = frame.seat;
        let remote = self.remotes.entry(seat).or_default();
        let voice = self.voices.entry(seat).or_insert_with(Voice::new);
        if voice.mid != frame.mid {
            // Another transceiver has other timestamps.
            voice.mid.clone_from(&frame.mid);
            voice.last = None;
        }
        // Counted in stretches of 20 ms, of which a packet has one or six.
        let stretches = voice::frames_of(&frame.data);
        remote.voices_received += stretches;
        if frame.circle != CircleId::TABLE {
            remote.voices_in_circle += stretches;
        }
        if let Some((at, next)) = voice.last {
            let samples = frame.time.saturating_sub(next);
            let lost = samples > 0 && samples < VOICE_STRETCH;
            let late = now.saturating_duration_since(at);
            if lost || late > LATE {
                tracing::debug!(seat, samples, ?late, "gap");
                remote.audio_gaps += 1;
            }
            if lost {
                remote.voices_lost += samples / FRAME_SAMPLES as u64;
            }
        }
        voice.last = Some((now, frame.time + stretches * FRAME_SAMPLES as u64));
        let second = frame.time / u64::from(SEND_RATE) + u64::from(seat);
        if self.light && !second.is_multiple_of(VOICE_SAMPLE) {
            return;
        }
        let Some(ear) = voice.ear.as_mut() else {
            return;
        };
        if let Ok(heard) = ear.hear(&frame.data) {
            remote.voices_decoded += stretches;
            self.totals.voices_decoded += stretches;
            if heard == Some(seat) {
                self.totals.heard.insert(seat);
            }
        }
    }

    fn handle_picture(
        &mut self,
        (now, now_ms): (Instant, u64),
        source: Source,
        frame: &OpenedFrame,
    ) {
        let (seat, shown) = (frame.seat, (frame.seat, source));
        let remote = self.remotes.entry(seat).or_default();
        let picture = self.pictures.entry(shown).or_insert_with(Picture::new);
        if picture.mid != frame.mid {
            picture.mid.clone_from(&frame.mid);
            picture.in_step = false;
            picture.whole = false;
            picture.last = None;
        }
        let paused = self.expected.get(&shown).is_some_and(|e| e.paused);
        let account = self.accounts.entry(shown).or_default();
        if paused {
            // A still: it follows nothing, and nothing follows it.
            account.interrupt();
        }
        let told = account.note(now, &frame.data);
        if paused {
            account.interrupt();
        }
        picture.whole = frame.key || (picture.whole && frame.contiguous);
        // One that follows a lost one cannot be shown either, until a key frame comes.
        let hidden = u64::from(picture.begun && !picture.whole);
        remote.pictures_missed += told.missed + hidden;
        if told.missed + hidden > 0 {
            let (missed, key) = (told.missed, frame.key);
            tracing::debug!(seat, ?source, missed, hidden, key, "pictures missed");
        }
        remote.pictures_late += u64::from(told.late);
        if let Some(delay) = told.delay {
            trailer::note(&mut self.totals.picture_delays_us, delay);
            self.totals.delays.note(delay);
        }
        remote.frames_received += 1;
        self.totals.frames_received += 1;
        let before = std::mem::replace(&mut picture.last, (!paused).then_some(now));
        if let Some(last) = before.filter(|_| !paused) {
            let pause = now.saturating_duration_since(last);
            note_break(&mut remote.freezes, pause, now_ms);
            remote.longest_freeze_ms = remote.longest_freeze_ms.max(millis(pause));
        }
        picture.in_step = frame.key || (picture.in_step && frame.contiguous);
        picture.begun |= frame.key;
        if !picture.in_step || !(frame.key || self.focus == Some(seat)) {
            // A frame that is not decoded leaves the decoder behind until the next key frame.
            picture.in_step = false;
            return;
        }
        decode(
            picture,
            (self.light, shown),
            frame,
            (remote, &mut self.totals),
        );
    }
}

/// Decodes a picture, and reads whose and which it is.
fn decode(
    picture: &mut Picture,
    (light, (seat, source)): (bool, Shown),
    frame: &OpenedFrame,
    (remote, totals): (&mut RemoteReport, &mut Report),
) {
    let Some(decoder) = picture.decoder.as_mut() else {
        return;
    };
    match decoder.decode(&frame.data) {
        Ok(Some(luma)) => {
            remote.frames_decoded += 1;
            totals.frames_decoded += 1;
            if source == Source::Camera {
                let height = u16::try_from(luma.height).unwrap_or(u16::MAX);
                remote.layer_switches += u64::from(remote.height != 0 && remote.height != height);
                remote.height = height;
            }
            match barcode::read(luma.data, luma.width, luma.height, luma.stride) {
                Some(mark) if mark.seat == seat || (light && mark.seat == REEL_SEAT) => {
                    match source {
                        Source::Camera => totals.saw.insert(seat),
                        Source::Screen => totals.screens_seen.insert(seat),
                    };
                }
                _ => remote.frames_wrong += 1,
            }
        }
        Ok(None) => {}
        Err(_) => {
            picture.in_step = false;
            remote.frames_wrong += 1;
        }
    }
}

impl Voice {
    fn new() -> Self {
        Self {
            mid: String::new(),
            ear: Ear::new().ok(),
            last: None,
        }
    }
}

impl Picture {
    fn new() -> Self {
        Self {
            mid: String::new(),
            decoder: Decoder::new().ok(),
            in_step: false,
            whole: false,
            begun: false,
            last: None,
            asked_at: None,
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
