//! What a participant sends: its voice every 20 ms (120 where a line is bad) and its picture, in two layers, ten
//! times a second, each a whole encoded frame ([`crate::frames`]).
//!
//! Takes `now`, never reads a clock. Leaves packets to [`crate::media`].

mod camera;

use std::time::{Duration, Instant};

use thiserror::Error;

use self::camera::{Camera, Common};
use crate::{
    frames::{Layer, PlainFrame, Stream},
    picture::Plate,
    trailer::new_run,
    video::VideoError,
    voice::{FRAME_SAMPLES, Rate, Voice},
};

/// Pictures a second. Each more costs a layer's encoding for every receiver's benefit of motion.
pub const FRAME_RATE: u32 = 10;
const PICTURE_PERIOD: Duration = Duration::from_millis(1000 / FRAME_RATE as u64);
const VOICE_PERIOD: Duration = Duration::from_millis(20);
/// Later than this, frames are skipped instead of sent in a burst (the machine slept).
const LATE_MAX: Duration = Duration::from_millis(200);
/// Turns of [`Speech::InTurn`].
const TURN_MS: u64 = 6_000;

/// When a seat's tones sound. Frames flow all the time: silence is sent like speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// All the time, so that every listener can check it at any moment.
    Always,
    /// Never: silence is sent.
    Never,
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
            Self::Never => false,
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
    screen: Option<Camera>,
    voice: Voice,
    speech: Speech,
    budget: Budget,
    started: Instant,
    /// The same for voices, without the times this machine was too late.
    voice_started: Instant,
    next_picture: Instant,
    next_voice: Instant,
    pictures: u32,
    screens: u32,
    /// Stretches of 20 ms.
    voices: u64,
    seat: u16,
    plate: Plate,
    style: Style,
}

/// How frames are made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Pictures come from a recording that all seats share ([`crate::reel`]).
    pub light: bool,
    /// Pictures carry their number and their time.
    pub numbered: bool,
}

/// Which streams are on at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct On {
    /// The microphone.
    pub microphone: bool,
    /// The camera.
    pub camera: bool,
    /// The shared screen.
    pub screen: bool,
}

/// What the network carries of the camera: a browser's sender sheds its layers likewise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Budget {
    bits: Option<u64>,
    half: bool,
    quarter: bool,
}

/// Bits a second of pictures below which a layer is shed, and above which it is taken up again: its
/// own rate and what is below it, with packets' overhead, and some room.
const HALF_BITS: (u64, u64) = (230_000, 290_000);
const QUARTER_BITS: (u64, u64) = (60_000, 100_000);
/// No line is taken to carry less of signalling.
const ROOM_BITS: u64 = 100_000;
/// Kilobits a second of the layers and of the screen.
const QUARTER_KILOBITS: u32 = 60;
const HALF_KILOBITS: u32 = 150;
const SCREEN_KILOBITS: u32 = 120;

impl Publisher {
    /// A publisher for the seat with this number, starting now.
    pub fn new(
        now: Instant,
        seat: u16,
        plate: &Plate,
        speech: Speech,
        style: Style,
    ) -> Result<Self, CodecError> {
        let common = common(seat, plate, style);
        let camera = |layer, kind| Camera::new(Stream::Camera(layer), kind, common);
        // Seats draw at different moments, so that eight of them do not all work at once.
        let phase = Duration::from_millis(u64::from(seat) * 37 % 100);
        Ok(Self {
            camera: [
                camera(Layer::Quarter, (1, QUARTER_KILOBITS))?,
                camera(Layer::Half, (2, HALF_KILOBITS))?,
            ],
            screen: None,
            voice: Voice::new(seat)?,
            speech,
            budget: Budget {
                bits: None,
                half: true,
                quarter: true,
            },
            started: now,
            voice_started: now,
            next_picture: now + phase,
            next_voice: now,
            pictures: 0,
            screens: 0,
            voices: 0,
            seat,
            plate: plate.clone(),
            style,
        })
    }

    /// When [`Self::poll`] has something again.
    pub fn next_at(&self) -> Instant {
        self.next_picture.min(self.next_voice)
    }

    /// When the tones sound from now on.
    pub fn set_speech(&mut self, speech: Speech) {
        self.speech = speech;
    }

    /// Send the voice for bad lines from the next packet on, or the other one.
    pub fn set_narrow_voice(&mut self, narrow: bool) {
        self.voice
            .set_rate(if narrow { Rate::Narrow } else { Rate::Full });
    }

    /// So much was just said by signalling: on a line that is known to be narrow pictures wait until it may
    /// have passed.
    pub fn make_room(&mut self, now: Instant, bytes: usize) {
        if let Some(bits) = self.budget.bits {
            let takes = Duration::from_secs_f64(bytes as f64 * 8.0 / bits.max(ROOM_BITS) as f64);
            self.next_picture = self.next_picture.max(now + takes);
        }
    }

    /// The network carries about so many bits a second of pictures: layers beyond that are shed.
    pub fn set_budget(&mut self, bits: u64) {
        let keeps = |on: bool, (least, enough): (u64, u64)| {
            if on { bits >= least } else { bits >= enough }
        };
        self.budget = Budget {
            bits: Some(bits),
            half: keeps(self.budget.half, HALF_BITS),
            quarter: keeps(self.budget.quarter, QUARTER_BITS),
        };
    }

    /// Somebody lacks a key frame of `stream`; the next frame will be one unless it is too soon.
    pub fn request_key_frame(&mut self, stream: Stream) {
        let cameras = self.camera.iter_mut().chain(&mut self.screen);
        for camera in cameras.filter(|c| c.stream == stream) {
            camera.request_key_frame();
        }
    }

    /// All frames due at `now`; `now_ms` is the time of day for the clock in the picture. Frames of
    /// a stream that is off are neither encoded nor given: nothing leaves a closed microphone.
    pub fn poll(
        &mut self,
        now: Instant,
        now_ms: u64,
        on: On,
    ) -> Result<Vec<PlainFrame>, CodecError> {
        let mut frames = Vec::new();
        if now > self.next_voice + LATE_MAX {
            // What this machine was too late to make is no loss of the network: media time stands still.
            self.voice_started += now - self.next_voice;
            self.next_voice = now;
        }
        while self.next_voice <= now {
            let begins = self.next_voice.duration_since(self.voice_started);
            let frames_of_20_ms = self.voice.rate().frames();
            self.next_voice += VOICE_PERIOD * frames_of_20_ms;
            if on.microphone {
                // Counted in media time, so that a pause is a pause to the listener too.
                let elapsed = begins.as_millis() as u64 / VOICE_PERIOD.as_millis() as u64;
                self.voices = self.voices.max(elapsed);
                let (stream, time) = (Stream::Microphone, self.voices * FRAME_SAMPLES as u64);
                self.voices += u64::from(frames_of_20_ms);
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
            if on.camera && self.budget.quarter {
                self.pictures = self.pictures.wrapping_add(1);
                self.take_pictures(now, now_ms, &mut frames)?;
            }
            if on.screen {
                self.screens = self.screens.wrapping_add(1);
                self.take_screen(now, now_ms, &mut frames)?;
            }
        }
        Ok(frames)
    }

    fn take_pictures(
        &mut self,
        now: Instant,
        now_ms: u64,
        frames: &mut Vec<PlainFrame>,
    ) -> Result<(), CodecError> {
        let at_ms = now.duration_since(self.started).as_millis() as u64;
        let half = self.budget.half;
        let carried = |c: &&mut Camera| half || c.stream == Stream::Camera(Layer::Quarter);
        for camera in self.camera.iter_mut().filter(carried) {
            frames.extend(camera.take(now, (at_ms, now_ms), self.pictures)?);
        }
        Ok(())
    }

    /// Its encoder is made when it is first shared, and kept: its numbers go on.
    fn take_screen(
        &mut self,
        now: Instant,
        now_ms: u64,
        frames: &mut Vec<PlainFrame>,
    ) -> Result<(), CodecError> {
        let at_ms = now.duration_since(self.started).as_millis() as u64;
        if self.screen.is_none() {
            let common = common(self.seat, &self.plate, self.style);
            let screen = Camera::new(Stream::Screen, (2, SCREEN_KILOBITS), common)?;
            self.screen = Some(screen);
        }
        if let Some(screen) = &mut self.screen {
            frames.extend(screen.take(now, (at_ms, now_ms), self.screens)?);
        }
        Ok(())
    }
}

fn common(seat: u16, plate: &Plate, style: Style) -> Common<'_> {
    Common {
        seat,
        plate,
        light: style.light,
        run: style.numbered.then(new_run),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::is_key;

    const ON_CAMERA: On = On {
        microphone: false,
        camera: true,
        screen: false,
    };
    const BOTH: On = On {
        microphone: true,
        camera: true,
        screen: false,
    };

    fn publisher(now: Instant) -> Publisher {
        Publisher::new(now, 3, &Plate::default(), Speech::Always, Style::default()).unwrap()
    }

    #[test]
    fn a_second_has_fifty_voices_and_ten_pictures_in_two_layers() {
        let start = Instant::now();
        let mut publisher = publisher(start);
        let (mut voices, mut pictures, mut keys) = (Vec::new(), 0, 0);
        for ms in 0..1000 {
            let now = start + Duration::from_millis(ms);
            for frame in publisher.poll(now, ms, BOTH).unwrap() {
                match frame.stream {
                    Stream::Microphone => voices.push(frame.time),
                    _ => {
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
    fn the_voice_for_bad_lines_comes_a_sixth_as_often_and_goes_on_where_the_other_was() {
        let start = Instant::now();
        let mut publisher = publisher(start);
        let on = On {
            microphone: true,
            ..On::default()
        };
        let mut voices = Vec::new();
        for ms in 0..1_800 {
            publisher.set_narrow_voice((600..1_200).contains(&ms));
            let now = start + Duration::from_millis(ms);
            let frames = publisher.poll(now, ms, on).unwrap();
            voices.extend(frames.into_iter().map(|frame| (frame.time, frame.data)));
        }
        let long = |data: &[u8]| crate::voice::frames_of(data);
        assert_eq!(voices.len(), 30 + 5 + 30);
        assert_eq!(voices.iter().filter(|(_, data)| long(data) == 6).count(), 5);
        let follows = |pair: &[(u64, Vec<u8>)]| pair[1].0 - pair[0].0 == 960 * long(&pair[0].1);
        assert!(voices.windows(2).all(follows), "no gap and nothing twice");
    }

    #[test]
    fn nothing_leaves_a_closed_microphone_or_camera() {
        let start = Instant::now();
        let mut publisher = publisher(start);
        for ms in 0..500 {
            let now = start + Duration::from_millis(ms);
            assert!(publisher.poll(now, ms, On::default()).unwrap().is_empty());
        }
    }

    #[test]
    fn a_storm_of_requests_gives_one_key_frame_per_interval() {
        let start = Instant::now();
        let mut publisher = publisher(start);
        let mut keys = 0;
        for ms in 0..1000 {
            publisher.request_key_frame(Stream::Camera(Layer::Half));
            let frames = publisher
                .poll(start + Duration::from_millis(ms), ms, ON_CAMERA)
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
            .poll(start + Duration::from_secs(60), 0, BOTH)
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

    #[test]
    fn layers_are_shed_and_taken_up_again_with_room_between() {
        let start = Instant::now();
        let mut publisher = publisher(start);
        let mut layers = |ms: u64, bits: u64| {
            publisher.set_budget(bits);
            let at = start + Duration::from_millis(ms);
            publisher.poll(at, ms, ON_CAMERA).unwrap().len()
        };
        let budgets = [400_000, 240_000, 220_000, 240_000, 300_000, 50_000, 90_000];
        let seen: Vec<_> = (1..)
            .zip(budgets)
            .map(|(n, b)| layers(n * 300, b))
            .collect();
        assert_eq!(seen, [2, 2, 1, 1, 2, 0, 0]);
    }

    #[test]
    fn a_shared_screen_and_a_light_camera_are_numbered_from_one() {
        let start = Instant::now();
        let style = Style {
            light: true,
            numbered: true,
        };
        let plate = Plate::default();
        let mut publisher = Publisher::new(start, 3, &plate, Speech::Never, style).unwrap();
        let on = On {
            screen: true,
            ..ON_CAMERA
        };
        let mut numbers = Vec::new();
        for ms in 0..300 {
            let frames = publisher
                .poll(start + Duration::from_millis(ms), ms, on)
                .unwrap();
            let screens = frames.iter().filter(|f| f.stream == Stream::Screen);
            numbers.extend(screens.map(|f| crate::trailer::Trailer::read(&f.data).unwrap().number));
            assert!(frames.iter().all(|f| f.key == is_key(&f.data)));
        }
        assert_eq!(numbers, [1, 2, 3]);
    }
}
