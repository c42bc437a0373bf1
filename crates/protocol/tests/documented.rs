//! `docs/protocol.md` says what the code means: every type, code, limit and sample.

use protocol::{
    ClientMessage, ErrorCode, ErrorMessage, ServerMessage,
    http::{CallDetail, NewCall, SeatToken},
    limits,
};
use serde::de::DeserializeOwned;
use ts_rs::{Config, TS};

const DOCUMENT: &str = include_str!("../../../docs/protocol.md");
const LIMITS: &str = include_str!("../src/limits.rs");

/// Values of `before`…`"` in a TypeScript declaration.
fn words(typescript: &str, before: &str) -> Vec<String> {
    let after = |part: &str| part.split('"').next().map(str::to_owned);
    let is_word =
        |w: &String| w.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && !w.is_empty();
    typescript
        .split(before)
        .skip(1)
        .filter_map(after)
        .filter(is_word)
        .collect()
}

/// The fenced blocks with this info string.
fn samples(info: &str) -> Vec<&'static str> {
    let fence = format!("```{info}\n");
    let inside = |part: &'static str| part.split("\n```").next().unwrap();
    let found: Vec<_> = DOCUMENT.split(&fence).skip(1).map(inside).collect();
    assert!(!found.is_empty(), "no sample of {info}");
    found
}

fn row_of<'a>(rows: impl IntoIterator<Item = &'a str>, name: &str) -> &'a str {
    let start = format!("| `{name}` |");
    let row = rows.into_iter().find(|line| line.starts_with(&start));
    row.unwrap_or_else(|| panic!("{name} has no row in docs/protocol.md"))
}

fn section(title: &str) -> std::str::Lines<'static> {
    let body = DOCUMENT
        .split(&format!("\n## {title}\n"))
        .nth(1)
        .expect(title);
    body.split("\n## ").next().unwrap().lines()
}

#[test]
fn every_message_has_a_row_and_a_sample_in_its_direction() {
    let client = words(&ClientMessage::inline(&Config::new()), "\"type\": \"");
    let server = words(&ServerMessage::inline(&Config::new()), "\"type\": \"");
    assert!(client.len() >= 14 && server.len() >= 17);
    for (title, info, kinds) in [
        ("From the client", "json client", client),
        ("From the server", "json server", server),
    ] {
        let samples = samples(info).join("\n");
        for kind in kinds {
            row_of(section(title), &kind);
            assert!(
                samples.contains(&format!("{{\"type\":\"{kind}\"")),
                "no sample of {kind}"
            );
        }
    }
}

#[test]
fn every_field_of_every_message_is_named_in_its_row() {
    for (title, info) in [
        ("From the client", "json client"),
        ("From the server", "json server"),
    ] {
        for line in samples(info).join("\n").lines() {
            let sample: serde_json::Map<_, _> = serde_json::from_str(line).unwrap();
            let row = row_of(section(title), sample["type"].as_str().unwrap());
            for field in sample.keys().filter(|field| *field != "type") {
                assert!(
                    row.contains(&format!("`{field}`")),
                    "{field} is not named in {row}"
                );
            }
        }
    }
}

#[test]
fn every_error_code_has_its_numbers_and_blame() {
    let names = words(&ErrorCode::inline(&Config::new()), "\"");
    let codes: Vec<ErrorCode> = names
        .iter()
        .filter_map(|name| serde_json::from_value(name.as_str().into()).ok())
        .collect();
    assert_eq!(codes.len(), 26);
    for code in codes {
        let (name, blame) = (serde_json::json!(code), serde_json::json!(code.blame()));
        let row = row_of(section("Errors"), name.as_str().unwrap());
        let (close, blame) = (code.close_code(), blame.as_str().unwrap());
        let expected = format!(" | {close} | {blame} | {} | ", code.http_status());
        assert!(row.contains(&expected), "{row} should have {expected}");
    }
}

#[test]
fn every_limit_has_its_value() {
    macro_rules! check {
        ($($name:ident)*) => {{
            $(
                let row = row_of(section("Limits"), stringify!($name));
                let value = limits::$name as u64;
                assert!(row.contains(&format!("| {value} |")), "{row} should have {value}");
            )*
            [$(stringify!($name)),*].len()
        }};
    }
    let checked = check! {
        MESSAGE_BYTES_MAX SERVER_MESSAGE_BYTES_MAX SMALL_MESSAGE_BYTES_MAX MESSAGES_PER_SECOND MESSAGE_BURST PLAN_BYTES_MAX
        TITLE_LETTERS_MAX TITLE_BYTES_MAX NAME_LETTERS_MAX NAME_BYTES_MAX SHORT_NAME_LETTERS_MAX
        SHORT_NAME_BYTES_MAX SEAT_TEXTS_BYTES_MAX START_MS_MAX SEATS_MAX DELEGATIONS_MAX
        OPEN_MICROPHONES_MAX TILES_MAX SDP_BYTES_MAX SECRET_BYTES CLOCK_INTERVAL_MS HELLO_TIMEOUT_MS
        COMMIT_CHARS_MAX KEPT_CHARS_MAX PASSING_CHARS_MAX KNOCK_CHARS_MAX GRANT_CHARS_MAX SEALED_PLAN_CHARS_MAX
        MIRROR_SDP_BYTES_MAX MIRROR_MS MIRROR_INTERVAL_MS MIRROR_BITS_PER_SECOND
        LOG_ENTRIES_MAX LOG_CHARS_MAX BODY_BYTES_MAX LOG_BYTES_BURST LOG_BYTES_PER_SECOND
        PASSING_BYTES_BURST PASSING_BYTES_PER_SECOND OFFERS_BURST OFFERS_PER_SECOND
        CALLS_PER_CONVENER_MAX CONVENER_BYTES_MAX
    };
    assert_eq!(
        checked,
        LIMITS.matches("\npub const ").count(),
        "a limit is not documented"
    );
}

#[test]
fn every_sample_is_understood() {
    for line in samples("json client").join("\n").lines() {
        let parsed = ClientMessage::parse(line);
        assert!(parsed.is_ok(), "{line}: {:?}", parsed.err());
    }
    let read = |line| serde_json::from_str::<ServerMessage>(line).map(|message| message.kind());
    for line in samples("json server").join("\n").lines() {
        assert!(read(line).is_ok(), "{line}: {:?}", read(line).err());
    }
    understood::<NewCall>("json NewCall");
    understood::<CallDetail>("json CallDetail");
    understood::<SeatToken>("json SeatToken");
    for plan in samples("json NewCall") {
        let new: NewCall = serde_json::from_str(plan).unwrap();
        let verified = new
            .shape
            .verify(new.id)
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(verified.seats.len(), new.tokens.len());
    }
}

fn understood<T: DeserializeOwned>(info: &str) {
    for sample in samples(info) {
        assert!(serde_json::from_str::<T>(sample).is_ok(), "{sample}");
    }
}

#[test]
fn an_error_is_the_same_object_on_both_ways() {
    let error = ErrorMessage::new(ErrorCode::WrongState, "Sorry.").answering("admit");
    let body = serde_json::to_value(&error).unwrap();
    let mut message = serde_json::to_value(ServerMessage::Error(error)).unwrap();
    message.as_object_mut().unwrap().remove("type");
    assert_eq!(body, message);
}
