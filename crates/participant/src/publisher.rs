//! What a participant sends: its voice every 20 ms and its picture, in two layers, ten times a
//! second, each a whole encoded frame ([`crate::frames`]).
//!
//! Takes `now`, never reads a clock. Leaves packets to [`crate::media`].

use std::time::{Duration, Instant};

use thiserror::Error;

use crate::{
    frames::{Layer, PlainFrame, Stream},
    picture::{Painter, Plate},
    video::{Encoder, VideoError},
    voice::{FRAME_SAMPLES, Voice},
};

/// Pictures a second. Each more costs a layer's encoding for every receiver's benefit of motion.
pub const FRAME_RATE: u32 = 10;
const PICTURE_PERIOD: Duration = Duration::from_millis(1000 / FRAME_RATE as u64);
const VOICE_PERIOD: Duration = Duration::from_millis(20);
/// Later than this, frames are skipped instead of sent in a burst (the machine slept).
const LATE_MAX: Duration = Duration::from_millis(200);
/// Least time between two key frames of a layer, however many are asked for.
const KEY_FRAME_INTERVAL: Duration = Duration::from_millis(300);
/// Turns of [`Speech::InTurn`].
const TURN_MS: u64 = 6_000;

/// When a seat's tones sound. Frames flow all the time: silence is sent like speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// All the time, so that every listener can check it at any moment.
    Always,
    /// One seat after the other, for people's ears.
    InTurn {
        /// This seat's place, from 0.
        place: u16,
        /// How many take turns.
        of: u16,
    },
}

impl Speech {
    fn speaks(self, now_ms: u64) -> bool {
        match self {
            Self::Always => true,
            // The last second of a turn is a pause.
            Self::InTurn { place, of } => {
                (now_ms / TURN_MS) % u64::from(of.max(1)) == u64::from(place)
                    && now_ms % TURN_MS < TURN_MS - 1000
            }
        }
    }
}

/// A codec did not do what it should.
#[derive(Debug, Error)]
pub enum CodecError {
    /// libvpx.
    #[error(transparent)]
    Video(#[from] VideoError),
    /// libopus.
    #[error("libopus refused: {0}")]
    Voice(#[from] opus::Error),
}

/// Makes one seat's frames.
pub struct Publisher {
    camera: [Camera; 2],
    voice: Voice,
    speech: Speech,
    started: Instant,
    next_picture: Instant,
    next_voice: Instant,
    pictures: u32,
    voices: u64,
}

struct Camera {
    layer: Layer,
    painter: Painter,
    encoder: Encoder,
    key_wanted: bool,
    last_key: Option<Instant>,
}

impl Publisher {
    /// A publisher for the seat with this number, starting now.
    pub fn new(now: Instant, seat: u16, plate: &Plate, speech: Speech) -> Result<Self, CodecError> {
        let camera = |layer, scale: usize, kilobits| -> Result<Camera, VideoError> {
            let encoder = Encoder::new(320 * scale, 180 * scale, kilobits, FRAME_RATE)?;
            let painter = Painter::new(plate, seat, scale);
            Ok(Camera {
                layer,
                painter,
                encoder,
                key_wanted: true,
                last_key: None,
            })
        };
        // Seats draw at different moments, so that eight of them do not all work at once.
        let phase = Duration::from_millis(u64::from(seat) * 37 % 100);
        Ok(Self {
            camera: [camera(Layer::Quarter, 1, 60)?, camera(Layer::Half, 2, 150)?],
            voice: Voice::new(seat)?,
            speech,
            started: now,
            next_picture: now + phase,
            next_voice: now,
            pictures: 0,
            voices: 0,
        })
    }

    /// When [`Self::poll`] has something again.
    pub fn next_at(&self) -> Instant {
        self.next_picture.min(self.next_voice)
    }

    /// Somebody lacks a key frame of `layer`; the next frame will be one unless it is too soon.
    pub fn request_key_frame(&mut self, layer: Layer) {
        for camera in self.camera.iter_mut().filter(|c| c.layer == layer) {
            camera.key_wanted = true;
        }
    }

    /// All frames due at `now`; `now_ms` is the time of day for the clock in the picture. Frames of
    /// a stream that is off are neither encoded nor given: nothing leaves a closed microphone.
    pub fn poll(
        &mut self,
        now: Instant,
        now_ms: u64,
        microphone: bool,
        camera: bool,
    ) -> Result<Vec<PlainFrame>, CodecError> {
        let mut frames = Vec::new();
        if now > self.next_voice + LATE_MAX {
            self.next_voice = now;
        }
        while self.next_voice <= now {
            self.next_voice += VOICE_PERIOD;
            if microphone {
                // Counted in media time, so that a pause is a pause to the listener too.
                let elapsed = self.next_voice.duration_since(self.started).as_millis() as u64 / 20;
                self.voices = self.voices.max(elapsed);
                let (stream, time) = (Stream::Microphone, self.voices * FRAME_SAMPLES as u64);
                self.voices += 1;
                let data = self.voice.next_frame(self.speech.speaks(now_ms))?;
                let key = false;
                frames.push(PlainFrame {
                    stream,
                    time,
                    key,
                    data,
                });
            }
        }
        if self.next_picture <= now {
            let late = now > self.next_picture + LATE_MAX;
            self.next_picture = if late { now } else { self.next_picture } + PICTURE_PERIOD;
            if camera {
                self.pictures = self.pictures.wrapping_add(1);
                self.encode_pictures(now, now_ms, &mut frames)?;
            }
        }
        Ok(frames)
    }

    fn encode_pictures(
        &mut self,
        now: Instant,
        now_ms: u64,
        frames: &mut Vec<PlainFrame>,
    ) -> Result<(), CodecError> {
        let at_ms = now.duration_since(self.started).as_millis() as u64;
        for camera in &mut self.camera {
            let allowed = camera
                .last_key
                .is_none_or(|at| now >= at + KEY_FRAME_INTERVAL);
            let key = camera.key_wanted && allowed;
            let picture = camera.painter.paint(self.pictures, now_ms);
            let Some(frame) = camera.encoder.encode(picture, at_ms, key)? else {
                continue;
            };
            if frame.key {
                camera.key_wanted = false;
                camera.last_key = Some(now);
            }
            let (stream, time) = (Stream::Camera(camera.layer), at_ms * 90);
            frames.push(PlainFrame {
                stream,
                time,
                key: frame.key,
                data: frame.data,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::is_key;

    fn publisher(now: Instant) -> Publisher {
        Publisher::new(now, 3, &Plate::default(), Speech::Always).unwrap()
    }

    #[test]
    fn a_second_has_fifty_voices_and_ten_pictures_in_two_layers() {
        let start = Instant::now();
        let mut publisher = publisher(start);
        let (mut voices, mut pictures, mut keys) = (Vec::new(), 0, 0);
        for ms in 0..1000 {
            let now = start + Duration::from_millis(ms);
            for frame in publisher.poll(now, ms, true, true).unwrap() {
                match frame.stream {
                    Stream::Microphone => voices.push(frame.time),
                    Stream::Camera(_) => {
                        pictures += 1;
                        assert_eq!(frame.key, is_key(&frame.data));
                        keys += u32::from(frame.key);
                    }
                }
            }
        }
        assert_eq!((voices.len(), pictures, keys), (50, 20, 2));
        assert!(voices.windows(2).all(|w| w[1] - w[0] == 960));
    }

    #[test]
    fn nothing_leaves_a_closed_microphone_or_camera() {
        let start = Instant::now();
        let mut publisher = publisher(start);
        for ms in 0..500 {
            let now = start + Duration::from_millis(ms);
            assert!(publisher.poll(now, ms, false, false).unwrap().is_empty());
        }
    }

    #[test]
    fn a_storm_of_requests_gives_one_key_frame_per_interval() {
        let start = Instant::now();
        let mut publisher = publisher(start);
        let mut keys = 0;
        for ms in 0..1000 {
            publisher.request_key_frame(Layer::Half);
            let frames = publisher
                .poll(start + Duration::from_millis(ms), ms, false, true)
                .unwrap();
            let half = frames
                .iter()
                .filter(|f| f.stream == Stream::Camera(Layer::Half));
            keys += half.filter(|f| f.key).count();
        }
        assert!((3..=4).contains(&keys), "{keys}");
    }

    #[test]
    fn after_a_sleep_frames_are_skipped_not_sent_in_a_burst() {
        let start = Instant::now();
        let mut publisher = publisher(start);
        let frames = publisher
            .poll(start + Duration::from_secs(60), 0, true, true)
            .unwrap();
        assert!(frames.len() <= 3);
    }

    #[test]
    fn turns_never_overlap() {
        let turns: Vec<_> = (0..8)
            .map(|place| Speech::InTurn { place, of: 8 })
            .collect();
        for ms in (0..200_000).step_by(250) {
            assert!(turns.iter().filter(|s| s.speaks(ms)).count() <= 1);
        }
    }
}
