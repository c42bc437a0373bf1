//! Frames on an ICE-TCP stream. First byte: how long the pieces are in which it arrives.
#![no_main]
#![allow(dead_code)] // the sending half is not fuzzed

#[path = "../../crates/server/src/media/framing.rs"]
mod framing;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&cut, stream)) = bytes.split_first() else {
        return;
    };
    let mut deframer = framing::Deframer::default();
    for piece in stream.chunks(usize::from(cut).max(1)) {
        deframer.push(piece);
        while let Ok(Some(frame)) = deframer.next_frame() {
            assert!((1..=framing::FRAME_BYTES_MAX).contains(&frame.len()));
        }
    }
});
