//! What mail programs, gateways and people make of links.

use super::*;

const CALL: &str = "aaaqeayeaudaocajbifqydiob4";
/// With both signs that are no letters or digits, next to each other too.
const SECRET: &str = "Cbf-0hl5sl_gxT7eCp--pBgv0-jt3dFZNi5kXk5N6wc";

fn seat_url() -> String {
    format!("https://calls.example/c/{CALL}#seat.{SECRET}")
}

fn host_url() -> String {
    format!("https://calls.example/c/{CALL}#host.12.{SECRET}")
}

fn opens(text: &str) -> bool {
    let host = text.to_lowercase().contains("host.12");
    opens_as(&if host { host_url() } else { seat_url() }, text)
}

/// Whether `text` is read as this link.
fn opens_as(url: &str, text: &str) -> bool {
    let found = Link::find(text);
    found.is_ok_and(|(_, link)| link.url("https://calls.example") == url)
}

fn wrong(text: &str) -> Option<LinkError> {
    Link::find(text).err()
}

/// Percent-encodes all that is not a letter, a digit or one of `- _ .`.
fn encoded(text: &str) -> String {
    let byte = |b: u8| match b {
        b'-' | b'_' | b'.' => char::from(b).to_string(),
        b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[test]
fn a_whole_link_opens_whatever_stands_around_it() {
    for url in [seat_url(), host_url()] {
        for (before, after) in [
            ("", ""),
            ("  ", "\r\n"),
            ("<", ">"),
            ("(", ")."),
            ("[", "]"),
            ("\"", "\","),
            ("'", "'"),
            ("“", "”"),
            ("„", "“"),
            ("«\u{a0}", "\u{a0}»"),
            ("<URL:", ">"),
            ("URL:", ""),
            ("*", "*"),
            ("__", "__"),
            ("Your link: ", " Please do not pass it on."),
            ("Your link: ", ". See you at 3."),
            ("", ", yours"),
            ("", ";"),
            ("", "!"),
            ("", "/"),
            ("", "?utm_source=mail"),
            ("", "&amp;utm=1"),
            ("", "="),
            ("", "%20"),
            ("", "%3E"),
            ("", "%E2%80%9D"),
            ("", "—yours alone"),
            ("", "-yours"),
            ("", ":~:text=Call"),
            ("[the call](", ")"),
            ("<a href=\"", "\">the call</a>"),
            ("> ", "\n> Best regards"),
            ("\u{feff}\u{200b}", "\u{200b}"),
        ] {
            let text = format!("{before}{url}{after}");
            assert!(opens(&text), "{before} {after}");
        }
    }
}

#[test]
fn a_link_opens_with_breaks_and_unseen_signs_at_every_place() {
    for url in [seat_url(), host_url()] {
        let path = url.find("/c/").unwrap();
        for at in path..url.len() {
            let (start, end) = url.split_at(at);
            for put in [
                "\n",
                "\r\n",
                " ",
                "\t",
                "\n    ",
                "\n> ",
                "=\r\n",
                "=\n",
                "\u{ad}",
                "\u{200b}",
                "\u{200d}",
                "\u{2060}",
                "\u{feff}",
                "&shy;",
                "&#8203;",
                "&#x200B;",
                "&ZeroWidthSpace;",
                "<wbr>",
                "<br/>",
                "<span class=\"x\">",
                "</b>",
                "\u{202a}",
            ] {
                // A space in the middle of the call id or path ends an address for most programs.
                let text = format!("{start}{put}{end}");
                assert!(opens_as(&url, &text), "{put:?} at {at}: {text}");
            }
        }
    }
}

#[test]
fn a_link_opens_in_pieces_and_at_the_end_of_hyphenated_lines() {
    let pieces = |size: usize| {
        let chars: Vec<_> = SECRET.chars().collect();
        let pieces: Vec<String> = chars.chunks(size).map(|c| c.iter().collect()).collect();
        format!(
            "https://calls.example/c/{CALL}#seat.{}",
            pieces.join("\r\n ")
        )
    };
    for size in 4..43 {
        assert!(opens(&pieces(size)), "{size}");
    }
    let hyphenated = seat_url().replace("gxT7", "gxT-\n7");
    assert!(opens(&hyphenated));
    assert!(opens(&seat_url().replace("--", "–")));
    assert!(opens(&seat_url().replace("f-0", "f\u{2011}0")));
    assert!(opens(&seat_url().replace("f-0", "f–0")));
}

#[test]
fn a_link_opens_with_its_letters_written_another_way() {
    let url = seat_url();
    for text in [
        url.replace(CALL, &CALL.to_uppercase()),
        url.replace("https://calls.example/c/", "HTTPS://CALLS.EXAMPLE/C/"),
        url.replace("https://", ""),
        url.replace("https://calls.example", ""),
        url.replace("/c/", "//c/"),
        url.replace("#seat", "/#seat"),
        url.replace("#seat", "?utm_source=x&amp;id=23#seat"),
        url.replace("#seat", "?from=host.mail&to=seat.list#seat"),
        url.replace("#seat", "#/seat"),
        url.replace("#seat", "#!seat"),
        url.replace("seat.", "seat%2E"),
        url.replace("seat.", "%73eat."),
        url.replace('-', "%2D"),
        url.replace('-', "%252D"),
        url.replace('_', "%5F"),
        url.replace('_', "&lowbar;"),
        url.replace('_', "\\_"),
        url.replace('-', "&#45;"),
        url.replace('#', "&#35;"),
        url.replace('#', "&num;"),
        url.replace('#', "&amp;#35;"),
        url.replace('#', "=23"),
        url.replace('#', "\\#"),
        url.replace("#", "#%23"),
        format!("Content: =3D\n{}", url.replace('_', "=5F")),
    ] {
        assert!(opens(&text), "{text}");
    }
}

#[test]
fn the_server_is_found_with_the_link() {
    let server = |text: &str| Link::find(text).ok().unwrap().0;
    let bare = seat_url().replace("https://", "");
    assert_eq!(
        server(&seat_url()).as_deref(),
        Some("https://calls.example")
    );
    assert_eq!(
        server(
            &seat_url()
                .to_uppercase()
                .replace(&SECRET.to_uppercase(), SECRET)
                .replace("SEAT", "seat")
        )
        .as_deref(),
        Some("https://calls.example")
    );
    assert_eq!(server(&bare).as_deref(), Some("https://calls.example"));
    assert_eq!(
        server(&format!("Link:{bare}")).as_deref(),
        Some("https://calls.example")
    );
    assert_eq!(
        server(&format!("[{bare}]")).as_deref(),
        Some("https://calls.example")
    );
    assert_eq!(
        server(&bare.replace("example", "example:8443")).as_deref(),
        Some("https://calls.example:8443")
    );
    assert_eq!(server(&bare.replace("calls.example", "")), None);
    let local = seat_url().replace("https://calls.example", "http://localhost:8080");
    assert_eq!(server(&local).as_deref(), Some("http://localhost:8080"));
    assert_eq!(
        wrong(&seat_url().replace("calls", "me@calls")),
        Some(LinkError::NotALink)
    );
    assert_eq!(
        wrong(&seat_url().replace("https", "ftp")),
        Some(LinkError::NotALink)
    );
}

#[test]
fn a_link_whose_secret_reached_the_server_never_opens() {
    for (url, host) in [(seat_url(), false), (host_url(), true)] {
        for changed in [
            url.replace('#', "%23"),
            url.replace('#', "%2523"),
            url.replace('#', "%252523"),
            url.replace('#', "/%23"),
            url.replace('#', "?x=%23"),
            url.replace('#', "＃"),
            url.replace('#', "%EF%BC%83"),
            url.replace('#', "*"),
            url.replace('#', "/"),
            url.replace('#', "?"),
            url.replace('#', ""),
            encoded(&url),
            encoded(&encoded(&url)),
        ] {
            assert_eq!(
                wrong(&changed),
                Some(LinkError::Exposed { host }),
                "{changed}"
            );
        }
        for changed in [
            url.replace('#', "%23"),
            url.replace('#', "/%23") + "/",
            url.replace('#', "=23"),
            url.replace('#', "&num;"),
            url.replace('#', "&#35;")
                .replacen("#", "#x", 0)
                .replace("&#35;", "%26%2335%3B"),
            url.replace('#', "%23") + "#top",
            url.replace('#', "%23")[..url.len() - 10].to_owned(),
            url.replace('#', "") + "#seat.",
        ] {
            let found = Link::of_address(&changed).err();
            assert_eq!(found, Some(LinkError::Exposed { host }), "{changed}");
        }
        assert!(Link::of_address(&url).is_ok());
        assert!(Link::of_address(&url.replace('#', "/?a=b#")).is_ok());
    }
}

#[test]
fn a_link_inside_another_servers_address_never_opens() {
    for (url, host) in [(seat_url(), false), (host_url(), true)] {
        let coded = encoded(&url);
        for wrapped in [
            format!(
                "https://eur01.safelinks.protection.outlook.com/?url={coded}&data=05%7C02&reserved=0"
            ),
            format!("https://www.google.com/url?q={coded}&sa=D"),
            format!(
                "https://linkprotect.cudasvc.com/url?a={}&c=E,1",
                encoded(&coded)
            ),
            format!(
                "https://urldefense.com/v3/__{}__;Iw!!Abc",
                url.replace('#', "*")
            ),
            format!("https://deref.example/?redirectUrl={url}"),
            format!("<https://gateway.example/?u={coded}>"),
            format!(
                "https://urldefense.proofpoint.com/v2/url?u={}&d=DwMF",
                url.replace("://", "-3A__")
                    .replace('/', "_")
                    .replace('#', "-23")
            ),
        ] {
            assert_eq!(
                wrong(&wrapped),
                Some(LinkError::Wrapped { host }),
                "{wrapped}"
            );
        }
        // What a mail shows beside it is the link itself.
        let both = format!("{url}<https://gateway.example/?u={coded}>");
        assert!(opens(&both));
        // After its own `#` nothing is sent.
        assert!(opens(&format!("https://viewer.example/#{url}")));
    }
    let bare = format!(
        "https://gateway.example/?u={}",
        encoded(seat_url().split('#').next().unwrap())
    );
    assert_eq!(wrong(&bare), Some(LinkError::NoFragment));
}

#[test]
fn cut_links_are_told_from_damaged_ones() {
    let url = seat_url();
    let start = url.find("#seat.").unwrap();
    for length in start + 2..url.len() {
        for after in [
            "",
            ".",
            "...",
            "…",
            ">",
            " \n",
            "\n\nBest regards, the office of the convener",
        ] {
            let text = format!("{}{after}", &url[..length]);
            assert_eq!(wrong(&text), Some(LinkError::Cut), "{text}");
        }
    }
    assert_eq!(wrong(&url[..start]), Some(LinkError::NoFragment));
    assert_eq!(wrong(&url[..start + 1]), Some(LinkError::NoFragment));
    assert_eq!(wrong(&url[..start - 4]), Some(LinkError::Cut));
    for at in 0..SECRET.len() {
        let at = url.len() - SECRET.len() + at;
        let (before, after) = url.split_at(at);
        let replaced = format!("{before}%FF{}", &after[1..]);
        if !after[1..].is_empty() {
            assert_eq!(wrong(&replaced), Some(LinkError::Changed), "{replaced}");
        }
        let inserted = format!("{before}x{after}");
        assert_eq!(wrong(&inserted), Some(LinkError::Changed), "{inserted}");
    }
    for folded in [SECRET.to_lowercase(), SECRET.to_uppercase()] {
        assert_eq!(
            wrong(&url.replace(SECRET, &folded)),
            Some(LinkError::Changed)
        );
    }
    assert_eq!(
        wrong(&url.replace("seat.", "stuhl.")),
        Some(LinkError::Changed)
    );
    assert_eq!(
        wrong(&url.replace("/c/a", "/c/9")),
        Some(LinkError::Changed)
    );
    assert_eq!(wrong(&url.replace("/c/a", "/c/")), Some(LinkError::Changed));
    assert_eq!(
        wrong(&host_url().replace("host.12", "host.0")),
        Some(LinkError::Changed)
    );
}

#[test]
fn several_links_are_not_guessed_between() {
    let other = seat_url().replace("Cbf", "Dbf");
    assert_eq!(
        wrong(&format!("{}\n{other}", seat_url())),
        Some(LinkError::Several)
    );
    assert_eq!(
        wrong(&format!("{}\n{}", seat_url(), host_url())),
        Some(LinkError::Several)
    );
    assert!(opens(&format!("{0}\n{0}", seat_url())));
    assert!(opens(&format!(
        "{}\n{}",
        &other[..other.len() - 5],
        seat_url()
    )));
}

#[test]
fn what_is_no_link_is_not_taken_for_one() {
    for text in [
        "",
        "hello",
        "/c/",
        "https://calls.example/",
        "https://calls.example/convene",
        "javascript:alert(1)",
        "seat.abc",
        "https://shop.example/c/shoes?x=1",
    ] {
        let found = wrong(text);
        assert!(
            matches!(found, Some(LinkError::NotALink | LinkError::Cut)),
            "{text}"
        );
    }
    assert_eq!(wrong(&"/c/a".repeat(20_000)), Some(LinkError::NotALink));
}

proptest! {
    #[test]
    fn a_link_in_a_sentence_is_found(before in "[ a-zA-Z.,:(<\"]{0,40}[ (<\"]", after in "([ ).,;:>\"!?][ a-zA-Z.,]{0,40})?", bytes: [u8; 32], id: [u8; 16]) {
        let key = LinkKey::Seat(SeatSecret::from_bytes(bytes));
        let link = Link { call: CallId::from_bytes(id), key };
        let text = format!("{before}{}{after}", link.url("https://calls.example"));
        let (server, found) = Link::find(&text).ok().unwrap();
        prop_assert_eq!(server.unwrap(), "https://calls.example");
        prop_assert!(found.call == link.call);
        prop_assert_eq!(found.fragment(), link.fragment());
    }

    #[test]
    fn a_secret_ahead_of_the_hash_is_never_read(between in "[/?&=a-z0-9]{0,8}(%23|%2523|＃|\\*|~)?/?", bytes: [u8; 32], host: bool) {
        let key = if host {
            LinkKey::Host { seat: SeatId(3), secret: CallSecret::from_bytes(bytes) }
        } else {
            LinkKey::Seat(SeatSecret::from_bytes(bytes))
        };
        let link = Link { call: call(), key };
        prop_assume!(!between.chars().next().is_some_and(|c| c.is_ascii_alphanumeric()));
        let url = link.url("https://calls.example").replace('#', &between);
        prop_assert_eq!(Link::find(&url).err(), Some(LinkError::Exposed { host }));
        prop_assert_eq!(Link::of_address(&url).err(), Some(LinkError::Exposed { host }));
    }

    #[test]
    fn finding_in_any_text_never_panics(text in ".{0,200}") {
        let _ = Link::find(&text);
        let _ = Link::of_address(&text);
    }

    #[test]
    fn finding_in_any_ruin_of_a_link_never_panics(at in 0..90_usize, length in 0..9_usize, put in "[%&#;=<>/ \n0-9a-f.\u{ad}\u{2013}x-]{0,9}") {
        let mut url: Vec<char> = seat_url().chars().collect();
        let end = (at + length).min(url.len());
        url.splice(at.min(end)..end, put.chars());
        let url: String = url.into_iter().collect();
        let _ = Link::find(&url);
        let _ = Link::of_address(&url);
    }
}
