//! Text: messages, plans, links, lines of the log.

use protocol::{CallId, plan::UnverifiedPlan};
use sealed::link::Link;

#[allow(dead_code, unreachable_pub)] // its tests are where it lives
#[path = "../../crates/server/src/logs/redact.rs"]
mod redact;

/// A text message of the signalling connection.
pub(crate) fn client_message(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = protocol::ClientMessage::parse(text);
    }
}

/// A call plan as a person wrote it: TOML, and what the page sends of it, JSON.
pub(crate) fn plan(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let read = [
        toml::from_str::<UnverifiedPlan>(text).ok(),
        serde_json::from_str::<UnverifiedPlan>(text).ok(),
    ];
    for plan in read.into_iter().flatten() {
        if let Ok(plan) = plan.verify(CallId::from_bytes([0; 16])) {
            let _ = plan.shape().verify(CallId::from_bytes([0; 16]));
        }
    }
}

/// A link, what mail programs make of it, and the part after `#`: what was read prints itself so that it is
/// read the same.
pub(crate) fn link(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let found = Link::find(text);
    if let Ok((_, link)) = &found {
        let again = Link::find(&link.url("https://example.org"));
        let same = |(_, again): (_, Link)| again.fragment() == link.fragment();
        assert!(again.is_ok_and(same));
    }
    // What is before the `#` of an address has been sent: nothing is read of it.
    let address = Link::of_address(text);
    assert!(found.is_ok() || address.is_err());
    let call = CallId::from_bytes([0; 16]);
    if let Ok(link) = Link::parse_fragment(call, text) {
        let again = Link::parse_fragment(call, &link.fragment());
        assert!(again.is_ok_and(|again| again.fragment() == link.fragment()));
    }
}

/// A line on its way into the log: no address and no secret comes through, wherever it stands.
pub(crate) fn redactor(bytes: &[u8]) {
    let line = String::from_utf8_lossy(bytes);
    let clean = redact::redact(&line);
    assert_eq!(
        redact::redact(&clean),
        clean,
        "what was taken out stays out"
    );
    let planted = "198.51.100.77 at Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYm0";
    let clean = redact::redact(&format!("{line} {planted}"));
    assert!(clean.ends_with(" [address] at [secret]"));
}
