//! The life of a call: seats, antechamber, doors, floor, microphones; its circles, each with the log of its group.
//!
//! [`Call`] is a state machine without sockets, clock or storage. The caller (`server`) tells it what
//! happened (`handle_*`, with the time) and acts on what it asks for (`poll_output`, until `None`):
//!
//! ```text
//!   WebSocket ── handle_connect, handle_message, handle_disconnect ──►┐
//!   convener ─── end, relink ────────────────────────────────────────►│ Call ─► poll_output ─► Persist
//!   timer ────── handle_timeout (at poll_timeout) ───────────────────►┘                        Send, Close
//!                                                                                              Media
//! ```
//!
//! Who may do what is decided in one place, [`permission`]; everything else carries out what it
//! allowed. Which access token opens which seat, what travels over the media path, and every limit on
//! message size and rate are the server's and `sfu`'s. What the sealed messages it orders and passes
//! on mean only clients know: nothing here could open one, and no name is here.

mod announce;
mod antechamber;
mod arrival;
mod call;
mod checks;
mod circles;
mod conduct;
mod facts;
mod knocks;
mod log;
mod microphones;
mod output;
pub mod permission;
mod record;
mod relay;
mod seat;
mod seating;

pub use call::Call;
pub use output::{Change, MediaCommand, Output, SessionId};
pub use permission::Denial;
pub use record::{CallRecord, SeatRecord, Stored};
pub use seat::{GRACE_MS, HANDOVER_MS};
