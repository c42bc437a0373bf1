use proptest::prelude::*;

use super::*;

mod found;

/// Seat, link number, seat secret, access token, hash of the token.
type Vector = (u16, u32, &'static str, &'static str, &'static str);

/// Made once with Python's `hmac` and `hashlib` after RFC 5869, not with this code:
/// call id 00 01 … 0f, call secret 20 21 … 3f.
const VECTORS: [Vector; 4] = [
    (
        1,
        1,
        "CbfE0hl5slsgxT7eCpavpBgv0-jt3dFZNi5kXk5N6wc",
        "0xuIFGxSZTLE1zYqLt-IJnvFcAoVSliHTYEgLx-1gfU",
        "U9YH1NRp_dV2Bk_x2RJ3lJWCUIrRjJ807plQoZCSFJc",
    ),
    (
        9,
        1,
        "1gmx-YudoGGQymgNg8t8oAd9sqmrJP4_8Qd6R0S_Bw0",
        "Ytu5ZpIREHhR4Wi1EQxw5mbA7pu0J9w1hRjCkgnVEoA",
        "rPJsvBwHn_fWq6mtQe0FDiAVZ4r45JhRg2e0lmZOn2A",
    ),
    (
        9,
        2,
        "mch63PtpiGeVaoF0d2kRl0RFq4N0h-cVt3T5FlLryhA",
        "V-Oaa7Zj-RqjMjC01f6qHWXd6pvnkpsoCnXv6G2dQis",
        "SF7z4o9W0YANjM28ADv6qrRI_CkS8gBo9JQ37riMPTw",
    ),
    (
        300,
        70_000,
        "XkqQ56zQUEwMSGAuli8yvD-YRF5NEp7bEz68KpAYD-Q",
        "eSDpV4k7pxVYTFQHTfyvIttlMJS_CykFQKF0fIzMyBc",
        "_cSDfP7zvcWbAmR9F1nTLsLYcKN_VslraYyZeS6VeUs",
    ),
];

fn call() -> CallId {
    "aaaqeayeaudaocajbifqydiob4".parse().unwrap()
}

fn call_secret() -> CallSecret {
    CallSecret::from_text("ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8").unwrap()
}

fn host_link(seat: u16) -> Link {
    let key = LinkKey::Host {
        seat: SeatId(seat),
        secret: call_secret(),
    };
    Link { call: call(), key }
}

fn error(fragment: &str) -> Option<LinkError> {
    Link::parse_fragment(call(), fragment).err()
}

#[test]
fn derivations_match_the_vectors_made_elsewhere() {
    for (seat, link, seat_secret, token, token_hash) in VECTORS {
        let secret = call_secret().seat(call(), SeatId(seat), link);
        assert_eq!(secret.expose(), seat_secret);
        let derived = secret.access_token(call());
        assert_eq!(derived.expose(), token);
        assert_eq!(hash(derived.as_bytes()).expose(), token_hash);
    }
}

#[test]
fn host_link_opens_its_seat_like_that_seats_first_link() {
    let host = host_link(9);
    let seat = Link::parse_fragment(call(), &format!("seat.{}", VECTORS[1].2)).ok();
    assert_eq!(host.access_token().expose(), VECTORS[1].3);
    assert_eq!(seat.unwrap().access_token().expose(), VECTORS[1].3);
}

#[test]
fn nothing_derived_for_one_call_is_good_in_another() {
    let other = CallId::from_bytes([9; 16]);
    let here = call_secret().seat(call(), SeatId(1), 1);
    let there = call_secret().seat(other, SeatId(1), 1);
    assert_ne!(here.expose(), there.expose());
    assert!(here.access_token(call()) != here.access_token(other));
}

#[test]
fn two_new_secrets_and_two_new_calls_differ() {
    let (a, b) = (CallSecret::generate(), CallSecret::generate());
    assert_ne!(a.unwrap().expose(), b.unwrap().expose());
    assert_ne!(new_call_id(), new_call_id());
}

#[test]
fn cut_links_are_told_from_texts_that_are_no_links() {
    let whole = host_link(12).fragment();
    for end in 1..whole.len() {
        assert_eq!(error(&whole[..end]), Some(LinkError::Cut), "{end}");
    }
    assert_eq!(error(""), Some(LinkError::NoFragment));
    assert_eq!(error("#"), Some(LinkError::NoFragment));
    for text in ["seats", "hello", "secret.AAAA", "sea.t"] {
        assert_eq!(error(text), Some(LinkError::NotALink), "{text}");
    }
}

#[test]
fn changed_links_are_refused() {
    let secret = call_secret().expose();
    for text in [
        format!("seat.{secret}x"),
        format!("seat.{secret}."),
        format!("seat.{}!", &secret[..42]),
        // The last character carries four bits; others must be zero.
        format!("seat.{}9", &secret[..42]),
        format!("host.0.{secret}"),
        format!("host.01.{secret}"),
        format!("host.+1.{secret}"),
        format!("host.301.{secret}"),
        format!("host.99999.{secret}"),
        format!("host..{secret}"),
    ] {
        assert_eq!(error(&text), Some(LinkError::Changed), "{text}");
    }
}

#[test]
fn whole_links_give_their_server() {
    for origin in [
        "http://localhost:8080",
        "https://example.org",
        "https://[::1]:8443",
    ] {
        let url = host_link(1).url(origin);
        let (server, link) = Link::parse_url(&format!(" {url}\n")).ok().unwrap();
        assert_eq!(server, origin);
        assert_eq!(link.url(&server), url);
    }
}

#[test]
fn whole_links_with_a_mistake_are_named() {
    let url = host_link(1).url("https://example.org");
    let fragment = url.find('#').unwrap();
    let error = |url: &str| Link::parse_url(url).err();
    assert_eq!(error(&url[..fragment]), Some(LinkError::NoFragment));
    assert_eq!(error(&url[..fragment - 3]), Some(LinkError::Cut));
    assert_eq!(error(&url[..url.len() - 1]), Some(LinkError::Cut));
    assert_eq!(error("https://example.org/"), Some(LinkError::NotALink));
    assert_eq!(error("ftp://example.org/c/"), Some(LinkError::NotALink));
    assert_eq!(
        error(&url.replace("example", "me@ex")),
        Some(LinkError::NotALink)
    );
    let long = url.replace("example", &"x".repeat(600));
    assert_eq!(error(&long), Some(LinkError::NotALink));
}

proptest! {
    #[test]
    fn every_link_survives_text(bytes: [u8; 32], id: [u8; 16], seat in 1_u16..=300, host: bool) {
        let call = CallId::from_bytes(id);
        let key = if host {
            LinkKey::Host { seat: SeatId(seat), secret: CallSecret::from_bytes(bytes) }
        } else {
            LinkKey::Seat(SeatSecret::from_bytes(bytes))
        };
        let link = Link { call, key };
        let (server, again) = Link::parse_url(&link.url("https://example.org")).ok().unwrap();
        prop_assert_eq!(server, "https://example.org");
        prop_assert!(again.call == call);
        prop_assert_eq!(again.fragment(), link.fragment());
        prop_assert!(again.access_token() == link.access_token());
    }

    #[test]
    fn any_text_is_refused_or_printed_back_the_same(text in "(seat|host)?[.#]?[0-9]{0,4}[.]?[A-Za-z0-9_-]{40,44}") {
        if let Ok(link) = Link::parse_fragment(call(), &text) {
            let printed = link.fragment();
            prop_assert_eq!(printed.as_str(), text.trim_start_matches('#'));
        }
    }

    #[test]
    fn parsing_any_text_never_panics(text in ".{0,200}") {
        let _ = Link::parse_fragment(call(), &text);
        let _ = Link::parse_url(&text);
    }

    #[test]
    fn different_seats_and_links_have_different_secrets(a: (u16, u32), b: (u16, u32)) {
        prop_assume!(a != b);
        let of = |(seat, link)| call_secret().seat(call(), SeatId(seat), link).expose();
        prop_assert_ne!(of(a), of(b));
    }
}
