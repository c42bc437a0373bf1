//! Datagrams from strangers, each with one byte of length before it, to a unit that awaits a peer.
#![no_main]

mod table;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (mut sfu, now) = table::with_one_seat();
    sfu.handle_offer(
        now,
        table::SEAT,
        1,
        include_str!("../corpus/offer/chromium.sdp"),
    );
    let mut rest = bytes;
    while let Some((&len, tail)) = rest.split_first() {
        let (datagram, tail) = tail.split_at(usize::from(len).min(tail.len()));
        table::arrive(&mut sfu, now, datagram);
        rest = tail;
    }
    table::drain(&mut sfu);
});
