//! What an operator who turns hostile could do to media: look at, change, swap and drop each payload
//! between the two SRTP connections it passes through. For the suite that shows that members notice;
//! compiled with the feature `evil` only, which nothing that is shipped has.

use protocol::{CallId, SeatId, TrackKind};

use crate::{packet::Arrived, peer::PeerId, sfu::Sfu, vp8::Vp8Packet};

/// A packet on its way to one receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passing {
    /// The call.
    pub call: CallId,
    /// Who sent it.
    pub from: SeatId,
    /// Who is to get it.
    pub to: SeatId,
    /// It is part of a picture; else of a voice.
    pub is_video: bool,
    /// It is part of a shared screen.
    pub is_screen: bool,
    /// RTP marker: the last packet of a picture.
    pub marker: bool,
    /// RTP timestamp, as sent: the same for all packets of a picture.
    pub timestamp: u32,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on, as it is now.
    Deliver,
    /// It does not arrive.
    Drop,
    /// It goes on, and says that it is so many ticks of its clock younger: who gets it holds it back
    /// for as long.
    Ahead(u32),
}

/// Is shown every payload that is forwarded, once for each receiver, after SRTP was opened and before it
/// is protected again. A picture's payload begins with the VP8 payload descriptor (RFC 7741, 4.2).
pub trait Tap: Send {
    /// May keep a copy, and may change it.
    fn payload(&mut self, passing: &Passing, payload: &mut Vec<u8>) -> Verdict;
}

impl<F: FnMut(&Passing, &mut Vec<u8>) -> Verdict + Send> Tap for F {
    fn payload(&mut self, passing: &Passing, payload: &mut Vec<u8>) -> Verdict {
        self(passing, payload)
    }
}

/// The tap of a unit, if it has one.
#[derive(Default)]
pub(crate) struct Tapped(Option<Box<dyn Tap>>);

impl Sfu {
    /// From now on every payload passes this tap; it replaces the last one.
    pub fn tap(&mut self, tap: Box<dyn Tap>) {
        self.tapped = Tapped(Some(tap));
    }
}

impl Tapped {
    /// Whoever keeps voices back does not send them again because they are asked for.
    pub(crate) fn resends_voices(&self) -> bool {
        self.0.is_none()
    }

    /// What goes on to the receiver; `None`: nothing does.
    pub(crate) fn pass(
        &mut self,
        from: SeatId,
        to: PeerId,
        kind: TrackKind,
        packet: &Arrived,
    ) -> Option<Arrived> {
        let Some(tap) = &mut self.0 else {
            return Some(packet.clone());
        };
        let passing = Passing {
            call: to.call,
            from,
            to: to.seat,
            is_video: kind != TrackKind::Microphone,
            is_screen: kind == TrackKind::Screen,
            marker: packet.marker,
            timestamp: packet.incoming.timestamp,
        };
        let mut payload = packet.payload.to_vec();
        let ahead = match tap.payload(&passing, &mut payload) {
            Verdict::Deliver => 0,
            Verdict::Ahead(ticks) => ticks,
            Verdict::Drop => return None,
        };
        let mut incoming = packet.incoming;
        incoming.timestamp = incoming.timestamp.wrapping_add(ahead);
        Some(Arrived {
            vp8: packet.vp8.and_then(|_| Vp8Packet::parse(&payload)),
            payload: payload.into(),
            incoming,
            ..packet.clone()
        })
    }
}
