//! Which packets go to whom: a selective forwarding unit for many calls, without sockets or clock.
//!
//! It owns: the WebRTC connections (str0m, one `Rtc` per peer), telling datagrams apart, which seat's
//! voice and picture goes out on which transceiver, choice of simulcast layers, key frame requests,
//! and the rewriting that makes one continuous stream out of several sources.
//! It leaves to others: sockets and time (`server::media`), who may speak or is at the table
//! (`call`), and everything inside a payload: only the VP8 payload descriptor (RFC 7741, 4.2), the
//! first byte of a frame and the size in a key frame's header are ever read, and those stay readable
//! when calls are sealed.
//!
//! ```text
//!  datagram -> demux (address or ICE ufrag) -> publisher's Rtc -> packet
//!    -> track -> layer -> for each subscriber: slot -> egress (rewrite, protect, send) -> datagram
//! ```
//!
//! str0m's contract is *one mutation, then drain until `Timeout`*. Here every input to an `Rtc` is
//! followed by a full drain; packets written to receivers mark them dirty, and
//! [`Sfu::poll_output`] drains the dirty ones once, however many packets a batch brought them.

// Tests choose when time begins; `clippy.toml` keeps the rest from looking at a clock.
#![cfg_attr(test, allow(clippy::disallowed_methods))]

mod allocate;
mod assign;
mod connection;
mod demux;
mod drive;
mod egress;
#[cfg(feature = "evil")]
pub mod evil;
mod figures;
mod forward;
mod keyframe;
mod meter;
mod offer;
mod output;
mod peer;
mod rewrite;
mod sfu;
mod vp8;
mod wanting;

pub use figures::{Figures, Rejection};
pub use output::{Event, LocalAddress, Output, SfuConfig};
pub use peer::{PeerId, Publishing};
pub use rewrite::{Incoming, Outgoing, PictureId, Rewriter};
pub use sfu::Sfu;
pub use str0m::net::Protocol;
