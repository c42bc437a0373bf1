//! `sealed` for the browser: conversions only.
//!
//! Built by `cargo xtask wasm` into `web/src/sealed/generated`. Whatever is thrown is an `Error` whose
//! `message` is one of the codes of [`Problem`]; the words for people are in the web's catalogues.

use protocol::{CallId, SeatId};
use sealed::link::{self, CallSecret, Link, LinkError, LinkKey};
use wasm_bindgen::prelude::*;

/// Why something was refused; thrown as `Error` with the code as its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// `not_a_link`, `no_fragment`, `cut` or `changed`.
    Link(LinkError),
    /// `bad_call_id`: not 26 characters of base32.
    CallId,
    /// `bad_secret`: a call secret is 43 characters of base64url.
    Secret,
    /// `bad_seats`: as many link numbers as seats, all from 1.
    Seats,
    /// `no_randomness`: the browser gives no random numbers.
    NoRandomness,
}

impl Problem {
    /// The code JavaScript sees.
    pub fn code(self) -> &'static str {
        match self {
            Self::Link(LinkError::NotALink) => "not_a_link",
            Self::Link(LinkError::NoFragment) => "no_fragment",
            Self::Link(LinkError::Cut) => "cut",
            Self::Link(LinkError::Changed) => "changed",
            Self::CallId => "bad_call_id",
            Self::Secret => "bad_secret",
            Self::Seats => "bad_seats",
            Self::NoRandomness => "no_randomness",
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

/// One seat's link and what the server is given for it.
#[wasm_bindgen(getter_with_clone)]
pub struct SeatLink {
    /// The seat.
    #[wasm_bindgen(readonly)]
    pub seat: u16,
    /// Number of this link.
    #[wasm_bindgen(readonly)]
    pub link: u32,
    /// The part after `#`.
    #[wasm_bindgen(readonly)]
    pub fragment: String,
    /// SHA-256 of the access token, for `NewCall.tokens`.
    #[wasm_bindgen(readonly)]
    pub token_hash: String,
}

/// A new call id, 26 characters.
#[wasm_bindgen]
pub fn new_call_id() -> Result<String, Problem> {
    let id = link::new_call_id().map_err(|_| Problem::NoRandomness)?;
    Ok(id.to_string())
}

/// A new call secret, 43 characters.
#[wasm_bindgen]
pub fn new_call_secret() -> Result<String, Problem> {
    let secret = CallSecret::generate().map_err(|_| Problem::NoRandomness)?;
    Ok(secret.expose())
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

/// The access token for `hello`, from the fragment of a seat or host link.
#[wasm_bindgen]
pub fn access_token(call_id: &str, fragment: &str) -> Result<String, Problem> {
    Ok(read(call_id, fragment)?.access_token().expose())
}

/// The links of `seats[i]` under link number `links[i]`.
#[wasm_bindgen]
pub fn seat_links(
    call_secret: &str,
    call_id: &str,
    seats: &[u16],
    links: &[u32],
) -> Result<Vec<SeatLink>, Problem> {
    let secret = CallSecret::from_text(call_secret).ok_or(Problem::Secret)?;
    let call = call(call_id)?;
    if seats.len() != links.len() || seats.contains(&0) || links.contains(&0) {
        return Err(Problem::Seats);
    }
    let pairs = seats.iter().zip(links);
    Ok(pairs
        .map(|(&seat, &number)| seat_link(&secret, call, seat, number))
        .collect())
}

/// The fragment of the host link whose holder sits on `seat`.
#[wasm_bindgen]
pub fn host_fragment(call_secret: &str, call_id: &str, seat: u16) -> Result<String, Problem> {
    let secret = CallSecret::from_text(call_secret).ok_or(Problem::Secret)?;
    if seat == 0 {
        return Err(Problem::Seats);
    }
    let (call, seat) = (call(call_id)?, SeatId(seat));
    let key = LinkKey::Host { seat, secret };
    Ok(Link { call, key }.fragment())
}

fn seat_link(secret: &CallSecret, call: CallId, seat: u16, number: u32) -> SeatLink {
    let key = LinkKey::Seat(secret.seat(call, SeatId(seat), number));
    let link = Link { call, key };
    SeatLink {
        seat,
        link: number,
        fragment: link.fragment(),
        token_hash: link::hash(link.access_token().as_bytes()).expose(),
    }
}

fn read(call_id: &str, fragment: &str) -> Result<Link, Problem> {
    Link::parse_fragment(call(call_id)?, fragment).map_err(Problem::Link)
}

fn call(id: &str) -> Result<CallId, Problem> {
    id.parse().map_err(|_| Problem::CallId)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = "aaaqeayeaudaocajbifqydiob4";
    const SECRET: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8";

    #[test]
    fn a_made_link_reads_back_and_its_token_has_the_hash() {
        let links = seat_links(SECRET, CALL, &[1, 9], &[1, 2]).ok().unwrap();
        let parsed = parse_link(CALL, &links[1].fragment).ok().unwrap();
        assert_eq!((parsed.kind.as_str(), parsed.seat), ("seat", None));
        let token = access_token(CALL, &links[1].fragment).ok().unwrap();
        let token = protocol::AccessToken::from_text(&token).unwrap();
        assert_eq!(links[1].token_hash, link::hash(token.as_bytes()).expose());
    }

    #[test]
    fn host_fragment_reads_back_with_its_seat() {
        let fragment = host_fragment(SECRET, CALL, 9).ok().unwrap();
        let parsed = parse_link(CALL, &fragment).ok().unwrap();
        assert_eq!((parsed.kind.as_str(), parsed.seat), ("host", Some(9)));
        assert_eq!(parsed.secret, SECRET);
    }

    #[test]
    fn each_mistake_has_its_code() {
        let code = |problem: Option<Problem>| problem.unwrap().code();
        assert_eq!(code(parse_link("x", "seat.").err()), "bad_call_id");
        assert_eq!(code(parse_link(CALL, "seat.AA").err()), "cut");
        assert_eq!(code(seat_links("x", CALL, &[], &[]).err()), "bad_secret");
        assert_eq!(code(seat_links(SECRET, CALL, &[1], &[]).err()), "bad_seats");
        assert_eq!(code(host_fragment(SECRET, CALL, 0).err()), "bad_seats");
    }
}
