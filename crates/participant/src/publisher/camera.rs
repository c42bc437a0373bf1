//! One encoded stream of pictures: a layer of the camera, or the screen.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    frames::{PlainFrame, Stream},
    picture::{Painter, Plate},
    publisher::FRAME_RATE,
    reel::Reel,
    trailer::Trailer,
    video::{Encoder, VideoError, Vp8Frame},
};

/// Least time between two key frames of a stream, however many are asked for.
const KEY_FRAME_INTERVAL: Duration = Duration::from_millis(300);

/// Makes one stream's frames.
pub(super) struct Camera {
    pub(super) stream: Stream,
    make: Make,
    /// Its trailer's number of the encoder; `None`: frames have no trailer.
    run: Option<u32>,
    key_wanted: bool,
    last_key: Option<Instant>,
}

/// Where pictures come from.
enum Make {
    /// The seat's own, drawn and encoded for it.
    Own(Box<Painter>, Encoder),
    /// The shared recording, and the place in it.
    Shared(Arc<Reel>, usize),
}

/// What is alike for all streams of a seat.
#[derive(Clone, Copy)]
pub(super) struct Common<'a> {
    pub(super) seat: u16,
    pub(super) plate: &'a Plate,
    pub(super) light: bool,
    pub(super) run: Option<u32>,
}

impl Camera {
    /// Pictures `scale` times 320 × 180 at this bitrate.
    pub(super) fn new(
        stream: Stream,
        (scale, kilobits): (usize, u32),
        common: Common<'_>,
    ) -> Result<Self, VideoError> {
        let make = if common.light {
            Make::Shared(Reel::of(scale, kilobits)?, 0)
        } else {
            let encoder = Encoder::new(320 * scale, 180 * scale, kilobits, FRAME_RATE)?;
            let painter = Painter::new(common.plate, common.seat, scale);
            Make::Own(Box::new(painter), encoder)
        };
        Ok(Self {
            stream,
            make,
            run: common.run,
            key_wanted: true,
            last_key: None,
        })
    }

    /// Somebody lacks a key frame; the next frame will be one unless it is too soon.
    pub(super) fn request_key_frame(&mut self) {
        self.key_wanted = true;
    }

    /// Picture `number`, taken now, which is `at_ms` after the start and `now_ms` by the time of day.
    pub(super) fn take(
        &mut self,
        now: Instant,
        (at_ms, now_ms): (u64, u64),
        number: u32,
    ) -> Result<Option<PlainFrame>, VideoError> {
        let allowed = self
            .last_key
            .is_none_or(|at| now >= at + KEY_FRAME_INTERVAL);
        let Some(frame) = self.encode((at_ms, now_ms), number, self.key_wanted && allowed)? else {
            return Ok(None);
        };
        let Vp8Frame { mut data, key } = frame;
        if key {
            self.key_wanted = false;
            self.last_key = Some(now);
        }
        if let Some(run) = self.run {
            Trailer::new(now, run, number).append(&mut data);
        }
        let (stream, time) = (self.stream, at_ms * 90);
        Ok(Some(PlainFrame {
            stream,
            time,
            key,
            data,
        }))
    }

    fn encode(
        &mut self,
        (at_ms, now_ms): (u64, u64),
        number: u32,
        key: bool,
    ) -> Result<Option<Vp8Frame>, VideoError> {
        match &mut self.make {
            Make::Own(painter, encoder) => {
                encoder.encode(painter.paint(number, now_ms), at_ms, key)
            }
            Make::Shared(reel, place) => {
                let at = if key { 0 } else { *place };
                *place = (at + 1) % reel.len();
                let frame = reel.frame(at);
                let (data, key) = (frame.data.clone(), frame.key);
                Ok(Some(Vp8Frame { data, key }))
            }
        }
    }
}
