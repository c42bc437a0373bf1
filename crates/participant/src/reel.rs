//! Ten seconds of picture, encoded once in this process for each size and sent by every seat that
//! plays lightly: large councils cost a machine their network, not their encoders.
//!
//! All seats share the picture, so its barcode names no seat, only the place in the reel; whose a
//! frame is, is known by the key it was sealed with, and which, by its trailer. Any place can be
//! followed by the first: it is a key frame.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    picture::{Painter, Plate},
    publisher::FRAME_RATE,
    video::{Encoder, VideoError, Vp8Frame},
};

/// The number a reel's barcode has in place of a seat's; no call has so many seats.
pub const REEL_SEAT: u16 = 1023;
/// Pictures of a reel: the price of a key frame is paid once in this many.
const LENGTH: u32 = 10 * FRAME_RATE;

/// One size of it.
pub(crate) struct Reel {
    frames: Vec<Vp8Frame>,
}

impl Reel {
    /// The reel of pictures `scale` times 320 × 180 at this bitrate.
    pub(crate) fn of(scale: usize, kilobits: u32) -> Result<Arc<Self>, VideoError> {
        static REELS: Mutex<BTreeMap<(usize, u32), Arc<Reel>>> = Mutex::new(BTreeMap::new());
        let mut reels = REELS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reel) = reels.get(&(scale, kilobits)) {
            return Ok(reel.clone());
        }
        let reel = Arc::new(Self::record(scale, kilobits)?);
        reels.insert((scale, kilobits), reel.clone());
        Ok(reel)
    }

    /// Pictures in it.
    pub(crate) fn len(&self) -> usize {
        self.frames.len()
    }

    /// One of them; the first is a key frame, and the only one.
    pub(crate) fn frame(&self, at: usize) -> &Vp8Frame {
        &self.frames[at % self.frames.len()]
    }

    fn record(scale: usize, kilobits: u32) -> Result<Self, VideoError> {
        let plate = Plate {
            short_name: "Rehearsal".to_owned(),
            name: "Recorded picture".to_owned(),
            title: "the same for all seats".to_owned(),
        };
        let mut painter = Painter::new(&plate, REEL_SEAT, scale);
        let mut encoder = Encoder::new(320 * scale, 180 * scale, kilobits, FRAME_RATE)?;
        let mut frames = Vec::new();
        for number in 0..LENGTH {
            let at_ms = u64::from(number * 1000 / FRAME_RATE);
            let picture = painter.paint(number, at_ms);
            frames.extend(encoder.encode(picture, at_ms, number == 0)?);
        }
        if frames.first().is_some_and(|frame| frame.key) {
            Ok(Self { frames })
        } else {
            Err(VideoError::Codec("record", 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{barcode, video::Decoder};

    #[test]
    fn a_reel_decodes_again_and_again_and_from_any_place_to_its_beginning() {
        let reel = Reel::of(1, 60).unwrap();
        assert_eq!(reel.len(), LENGTH as usize);
        let keys = (0..reel.len()).filter(|&at| reel.frame(at).key).count();
        assert_eq!(keys, 1);
        let mut decoder = Decoder::new().unwrap();
        for at in (0..100).chain(0..37).chain(0..3) {
            let luma = decoder.decode(&reel.frame(at).data).unwrap().unwrap();
            let mark = barcode::read(luma.data, luma.width, luma.height, luma.stride).unwrap();
            assert_eq!((mark.seat, mark.frame), (REEL_SEAT, at as u32));
        }
        assert!(Arc::ptr_eq(&reel, &Reel::of(1, 60).unwrap()));
    }
}
