//! A text message of the signalling connection.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = protocol::ClientMessage::parse(text);
});
