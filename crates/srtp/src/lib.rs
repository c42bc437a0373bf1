//! Secure RTP (RFC 3711, RFC 7714) for those who send more packets than str0m is made for.
//!
//! str0m does ICE and DTLS and keeps the keys to itself. [`tap`] takes a copy when the handshake ends;
//! [`Keys::contexts`] makes of it what protects and unprotects packets in place, in the caller's buffer.
//! Whoever uses both str0m and a [`Protect`] on one connection must let all RTCP leave through the
//! latter ([`Protect::take_over_rtcp`]): two counters under one key would use a nonce twice.

mod cipher;
mod derive;
mod protect;
mod tap;
mod unprotect;

pub use derive::{Keys, Profile};
pub use protect::Protect;
pub use tap::{KeySlot, provider, tap};
pub use unprotect::Unprotect;

/// Bytes that protection adds to an RTP packet, at most.
pub const RTP_OVERHEAD: usize = 16;
/// Bytes that protection adds to an RTCP packet, at most.
pub const RTCP_OVERHEAD: usize = 20;
/// Length of the RTCP header that stays in clear: common header and sender's SSRC (RFC 3711, 3.4).
const RTCP_CLEAR: usize = 8;
