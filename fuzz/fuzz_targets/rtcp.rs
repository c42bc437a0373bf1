//! RTCP of a receiver after it was opened: all that is read of it, and what is made of it.
#![no_main]
#![allow(dead_code)] // the writing half is not fuzzed

#[path = "../../crates/sfu/src/estimate/feedback.rs"]
mod feedback;
#[path = "../../crates/sfu/src/rtcp.rs"]
mod rtcp;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    rtcp::read(bytes, |said| match said {
        rtcp::Said::Lost { pairs, .. } => {
            assert!(rtcp::lost(pairs).count() <= pairs.len() / 4 * 17);
        }
        rtcp::Said::Arrivals(body) => {
            if let Some(feedback) = feedback::Feedback::parse(body) {
                assert!(feedback.packets().count() <= 16_384);
            }
        }
        _ => {}
    });
});
