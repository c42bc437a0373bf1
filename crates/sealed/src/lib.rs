//! What seals a call end to end: links and what is derived from them, grants, the MLS group
//! (RFC 9420) and who may change it, media keys and sealed frames (RFC 9605), the words of the call.
//!
//! Runs natively and, through `web-core`, in browsers: one implementation. The server never links this
//! crate (a test in `xtask` reads its dependency tree). No sockets and no clock in here: time comes in
//! as an argument, random bytes from the platform's generator. `docs/sealed.md` describes it for
//! cryptographers and for those who write another client.

mod codec;
pub mod convene;
mod credential;
pub mod grant;
pub mod keys;
mod letter;
pub mod link;
pub mod media;
mod message;
mod parcel;
mod policy;
pub mod sabotage;
pub mod session;
mod suite;
#[cfg(test)]
mod vectors;
mod words;
