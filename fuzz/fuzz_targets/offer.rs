//! An SDP offer of a seat at the table.
#![no_main]

mod table;

libfuzzer_sys::fuzz_target!(|sdp: &str| {
    let (mut sfu, now) = table::with_one_seat();
    sfu.handle_offer(now, table::SEAT, 1, sdp);
    table::drain(&mut sfu);
});
