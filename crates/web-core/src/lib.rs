//! `sealed` for the browser: conversions only.
//!
//! Built by `cargo xtask wasm` into `web/src/sealed/generated`. Messages and views travel as JSON text,
//! frames as bytes, times as milliseconds since 1970. Whatever is thrown is an `Error` whose `message`
//! is a code; the words for people are in the web's catalogues.

mod convening;
mod session;

pub use convening::*;
pub use session::*;

use protocol::{CallId, SeatId};
use sealed::{
    convene::ConveneError,
    grant::OpenError,
    link::{self, CallSecret, Link, LinkError, LinkKey},
};
use wasm_bindgen::prelude::*;

/// Why something was refused; thrown as `Error` with the code as its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// `not_a_link`, `no_fragment`, `cut`, `changed`, `exposed_seat`, `exposed_host`, `wrapped_seat`,
    /// `wrapped_host` or `several`.
    Link(LinkError),
    /// `bad_call_id`: not 26 characters of base32.
    CallId,
    /// `bad_secret`: a call secret is 43 characters of base64url.
    Secret,
    /// `bad_seats`: as many link numbers as seats, all from 1.
    Seats,
    /// `no_randomness`: the browser gives no random numbers.
    NoRandomness,
    /// `bad_plan`: the plan has a mistake.
    Plan,
    /// `not_ours`, `malformed` or `not_signed`: what the server gave is not the convener's.
    Open(OpenError),
    /// `bad_json`: not what is expected here.
    Json,
    /// `bad_key`: a key or signature of another length.
    Key,
    /// A code of the session's own.
    Session(&'static str),
}

impl Problem {
    /// The code JavaScript sees.
    pub fn code(self) -> &'static str {
        match self {
            Self::Link(LinkError::NotALink) => "not_a_link",
            Self::Link(LinkError::NoFragment) => "no_fragment",
            Self::Link(LinkError::Cut) => "cut",
            Self::Link(LinkError::Changed) => "changed",
            Self::Link(LinkError::Exposed { host: false }) => "exposed_seat",
            Self::Link(LinkError::Exposed { host: true }) => "exposed_host",
            Self::Link(LinkError::Wrapped { host: false }) => "wrapped_seat",
            Self::Link(LinkError::Wrapped { host: true }) => "wrapped_host",
            Self::Link(LinkError::Several) => "several",
            Self::CallId => "bad_call_id",
            Self::Secret => "bad_secret",
            Self::Seats => "bad_seats",
            Self::NoRandomness => "no_randomness",
            Self::Plan => "bad_plan",
            Self::Open(OpenError::NotOurs) => "not_ours",
            Self::Open(OpenError::Malformed) => "malformed",
            Self::Open(OpenError::NotSigned) => "not_signed",
            Self::Json => "bad_json",
            Self::Key => "bad_key",
            Self::Session(code) => code,
        }
    }
}

impl From<ConveneError> for Problem {
    fn from(error: ConveneError) -> Self {
        match error {
            ConveneError::Plan(_) => Self::Plan,
            ConveneError::Randomness(_) => Self::NoRandomness,
            ConveneError::NoSuchSeat(_) => Self::Seats,
        }
    }
}

impl From<Problem> for JsValue {
    fn from(problem: Problem) -> Self {
        JsError::new(problem.code()).into()
    }
}

/// A link's fragment, understood.
#[wasm_bindgen(getter_with_clone)]
pub struct ParsedLink {
    /// `seat` or `host`.
    #[wasm_bindgen(readonly)]
    pub kind: String,
    /// The convener's own seat, in a host link.
    #[wasm_bindgen(readonly)]
    pub seat: Option<u16>,
    /// Seat secret or call secret, 43 characters of base64url.
    #[wasm_bindgen(readonly)]
    pub secret: String,
}

/// Reads the fragment of a link to `call_id`.
#[wasm_bindgen]
pub fn parse_link(call_id: &str, fragment: &str) -> Result<ParsedLink, Problem> {
    let link = read(call_id, fragment)?;
    Ok(match link.key {
        LinkKey::Seat(secret) => ParsedLink {
            kind: "seat".into(),
            seat: None,
            secret: secret.expose(),
        },
        LinkKey::Host { seat, secret } => ParsedLink {
            kind: "host".into(),
            seat: Some(seat.0),
            secret: secret.expose(),
        },
    })
}

/// A link in a text or an address.
#[wasm_bindgen(getter_with_clone)]
pub struct FoundLink {
    /// The server it names, e.g. `https://example.org`.
    #[wasm_bindgen(readonly)]
    pub origin: Option<String>,
    /// Of which call.
    #[wasm_bindgen(readonly)]
    pub call_id: String,
    /// What follows `#`, as it was made.
    #[wasm_bindgen(readonly)]
    pub fragment: String,
}

impl FoundLink {
    fn new(origin: Option<String>, link: &Link) -> Self {
        Self {
            origin,
            call_id: link.call.to_string(),
            fragment: link.fragment(),
        }
    }
}

/// Finds the one link in a text that somebody pasted.
#[wasm_bindgen]
pub fn find_link(text: &str) -> Result<FoundLink, Problem> {
    let (origin, link) = Link::find(text).map_err(Problem::Link)?;
    Ok(FoundLink::new(origin, &link))
}

/// The link that led a browser here, from the whole address.
#[wasm_bindgen]
pub fn link_of_address(url: &str) -> Result<FoundLink, Problem> {
    let link = Link::of_address(url).map_err(Problem::Link)?;
    Ok(FoundLink::new(None, &link))
}

/// The access token for `hello`, from the fragment of a seat or host link.
#[wasm_bindgen]
pub fn access_token(call_id: &str, fragment: &str) -> Result<String, Problem> {
    Ok(read(call_id, fragment)?.access_token().expose())
}

fn read(call_id: &str, fragment: &str) -> Result<Link, Problem> {
    Link::parse_fragment(call(call_id)?, fragment).map_err(Problem::Link)
}

fn call(id: &str) -> Result<CallId, Problem> {
    id.parse().map_err(|_| Problem::CallId)
}

fn secret(text: &str) -> Result<CallSecret, Problem> {
    CallSecret::from_text(text).ok_or(Problem::Secret)
}

fn seat(number: u16) -> Result<SeatId, Problem> {
    (number > 0).then_some(SeatId(number)).ok_or(Problem::Seats)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|_| Problem::Json)
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|_| Problem::Json)
}

#[cfg(test)]
mod tests;
