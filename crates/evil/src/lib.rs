//! The evil server suite: native participants as they are shipped, in calls on a server whose operator
//! lies. Each case is an attack; the clients must refuse it, or show it within its bound, and never
//! call a ghost verified or open a frame of it. Each is played a second time with the attack left out,
//! and then nothing at all may be wrong. `cargo xtask evil` runs it.
//!
//! A crate of its own, for tests only: it links the server, the participant and what a bribed member
//! can do (`sealed/forge`), and neither `xtask` nor anything shipped may.
//!
//! ```text
//!  Participant ──ws──> proxy (the case's script) ──ws──> server, honest, but for its media tap
//!  Puppet, a bribed member ──ws──^                          ^ the case's tap: every payload
//! ```
//! - [`hall`]: the server, and calls on it. [`proxy`]: every message of a call, in the script's hands.
//! - [`puppet`]: a bribed member. [`table`]: the seats of one call, and ways to wait for what they show.
//! - [`watch`]: what no client may ever show. [`cases`]: the attacks. [`suite`]: plays them.
//! - [`browser`]: the same for a page in a real browser, which `web/tests/evil.e2e.ts` looks after.
//! - [`answers`]: what it says in its answers to offers.
//! - [`apart`]: the server as it is shipped, in a process of its own. [`planted`], [`memory`],
//!   [`search`]: looks for what clients planted, in that process and on its disk.

#![cfg(feature = "suite")]

pub mod answers;
pub mod apart;
pub mod browser;
pub mod cases;
pub mod hall;
pub mod memory;
pub mod planted;
pub mod proxy;
pub mod puppet;
pub mod search;
pub mod suite;
pub mod table;
pub mod watch;
