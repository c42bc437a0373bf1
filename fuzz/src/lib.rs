//! Fuzz targets: one for each parser of what comes from the network or from a person. Where a parser
//! is behind a key, its target has the key: what comes from a member, or from somebody with a link,
//! is judged too, not only what nobody could open.
//!
//! `cargo xtask fuzz` builds all of them as one program and runs each over its corpus (`fuzz/corpus`).
//! A target panics when it finds something.

#![cfg(feature = "targets")]
#![allow(missing_docs)] // a program in two halves, no library of anybody's

mod forwarding;
mod members;
mod reading;
mod sealing;
mod table;

/// What is fuzzed, and how.
pub struct Target {
    /// Also of its folder in `fuzz/corpus`.
    pub name: &'static str,
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 20] = [
    target("client_message", reading::client_message),
    target("server_message", sealing::server_message),
    target("plan", reading::plan),
    target("link", reading::link),
    target("redactor", reading::redactor),
    target("framing", forwarding::framing),
    target("offer", forwarding::offer),
    target("stun", forwarding::stun),
    target("datagram", forwarding::datagram),
    target("rtp", forwarding::rtp),
    target("srtp", forwarding::srtp),
    target("rtcp", forwarding::rtcp),
    target("frame", sealing::frame),
    target("grant", sealing::grant),
    target("sealed_plan", sealing::sealed_plan),
    target("knock", sealing::knock),
    target("welcome", sealing::welcome),
    target("commit", sealing::commit),
    target("application", sealing::application),
    target("said", sealing::said),
];

const fn target(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, run }
}
