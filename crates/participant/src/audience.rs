//! What a participant makes of what arrives: counts every frame, decodes every voice, every key
//! frame, and every frame of the one seat in focus; reads barcodes and tones.
//!
//! A frame is its seat's by the key that opened it; `slots` only says whose pictures to expect, and
//! where. And a seat counts as seen or heard only if its own number was in the picture or its tones
//! in the voice. Takes `now`, never reads a clock.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use protocol::types::{AudioSlot, Source, VideoSlot};
use sealed::media::kid::Stream;

use crate::{
    barcode,
    report::{RemoteReport, Report},
    sealing::OpenedFrame,
    video::Decoder,
    voice::{Ear, FRAME_SAMPLES},
};

/// A voice later than this counts as a gap: jitter buffers of browsers hold about as much.
const VOICE_LATE: Duration = Duration::from_millis(300);
/// In focus without a key frame for this long, one is asked for.
const KEY_FRAME_PATIENCE: Duration = Duration::from_millis(800);
/// Likewise for a seat of which no key frame has opened yet, in focus or not: what it sent before
/// this client was in the group stays closed.
const FIRST_KEY_FRAME_PATIENCE: Duration = Duration::from_millis(300);

/// All remote seats.
#[derive(Default)]
pub struct Audience {
    voices: BTreeMap<u16, Voice>,
    pictures: BTreeMap<u16, Picture>,
    expected: BTreeMap<u16, Expected>,
    focus: Option<u16>,
    remotes: BTreeMap<u16, RemoteReport>,
    totals: Report,
}

/// Where the server says that a seat's pictures come.
struct Expected {
    mid: String,
    paused: bool,
}

/// One seat's voice.
struct Voice {
    mid: String,
    ear: Option<Ear>,
    last: Option<(Instant, u64)>,
}

/// One seat's camera.
struct Picture {
    mid: String,
    decoder: Option<Decoder>,
    /// The decoder has everything the next frame refers to.
    in_step: bool,
    /// It had a key frame once.
    begun: bool,
    last: Option<Instant>,
    asked_at: Option<Instant>,
}

impl Audience {
    /// What comes on which transceiver from now on. What stays where it was goes on undisturbed.
    pub fn set_slots(&mut self, audio: &[AudioSlot], video: &[VideoSlot]) {
        self.voices.retain(|&seat, voice| {
            let same = |slot: &AudioSlot| slot.seat.0 == seat && slot.mid == voice.mid;
            audio.iter().any(same)
        });
        let cameras = video.iter().filter(|slot| slot.source == Source::Camera);
        self.expected = cameras
            .map(|slot| {
                let (mid, paused) = (slot.mid.clone(), slot.paused);
                (slot.seat.0, Expected { mid, paused })
            })
            .collect();
        self.pictures.retain(|seat, picture| {
            let expected = self.expected.get(seat).filter(|e| e.mid == picture.mid);
            if expected.is_some_and(|expected| expected.paused) {
                picture.last = None;
            }
            expected.is_some()
        });
    }

    /// The seat whose pictures are all decoded from now on.
    pub fn set_focus(&mut self, seat: Option<u16>) {
        self.focus = seat;
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
        match frame.stream {
            Stream::Microphone => self.handle_voice(now, frame),
            Stream::Camera => self.handle_picture(now, frame),
            // Participants share no screens, and nothing here looks at one.
            Stream::Screen => {}
        }
        first
    }

    /// The transceivers on which a key frame should be asked for now.
    pub fn key_frames_wanted(&mut self, now: Instant) -> Vec<String> {
        let mut wanted = Vec::new();
        for (seat, picture) in &mut self.pictures {
            let flows =
                self.expected.get(seat).is_some_and(|e| !e.paused) && picture.last.is_some();
            let needed = self.focus == Some(*seat) || !picture.begun;
            if picture.in_step || !flows || !needed {
                continue;
            }
            let patience = if picture.begun {
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
        report.frames_wrong = totals.frames_wrong;
        report.voices_decoded = totals.voices_decoded;
        report.saw.clone_from(&totals.saw);
        report.heard.clone_from(&totals.heard);
        report.remotes.clone_from(&self.remotes);
        for (seat, picture) in &self.pictures {
            let flows = self.expected.get(seat).is_some_and(|e| !e.paused);
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
        if let Some((at, time)) = voice.last {
            let lost = frame.time > time + FRAME_SAMPLES as u64;
            let late = now.saturating_duration_since(at);
            if lost || late > VOICE_LATE {
                let samples = frame.time.wrapping_sub(time);
                tracing::debug!(seat, samples, ?late, "gap");
                remote.audio_gaps += 1;
            }
        }
        voice.last = Some((now, frame.time));
        let Some(ear) = voice.ear.as_mut() else {
            return;
        };
        if let Ok(heard) = ear.hear(&frame.data) {
            remote.voices_decoded += 1;
            self.totals.voices_decoded += 1;
            if heard == Some(seat) {
                self.totals.heard.insert(seat);
            }
        }
    }

    fn handle_picture(&mut self, now: Instant, frame: &OpenedFrame) {
        let seat = frame.seat;
        let remote = self.remotes.entry(seat).or_default();
        let picture = self.pictures.entry(seat).or_insert_with(Picture::new);
        if picture.mid != frame.mid {
            picture.mid.clone_from(&frame.mid);
            picture.in_step = false;
            picture.last = None;
        }
        remote.frames_received += 1;
        self.totals.frames_received += 1;
        if let Some(last) = picture.last.replace(now) {
            let pause = millis(now.saturating_duration_since(last));
            remote.longest_freeze_ms = remote.longest_freeze_ms.max(pause);
        }
        picture.in_step = frame.key || (picture.in_step && frame.contiguous);
        picture.begun |= frame.key;
        if !picture.in_step || !(frame.key || self.focus == Some(seat)) {
            // A frame that is not decoded leaves the decoder behind until the next key frame.
            picture.in_step = false;
            return;
        }
        let Some(decoder) = picture.decoder.as_mut() else {
            return;
        };
        match decoder.decode(&frame.data) {
            Ok(Some(luma)) => {
                remote.frames_decoded += 1;
                self.totals.frames_decoded += 1;
                let height = u16::try_from(luma.height).unwrap_or(u16::MAX);
                remote.layer_switches += u64::from(remote.height != 0 && remote.height != height);
                remote.height = height;
                match barcode::read(luma.data, luma.width, luma.height, luma.stride) {
                    Some(mark) if mark.seat == seat => {
                        self.totals.saw.insert(seat);
                    }
                    _ => self.totals.frames_wrong += 1,
                }
            }
            Ok(None) => {}
            Err(_) => {
                picture.in_step = false;
                self.totals.frames_wrong += 1;
            }
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
