//! Messages between a client and the server: types, limits, error codes, version. Data only.
//!
//! One tagged enum per direction ([`ClientMessage`], [`ServerMessage`]) travels as [`wire`] says over one
//! WebSocket per seat; [`plan`] and [`http`] hold what the convener's HTTP interface takes and gives.
//! The TypeScript types in `web/src/protocol/generated` are made from these by `cargo xtask types`.
//! `docs/protocol.md` describes the conversation these messages form.
//!
//! Everything that arrives from the network is `Unverified…` or raw text until a check here has
//! turned it into its verified form; the checks bound size before they parse.

pub mod checks;
pub mod error;
pub mod http;
pub mod id;
mod invisible;
pub mod limits;
pub mod lookalike;
pub mod message;
pub mod packed;
pub mod plan;
pub mod sealed;
pub mod secret;
pub mod shape;
pub mod text;
pub mod track;
pub mod types;
pub mod wire;
pub mod zones;

pub use error::{Blame, ErrorCode, ErrorMessage};
pub use id::{CallId, CircleId, DelegationId, SeatId};
pub use message::{ClientMessage, ServerMessage};
pub use sealed::{GroupRef, Sealed};
pub use secret::{AccessToken, Holder, SecretHash};
pub use track::{Audience, Publishing, TrackKind};
pub use wire::Wire;

/// Version of this protocol. A client names it in `hello`; the server refuses any other.
pub const VERSION: u16 = 3;
