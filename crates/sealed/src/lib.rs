//! What only the people in a call hold: links, and what is derived from their secrets.
//!
//! Runs natively and, through `web-core`, in browsers. The server never links this crate (a test in
//! `xtask` reads its dependency tree): what a seat needs from the server it gets by an access token,
//! of which the server stores only the hash. No sockets and no clock in here; random bytes come in as
//! arguments, or from the platform's generator where a function says so.

pub mod link;
