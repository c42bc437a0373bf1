//! Which packets go to whom: a selective forwarding unit for many calls, without sockets or clock.
//!
//! It owns: the WebRTC connections (str0m, one `Rtc` per peer), telling datagrams apart, which seat's
//! voice and picture goes out on which transceiver, choice of simulcast layers, key frame requests,
//! and the rewriting that makes one continuous stream out of several sources.
//! It leaves to others: sockets and time (`server::media`), who may speak or is at the table
//! (`call`), and everything inside a payload: only the VP8 payload descriptor (RFC 7741, 4.2) and the
//! first byte of a frame are ever read.
//!
//! ```text
//!  datagram -> demux (address or ICE ufrag) -> publisher's Rtc -> packet
//!    -> track -> layer -> batch; each subscriber: slot -> egress (rewrite, protect) -> burst
//! ```
//!
//! str0m sets connections up (ICE, DTLS, SDP) and receives; what goes out to receivers never touches
//! it: [`Sfu::poll_output`] writes all that a batch of datagrams brought one receiver, protected in
//! place with the keys of its DTLS (`srtp`), as one burst. RTCP about it is ours too, and the estimate
//! of what its network carries. str0m's contract is *one mutation, then drain until `Timeout`*: every
//! input to an `Rtc` is followed by a full drain.

// Tests choose when time begins; `clippy.toml` keeps the rest from looking at a clock.
#![cfg_attr(test, allow(clippy::disallowed_methods))]

mod allocate;
mod assign;
mod burst;
mod ceiling;
mod connection;
mod demux;
mod downlink;
mod drive;
mod egress;
mod estimate;
#[cfg(feature = "evil")]
pub mod evil;
mod figures;
mod flow;
mod forward;
mod header;
mod keyframe;
mod line;
mod meter;
mod offer;
mod output;
mod packet;
mod passage;
mod peer;
mod rewrite;
mod rtcp;
mod send;
mod sfu;
mod still;
mod streams;
mod stun;
mod vp8;

pub use demux::unit_of;
pub use figures::{Figures, Rejection};
pub use output::{Event, LocalAddress, Output, SfuConfig, UNITS_MAX};
pub use peer::{Backlog, PeerId};
pub use rewrite::{Incoming, Outgoing, PictureId, Rewriter};
pub use sfu::Sfu;
pub use str0m::net::Protocol;
