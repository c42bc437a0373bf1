//! Links as people pass them on: `https://host/c/<call id>#<fragment>`.
//!
//! The fragment (RFC 3986, 3.5) carries the secret and is never sent to a server:
//!
//! ```text
//! seat.<43 characters>                  one seat: the 32 bytes of its seat secret, base64url
//! host.<seat number>.<43 characters>    the convener: the call secret, and the convener's own seat
//! ```
//!
//! This module owns the text and its errors; [`secret`](self::CallSecret) owns the derivations. `found`
//! finds a link in whatever became of it on its way (`plain`: below what others put around its letters).

mod found;
mod plain;
mod secret;

use protocol::{
    AccessToken, CallId, SeatId,
    limits::{SEATS_MAX, SECRET_BYTES},
};
use thiserror::Error;

pub(crate) use secret::plan_key;
pub use secret::{CallSecret, NoRandomness, SeatSecret, hash, new_call_id};

/// The host link opens its seat with this link number. Giving that seat a link with a higher number
/// closes the host link's way to the table, not its power to derive links.
pub const HOST_LINK_NUMBER: u32 = 1;

const SECRET_CHARS: usize = (SECRET_BYTES * 4).div_ceil(3);

/// A link, understood. Has no `Debug`: whoever holds it holds the seat.
#[derive(Clone)]
pub struct Link {
    /// Which call.
    pub call: CallId,
    /// What it opens.
    pub key: LinkKey,
}

/// The secret part of a link.
#[derive(Clone)]
pub enum LinkKey {
    /// Opens one seat.
    Seat(SeatSecret),
    /// The convener's: opens `seat` and makes the links of all others.
    Host {
        /// The convener's own seat.
        seat: SeatId,
        /// Secret of the whole call.
        secret: CallSecret,
    },
}

/// Why a text is not a usable link. The texts are for people and never repeat the input.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum LinkError {
    /// It has nothing of a link in it.
    #[error("this is not a link to a call; a link looks like https://example.org/c/…#seat.…")]
    NotALink,
    /// The part after `#` is not there.
    #[error("the link has lost the part after #; ask for it again and copy it whole")]
    NoFragment,
    /// It starts like a link and ends too early.
    #[error("the link was cut off at its end; ask for it again and copy it whole")]
    Cut,
    /// Its secret has characters that do not belong, or more than there should be.
    #[error("the link was changed on its way; ask for it again and copy it whole")]
    Changed,
    /// The `#` was encoded or lost: who opens it sends the secret to the server. `host`: of the call.
    #[error(
        "a mail program has changed the # of this link, so that opening it sends its secret to the \
         server; it must not be used: {}", renewal(*.host)
    )]
    Exposed {
        /// It is a host link.
        host: bool,
    },
    /// It is inside another address: who opens that sends the secret there. `host`: of the call.
    #[error(
        "a mail program has put this link inside an address of another server, which is told its \
         secret; it must not be used: {}", renewal(*.host)
    )]
    Wrapped {
        /// It is a host link.
        host: bool,
    },
    /// More than one.
    #[error("there are several links in this text; give the one of the seat")]
    Several,
}

fn renewal(host: bool) -> &'static str {
    match host {
        true => "it is a host link, so convene a new call",
        false => "ask for a new link",
    }
}

impl Link {
    /// Reads the part after `#` (a leading `#` is allowed) of a link to `call`.
    pub fn parse_fragment(call: CallId, fragment: &str) -> Result<Self, LinkError> {
        let key = parse_key(fragment.strip_prefix('#').unwrap_or(fragment))?;
        Ok(Self { call, key })
    }

    /// Finds the one link in a text that somebody pasted: the link, a mail with it, or what a mail
    /// program made of it. Also gives the server's address, e.g. `https://example.org`, if it is there.
    pub fn find(text: &str) -> Result<(Option<String>, Self), LinkError> {
        found::find(text)
    }

    /// Reads the address a browser was led to. All of it before its `#` has reached the server.
    pub fn of_address(url: &str) -> Result<Self, LinkError> {
        found::of_address(url).map(|(_, link)| link)
    }

    /// Like [`Self::find`], where the server must be there.
    pub fn parse_url(url: &str) -> Result<(String, Self), LinkError> {
        let (server, link) = Self::find(url)?;
        Ok((server.ok_or(LinkError::NotALink)?, link))
    }

    /// The part after `#`, without `#`.
    pub fn fragment(&self) -> String {
        match &self.key {
            LinkKey::Seat(secret) => format!("seat.{}", secret.expose()),
            LinkKey::Host { seat, secret } => format!("host.{seat}.{}", secret.expose()),
        }
    }

    /// The whole link, on the server at `origin` (e.g. `https://example.org`).
    pub fn url(&self, origin: &str) -> String {
        let origin = origin.trim_end_matches('/');
        format!("{origin}/c/{}#{}", self.call, self.fragment())
    }

    /// The secret of the seat this link opens.
    pub fn seat_secret(&self) -> SeatSecret {
        match &self.key {
            LinkKey::Seat(secret) => secret.clone(),
            LinkKey::Host { seat, secret } => secret.seat(self.call, *seat, HOST_LINK_NUMBER),
        }
    }

    /// What the server asks for before it opens this seat's connection.
    pub fn access_token(&self) -> AccessToken {
        self.seat_secret().access_token(self.call)
    }
}

fn parse_key(fragment: &str) -> Result<LinkKey, LinkError> {
    if fragment.is_empty() {
        return Err(LinkError::NoFragment);
    }
    if let Some(secret) = fragment.strip_prefix("seat.") {
        return Ok(LinkKey::Seat(SeatSecret::from_bytes(parse_secret(secret)?)));
    }
    if let Some(rest) = fragment.strip_prefix("host.") {
        let (seat, secret) = rest.split_once('.').ok_or(LinkError::Cut)?;
        let seat = parse_seat(seat)?;
        let secret = CallSecret::from_bytes(parse_secret(secret)?);
        return Ok(LinkKey::Host { seat, secret });
    }
    let is_start = ["seat.", "host."].iter().any(|w| w.starts_with(fragment));
    Err(if is_start {
        LinkError::Cut
    } else {
        LinkError::NotALink
    })
}

/// 1..=[`SEATS_MAX`] in the one way of writing it.
fn parse_seat(text: &str) -> Result<SeatId, LinkError> {
    let number = text.parse().ok().filter(|n: &u16| n.to_string() == text);
    let number = number.filter(|n| (1..=SEATS_MAX).contains(&usize::from(*n)));
    number.map(SeatId).ok_or(LinkError::Changed)
}

fn parse_secret(text: &str) -> Result<[u8; SECRET_BYTES], LinkError> {
    let belongs = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if text.len() > SECRET_CHARS || !text.bytes().all(belongs) {
        return Err(LinkError::Changed);
    }
    if text.len() < SECRET_CHARS {
        return Err(LinkError::Cut);
    }
    secret::from_text(text).ok_or(LinkError::Changed)
}

#[cfg(test)]
mod tests;
