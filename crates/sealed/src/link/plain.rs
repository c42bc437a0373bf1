//! What a text says below what mail programs, editors and gateways put around its letters: soft line
//! breaks of quoted-printable (RFC 2045, 6.7), character references of HTML, percent-encoding
//! (RFC 3986, 2.1), characters nobody sees, escapes of Markdown.

/// One character, and whether it stood there percent-encoded (or as a look-alike that a browser would
/// encode): then it is no delimiter for whoever opens the link.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign {
    pub(super) c: char,
    pub(super) encoded: bool,
}

/// Gateways wrap in each other.
const ROUNDS_MAX: usize = 3;
/// Tags that editors put into the middle of a word.
const TAGS: [&str; 9] = ["wbr", "br", "span", "b", "i", "em", "strong", "font", "o:p"];
/// With all their attributes.
const TAG_BYTES_MAX: usize = 400;
/// The references a link has any use for.
const NAMED: [(&str, char); 20] = [
    ("amp", '&'),
    ("num", '#'),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("lowbar", '_'),
    ("UnderBar", '_'),
    ("hyphen", '-'),
    ("dash", '-'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("percnt", '%'),
    ("equals", '='),
    ("shy", '\u{ad}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("ZeroWidthSpace", '\u{200b}'),
];

pub(super) fn plain(text: &str) -> Vec<Sign> {
    let (text, is_quoted) = without_soft_breaks(text);
    let mut text = without_tags(&text);
    for _ in 0..2 {
        text = dereferenced(&text);
    }
    let sign = |c| Sign { c, encoded: false };
    let mut signs: Vec<_> = text.chars().map(sign).collect();
    if is_quoted {
        signs = decoded(&signs, '=', true);
    }
    for _ in 0..ROUNDS_MAX {
        signs = decoded(&signs, '%', false);
    }
    visible(&signs)
}

/// Without the soft breaks of quoted-printable, and whether it is that.
fn without_soft_breaks(text: &str) -> (String, bool) {
    let lines = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let joined = lines.replace("=\n", "");
    let marks = ["=23seat", "=23host", "=3D"];
    let is_quoted = joined.len() < lines.len() || marks.iter().any(|q| joined.contains(q));
    (joined, is_quoted)
}

/// Without the tags that split words; a break of the line is one.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        match tag(rest) {
            Some((name, length)) => {
                out.push_str(if name == "br" { "\n" } else { "" });
                rest = &rest[length..];
            }
            None => {
                out.push('<');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

/// The tag at the start: its name, and its length in bytes.
fn tag(text: &str) -> Option<(&'static str, usize)> {
    let end = text.bytes().take(TAG_BYTES_MAX).position(|b| b == b'>')?;
    let inside = text[1..end].trim_start_matches('/').to_ascii_lowercase();
    let name = inside.split([' ', '/', '\n', '\t']).next()?;
    let known = TAGS.iter().find(|tag| **tag == name)?;
    // A link that no attribute holds is what somebody wrote between such signs.
    let is_text = inside.contains("://") && !inside.contains('=');
    (!is_text).then_some((known, end + 1))
}

/// With one level of character references replaced.
fn dereferenced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        match reference(rest) {
            Some((c, length)) => {
                out.push(c);
                rest = &rest[length..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

/// The reference at the start, and its length in bytes.
fn reference(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(16).position(|b| b == b';')?;
    let name = &text[1..end];
    let hex = name.strip_prefix("#x").or_else(|| name.strip_prefix("#X"));
    let c = match (hex, name.strip_prefix('#')) {
        (Some(hex), _) => char::from_u32(u32::from_str_radix(hex, 16).ok()?)?,
        (None, Some(decimal)) => char::from_u32(decimal.parse().ok()?)?,
        (None, None) => NAMED.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((c, end + 1))
}

/// With one level of encoding replaced: two hexadecimal digits after `mark` are a byte, and runs of
/// them are UTF-8. `delimits`: what was decoded would still have been a delimiter.
fn decoded(signs: &[Sign], mark: char, delimits: bool) -> Vec<Sign> {
    let digit = |at: usize| signs.get(at).and_then(|sign| sign.c.to_digit(16));
    let byte = |at: usize| {
        let found = signs.get(at).is_some_and(|sign| sign.c == mark);
        let (high, low) = (digit(at + 1)?, digit(at + 2)?);
        u8::try_from(high * 16 + low).ok().filter(|_| found)
    };
    let mut out = Vec::with_capacity(signs.len());
    let mut at = 0;
    while let Some(sign) = signs.get(at) {
        let mut run = Vec::new();
        while let Some(byte) = byte(at + 3 * run.len()) {
            run.push(byte);
        }
        if run.is_empty() {
            out.push(*sign);
            at += 1;
            continue;
        }
        at += 3 * run.len();
        let text = String::from_utf8_lossy(&run);
        out.extend(text.chars().map(|c| Sign {
            c,
            encoded: !delimits,
        }));
    }
    out
}

/// What is seen of it, in the letters of a link.
fn visible(signs: &[Sign]) -> Vec<Sign> {
    let mut out: Vec<Sign> = Vec::with_capacity(signs.len());
    for (at, sign) in signs.iter().enumerate() {
        let next = signs.get(at + 1).map(|sign| sign.c);
        match sign.c {
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fffc}' => {}
            '\\' if next.is_some_and(|c| c.is_ascii_punctuation()) => {}
            '\u{2010}' | '\u{2011}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => {
                out.push(Sign { c: '-', ..*sign })
            }
            '\u{ff03}' | '\u{fe5f}' => out.push(Sign {
                c: '#',
                encoded: true,
            }),
            _ => out.push(*sign),
        }
    }
    out
}
