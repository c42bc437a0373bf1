//! VP8 there and back, with good frames and damaged ones.

use super::*;
use crate::{
    barcode::{self, Mark},
    picture::{Painter, Plate},
};

fn plate() -> Plate {
    Plate {
        short_name: "Poland".into(),
        name: "Andrzej Duda".into(),
        title: "President".into(),
    }
}

#[test]
fn every_frame_number_survives_vp8_at_low_bitrate() {
    for (scale, kilobits) in [(1, 60), (2, 150)] {
        let mut painter = Painter::new(&plate(), 6, scale);
        let mut encoder = Encoder::new(320 * scale, 180 * scale, kilobits, 10).unwrap();
        let (mut decoder, mut bytes, mut keys) = (Decoder::new().unwrap(), 0, 0);
        for number in 0..120u32 {
            let at = u64::from(number) * 100;
            let frame = encoder
                .encode(painter.paint(number, at), at, number == 60)
                .unwrap()
                .unwrap();
            assert_eq!(frame.key, is_key(&frame.data));
            keys += u32::from(frame.key);
            bytes += frame.data.len();
            let luma = decoder.decode(&frame.data).unwrap().unwrap();
            let read = barcode::read(luma.data, luma.width, luma.height, luma.stride);
            assert_eq!(
                read,
                Some(Mark {
                    seat: 6,
                    frame: number
                }),
                "frame {number}, {scale}"
            );
        }
        assert_eq!(keys, 2, "key frames come first and when asked for");
        assert!(
            bytes * 8 / 12 < kilobits as usize * 2000,
            "{} bit/s",
            bytes * 8 / 12
        );
    }
}

#[test]
fn damaged_frames_are_errors_or_nothing_and_the_decoder_goes_on() {
    let mut painter = Painter::new(&plate(), 6, 1);
    let mut encoder = Encoder::new(320, 180, 100, 10).unwrap();
    let key = encoder
        .encode(painter.paint(0, 0), 0, true)
        .unwrap()
        .unwrap()
        .data;
    let mut decoder = Decoder::new().unwrap();
    let mut huge = key.clone();
    huge[6..10].fill(0xff);
    assert_eq!(decoder.decode(&huge).err(), Some(VideoError::Size));
    for cut in [0, 1, 3, 9, 10, 40] {
        let _ = decoder.decode(&key[..cut]);
    }
    assert!(decoder.decode(&key).unwrap().is_some());
    assert!(
        encoder
            .encode(Painter::new(&plate(), 6, 2).paint(0, 0), 0, true)
            .is_err()
    );
}
