//! What a participant makes of what arrives: counts every frame, decodes every voice, every key
//! frame, and every frame of the one seat in focus; reads barcodes and tones.
//!
//! Trusts neither `slots` nor packets: a seat counts as seen or heard only if its own number was in
//! the picture or its tones in the voice. Takes `now`, never reads a clock.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use protocol::types::{AudioSlot, Source, VideoSlot};

use crate::{
    barcode,
    frames::{IncomingFrame, Kind},
    report::{RemoteReport, Report},
    video::{self, Decoder},
    voice::{Ear, FRAME_SAMPLES},
};

/// A voice later than this counts as a gap: jitter buffers of browsers hold about as much.
const VOICE_LATE: Duration = Duration::from_millis(300);
/// In focus without a key frame for this long, one is asked for.
const KEY_FRAME_PATIENCE: Duration = Duration::from_millis(800);

/// All remote seats.
#[derive(Default)]
pub struct Audience {
    voices: HashMap<String, Voice>,
    pictures: HashMap<String, Picture>,
    focus: Option<u16>,
    remotes: BTreeMap<u16, RemoteReport>,
    totals: Report,
}

/// What arrives on one audio transceiver.
struct Voice {
    seat: u16,
    ear: Option<Ear>,
    last: Option<(Instant, u64)>,
}

/// What arrives on one video transceiver.
struct Picture {
    seat: u16,
    decoder: Option<Decoder>,
    /// The decoder has everything the next frame refers to.
    in_step: bool,
    paused: bool,
    last: Option<Instant>,
    asked_at: Option<Instant>,
}

impl Audience {
    /// What comes on which transceiver from now on. What stays where it was goes on undisturbed.
    pub fn set_slots(&mut self, audio: &[AudioSlot], video: &[VideoSlot]) {
        let mut old = std::mem::take(&mut self.voices);
        for slot in audio {
            let same = old
                .remove(&slot.mid)
                .filter(|voice| voice.seat == slot.seat.0);
            let fresh = || Voice {
                seat: slot.seat.0,
                ear: Ear::new().ok(),
                last: None,
            };
            self.voices
                .insert(slot.mid.clone(), same.unwrap_or_else(fresh));
        }
        let mut old = std::mem::take(&mut self.pictures);
        for slot in video.iter().filter(|slot| slot.source == Source::Camera) {
            let same = old
                .remove(&slot.mid)
                .filter(|picture| picture.seat == slot.seat.0);
            let mut picture = same.unwrap_or_else(|| Picture::new(slot.seat.0));
            picture.paused = slot.paused;
            if slot.paused {
                picture.last = None;
            }
            self.pictures.insert(slot.mid.clone(), picture);
        }
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
    }

    /// Whether a picture of any other seat was decoded.
    pub fn has_seen_anyone(&self) -> bool {
        self.totals.frames_decoded > 0
    }

    /// A frame arrived.
    pub fn handle_frame(&mut self, now: Instant, frame: &IncomingFrame) {
        match frame.kind {
            Kind::Voice => self.handle_voice(now, frame),
            Kind::Picture => self.handle_picture(now, frame),
        }
    }

    /// The transceiver on which a key frame should be asked for now, if any.
    pub fn key_frame_wanted(&mut self, now: Instant) -> Option<String> {
        let focus = self.focus?;
        let (mid, picture) = self.pictures.iter_mut().find(|(_, p)| p.seat == focus)?;
        if picture.in_step || picture.paused || picture.last.is_none() {
            return None;
        }
        let since = *picture.asked_at.get_or_insert(now);
        if now.duration_since(since) < KEY_FRAME_PATIENCE {
            return None;
        }
        picture.asked_at = Some(now);
        Some(mid.clone())
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
        for picture in self.pictures.values().filter(|p| !p.paused) {
            let (Some(last), Some(remote)) = (picture.last, report.remotes.get_mut(&picture.seat))
            else {
                continue;
            };
            let lasts = millis(now.saturating_duration_since(last));
            remote.longest_freeze_ms = remote.longest_freeze_ms.max(lasts);
        }
        let freezes = report.remotes.values().map(|r| r.longest_freeze_ms);
        report.longest_freeze_ms = freezes.max().unwrap_or(0);
        report.audio_gaps = report.remotes.values().map(|r| r.audio_gaps).sum();
    }

    fn handle_voice(&mut self, now: Instant, frame: &IncomingFrame) {
        let Some(voice) = self.voices.get_mut(&frame.mid) else {
            return;
        };
        let remote = self.remotes.entry(voice.seat).or_default();
        if let Some((at, time)) = voice.last {
            let lost = frame.time > time + FRAME_SAMPLES as u64;
            let late = now.saturating_duration_since(at);
            if lost || late > VOICE_LATE {
                tracing::debug!(
                    seat = voice.seat,
                    samples = frame.time.wrapping_sub(time),
                    ?late,
                    "gap"
                );
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
            if heard == Some(voice.seat) {
                self.totals.heard.insert(voice.seat);
            }
        }
    }

    fn handle_picture(&mut self, now: Instant, frame: &IncomingFrame) {
        let Some(picture) = self.pictures.get_mut(&frame.mid) else {
            return;
        };
        let remote = self.remotes.entry(picture.seat).or_default();
        remote.frames_received += 1;
        self.totals.frames_received += 1;
        if let Some(last) = picture.last.replace(now) {
            let pause = millis(now.saturating_duration_since(last));
            remote.longest_freeze_ms = remote.longest_freeze_ms.max(pause);
        }
        let key = video::is_key(&frame.data);
        picture.in_step = key || (picture.in_step && frame.contiguous);
        if !picture.in_step || !(key || self.focus == Some(picture.seat)) {
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
                    Some(mark) if mark.seat == picture.seat => {
                        self.totals.saw.insert(picture.seat);
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

impl Picture {
    fn new(seat: u16) -> Self {
        let decoder = Decoder::new().ok();
        Self {
            seat,
            decoder,
            in_step: false,
            paused: false,
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
