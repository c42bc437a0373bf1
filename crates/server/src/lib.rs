//! HTTP, WebSocket, UDP, TLS, storage, metrics: the only server-side IO.
//!
//! ```text
//!   TCP ─► listen ─► tls ─► http ─► signal ─► calls ─► call::Call (one task per call)
//!              │                     api ──────┘  │ ├─► store (SQLite), before anything is sent
//!              └─► media (ICE-TCP) ◄── UDP        └─┴─► media (one thread, sfu::Sfu)
//! ```
//!
//! [`start`] puts it together from a [`Config`]; [`Running::stop`] takes it apart and tells the seats.
//! Decisions about a call are `call`'s, about packets `sfu`'s. This crate never links `sealed`: no
//! secret that opens media is ever here.

mod app;
mod assets;
mod calls;
pub mod config;
#[cfg(feature = "evil")]
pub mod evil;
mod headers;
mod http;
mod listen;
pub mod logs;
pub mod media;
pub mod metrics;
mod pace;
mod private;
mod running;
mod secrets;
mod shares;
mod signal;
pub mod store;
mod tls;
mod vital;

pub use config::Config;
pub use running::{Running, StartError, public_url, start, start_at};
pub use tls::SELF_SIGNED_CERTIFICATE;
