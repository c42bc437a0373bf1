//! A link, and the part of it after `#`: what reads must print the same.
#![no_main]

use protocol::CallId;
use sealed::link::Link;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = Link::parse_url(text);
    if let Ok(link) = Link::parse_fragment(CallId::from_bytes([0; 16]), text) {
        assert_eq!(link.fragment(), text.strip_prefix('#').unwrap_or(text));
    }
});
