//! Datagrams and what is in them.

use std::cell::RefCell;

use srtp::{Keys, Profile};
use testkit::World;

use crate::table;

#[allow(dead_code)] // the sending half is not fuzzed
#[path = "../../crates/server/src/media/framing.rs"]
mod framing;

#[allow(dead_code, unreachable_pub)] // the writing half is not fuzzed
#[path = "../../crates/sfu/src/estimate/feedback.rs"]
mod feedback;

#[allow(dead_code)] // the writing half is not fuzzed
#[path = "../../crates/sfu/src/rtcp.rs"]
mod reports;

/// Frames on an ICE-TCP stream. First byte: how long the pieces are in which it arrives.
pub(crate) fn framing(bytes: &[u8]) {
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
}

/// An SDP offer of a seat at the table.
pub(crate) fn offer(bytes: &[u8]) {
    let Ok(sdp) = std::str::from_utf8(bytes) else {
        return;
    };
    let (mut sfu, now) = table::with_one_seat();
    sfu.handle_offer(now, table::SEAT, 1, sdp);
    table::drain(&mut sfu);
}

/// What a media thread asks of a stranger's datagram before anything else.
pub(crate) fn stun(bytes: &[u8]) {
    let _ = sfu::unit_of(bytes);
}

/// Datagrams from strangers, each with one byte of length before it, to a unit that awaits a peer.
pub(crate) fn datagram(bytes: &[u8]) {
    let (mut sfu, now) = table::with_one_seat();
    let offer = include_str!("../corpus/offer/chromium.sdp");
    sfu.handle_offer(now, table::SEAT, 1, offer);
    let mut rest = bytes;
    while let Some((&len, tail)) = rest.split_first() {
        let (datagram, tail) = tail.split_at(usize::from(len).min(tail.len()));
        table::arrive(&mut sfu, now, datagram);
        rest = tail;
    }
    table::drain(&mut sfu);
}

/// RTP of a seat that ICE, DTLS and SRTP let through, and what is made of it for who watches: each
/// packet is a byte for track and layer, one for the step of its sequence number, one of its
/// timestamp, one of length, then its payload.
pub(crate) fn rtp(bytes: &[u8]) {
    thread_local!(static WORLD: RefCell<World> = RefCell::new(table::connected()));
    WORLD.with_borrow_mut(|world| {
        let mut rest = bytes;
        while let [which, seq, time, len, tail @ ..] = rest {
            let (payload, tail) = tail.split_at(usize::from(*len).min(tail.len()));
            let (track, layer) = (usize::from(which % 3), usize::from(which / 3 % 3));
            world.send_packet(1, track, layer, (*seq).into(), (*time).into(), payload);
            rest = tail;
        }
        world.run(std::time::Duration::from_millis(2));
    });
}

/// Packets of somebody with keys, changed on the way or made up. First byte: profile.
pub(crate) fn srtp(bytes: &[u8]) {
    let Some((&which, packet)) = bytes.split_first() else {
        return;
    };
    let profile = [
        Profile::AeadAes256Gcm,
        Profile::AeadAes128Gcm,
        Profile::Aes128CmSha1,
    ][usize::from(which % 3)];
    let material: Vec<u8> = (0..88).collect();
    let (_, mut incoming) = Keys::new(profile, &material, true).unwrap().contexts();
    for header in [0, 8, 12, packet.len(), packet.len() + 1] {
        let opened = incoming.rtp(7, 7, &mut packet.to_vec(), header);
        assert!(opened.is_none(), "nobody knows the key");
    }
    assert!(!incoming.rtcp(&mut packet.to_vec()), "nobody knows the key");
}

/// RTCP of a receiver after it was opened: all that is read of it, and what is made of it.
pub(crate) fn rtcp(bytes: &[u8]) {
    reports::read(bytes, |said| match said {
        reports::Said::Lost { pairs, .. } => {
            assert!(reports::lost(pairs).count() <= pairs.len() / 4 * 17);
        }
        reports::Said::Arrivals(body) => {
            if let Some(feedback) = feedback::Feedback::parse(body) {
                assert!(feedback.packets().count() <= 16_384);
            }
        }
        _ => {}
    });
}
