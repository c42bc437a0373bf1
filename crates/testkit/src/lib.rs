//! Whole calls in one thread on virtual time: the real forwarding unit, scripted WebRTC clients, and
//! a network that delays and loses what it is told to. For tests only.
//!
//! It owns: the clock ([`World::run`] moves it by milliseconds), the network between each client and
//! the server, clients that publish media which looks like Opus and VP8 and carries marks, and
//! viewers that check what arrives. It leaves real codecs to `participant` and real sockets to
//! `server`.

mod client;
mod network;
mod script;
mod viewer;
mod world;

pub use client::{Client, ClientOptions};
pub use network::{Conditions, Datagram, Network};
pub use script::{LayerScript, Mark, VideoScript};
pub use viewer::{Listener, Viewer};
pub use world::World;
