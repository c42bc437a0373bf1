//! A link in whatever became of it on its way: in a mail, in a paste, in an address bar. A secret that
//! is whole is found; one that is not is told apart by what happened to it.
//!
//! Where the `#` was encoded or lost, the secret was in the path or the query: whoever opens such a
//! link sends it to the server, or to the gateway that wraps it. It is named and never read.

use std::collections::BTreeSet;

use protocol::{CallId, SeatId};
use zeroize::Zeroizing;

use super::{
    CallSecret, Link, LinkError, LinkKey, SECRET_CHARS, SeatSecret, parse_seat, parse_secret,
    plain::{Sign, plain},
    secret,
};

/// Longest text looked at: a mail, pasted whole.
const TEXT_BYTES_MAX: usize = 64 * 1024;
const CALL_CHARS: usize = 26;
/// A host name has at most 253 characters, a port at most 6.
const HOST_CHARS_MAX: usize = 260;
/// Texts with more places that look like a link's are no mails.
const PATHS_MAX: usize = 500;
/// Longer runs are no secrets.
const PIECES_CHARS_MAX: usize = 8 * SECRET_CHARS;
/// What may stand between the call id and the `#`: a query that somebody counts clicks with.
const BETWEEN_MAX: usize = 2_000;

/// A link, and the server it names, if it does (e.g. `https://example.org`).
pub(super) type Found = (Option<String>, Link);

/// The one link in `text`.
pub(super) fn find(text: &str) -> Result<Found, LinkError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(LinkError::NotALink);
    }
    match find_in(&plain(text)) {
        Err(LinkError::NotALink) if text.contains("-3A__") => {
            // Proofpoint's older form; good for saying so, as some letters of a secret are lost in it.
            let text = text.replace("-3A__", "://").replace('_', "/");
            let found = find_in(&plain(&text.replace("-23", "%23")));
            found.and(Err(LinkError::NotALink))
        }
        found => found,
    }
}

fn find_in(signs: &[Sign]) -> Result<Found, LinkError> {
    let mut found: Option<Found> = None;
    let mut problem = LinkError::NotALink;
    let paths = (0..signs.len()).filter_map(|at| Path::at(signs, at));
    for path in paths.take(PATHS_MAX) {
        match (path.read(signs), &found) {
            (Ok((_, link)), Some((_, first))) => {
                if link.call != first.call || link.fragment() != first.fragment() {
                    return Err(LinkError::Several);
                }
            }
            (Ok(first), None) => found = Some(first),
            // What is said of the first is what the person looks at; but for a secret that is known.
            (Err(error), _)
                if problem == LinkError::NotALink || (is_known(error) && !is_known(problem)) =>
            {
                problem = error;
            }
            (Err(_), _) => {}
        }
    }
    found.ok_or(problem)
}

/// Somebody else knows the secret.
fn is_known(error: LinkError) -> bool {
    matches!(error, LinkError::Exposed { .. } | LinkError::Wrapped { .. })
}

/// The link a browser was led to: all of `url` before its first `#` has reached the server.
pub(super) fn of_address(url: &str) -> Result<Found, LinkError> {
    let sent = url.split_once('#').map_or(url, |(sent, _)| sent);
    if sent.len() > TEXT_BYTES_MAX {
        return Err(LinkError::NotALink);
    }
    let signs = plain(sent);
    let exposed = (0..signs.len()).find_map(|at| Path::at(&signs, at)?.exposed(&signs));
    match exposed {
        Some(host) => Err(LinkError::Exposed { host }),
        None => find(url),
    }
}

/// `/c/` and what follows it.
struct Path {
    /// Where the slash is, or `c` if none is before it.
    start: usize,
    /// The call id, as far as it goes.
    call: String,
    /// What comes after it.
    end: usize,
}

impl Path {
    fn at(signs: &[Sign], at: usize) -> Option<Self> {
        let slash = |at: usize| signs.get(at).is_some_and(|sign| sign.c == '/');
        let (start, c) = match slash(at) {
            true => (at, at + 1),
            false if at == 0 => (0, 0),
            false => return None,
        };
        let c = skip_breaks(signs, c)?;
        let mut end = skip_breaks(signs, c + 1)?;
        if !signs[c].c.eq_ignore_ascii_case(&'c') || !slash(end) {
            return None;
        }
        while slash(end) {
            end += 1;
        }
        let mut call = String::new();
        while let Some(next) = skip_breaks(signs, end).filter(|next| is_base32(signs[*next].c)) {
            // A word that follows is no part of it.
            if call.len() == CALL_CHARS && (next > end || keyword(signs, next).is_some()) {
                break;
            }
            call.push(signs[next].c.to_ascii_lowercase());
            end = next + 1;
            if call.len() > CALL_CHARS {
                break;
            }
        }
        Some(Self { start, call, end })
    }

    fn read(&self, signs: &[Sign]) -> Result<Found, LinkError> {
        let origin = self.origin(signs)?;
        let call: Option<CallId> = self.call.parse().ok();
        let marker = Marker::after(signs, self.end);
        let Some(call) = call else {
            return Err(match marker {
                None if self.call.len() < CALL_CHARS => LinkError::Cut,
                None => LinkError::NotALink,
                Some(_) => LinkError::Changed,
            });
        };
        let marker = marker.ok_or(LinkError::NoFragment)?;
        let secret = marker.secret(signs);
        let Some((host, start)) = secret else {
            return Err(marker.without_secret(signs));
        };
        if self.is_wrapped(signs) {
            return Err(LinkError::Wrapped { host });
        }
        if !marker.raw {
            return Err(LinkError::Exposed { host });
        }
        let key = key(signs, host, start)?;
        Ok((origin, Link { call, key }))
    }

    /// Whether a secret follows without a `#`: of a host link?
    fn exposed(&self, signs: &[Sign]) -> Option<bool> {
        if self.call.len() != CALL_CHARS {
            return None;
        }
        let marker = Marker::after(signs, self.end)?;
        marker.secret(signs).map(|(host, _)| host)
    }

    /// The server before the path.
    fn origin(&self, signs: &[Sign]) -> Result<Option<String>, LinkError> {
        let from = self.start.saturating_sub(HOST_CHARS_MAX + 20);
        let before: String = signs[from..self.start].iter().map(|sign| sign.c).collect();
        let (before, run) = before.split_at(before.trim_end_matches(is_host_char).len());
        if run.chars().count() > HOST_CHARS_MAX || before.ends_with('@') {
            return Err(LinkError::NotALink);
        }
        let Some(before) = before.strip_suffix("://") else {
            // A name without a scheme, or a path alone.
            return Ok(bare_host(run).map(|host| format!("https://{}", host.to_lowercase())));
        };
        let before = before.to_ascii_lowercase();
        let schemes = ["https", "http"].into_iter();
        let scheme = schemes.rev().fold(None, |found, scheme| {
            before.ends_with(scheme).then_some(scheme).or(found)
        });
        match scheme {
            Some(scheme) if !run.is_empty() => {
                Ok(Some(format!("{scheme}://{}", run.to_lowercase())))
            }
            _ => Err(LinkError::NotALink),
        }
    }

    /// Whether it is part of another address, ahead of that one's own `#`.
    fn is_wrapped(&self, signs: &[Sign]) -> bool {
        let before = &signs[self.start.saturating_sub(BETWEEN_MAX)..self.start];
        let ends = |sign: &Sign| {
            sign.c.is_whitespace()
                || matches!(sign.c, '<' | '>' | '"')
                || (sign.c == '#' && !sign.encoded)
        };
        let word = before.iter().rposition(ends).map_or(0, |at| at + 1);
        let word: String = before[word..].iter().map(|sign| sign.c).collect();
        word.matches("://").count() > 1
    }
}

/// The host at the end of `run`, after a label such as `URL:` or a bracket.
fn bare_host(run: &str) -> Option<&str> {
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let name_end = run
        .rsplit_once(':')
        .filter(|(_, port)| is_port(port))
        .map_or(run.len(), |(name, _)| name.len());
    let start = run[..name_end].rfind([':', '[']).map_or(0, |at| at + 1);
    let host = &run[start..];
    host.contains('.').then_some(host)
}

/// What stands for the `#`.
struct Marker {
    /// It is one: what follows is not sent.
    raw: bool,
    /// What comes after it.
    end: usize,
}

impl Marker {
    fn after(signs: &[Sign], end: usize) -> Option<Self> {
        let last = signs.len().min(end + BETWEEN_MAX);
        let mut at = end;
        while at < last {
            let sign = signs[at];
            if sign.c == '#'
                && (!sign.encoded || keyword(signs, skip_junk(signs, at + 1)).is_some())
            {
                return Some(Self {
                    raw: !sign.encoded,
                    end: at + 1,
                });
            }
            if is_secret(signs, at) {
                return Some(Self {
                    raw: false,
                    end: at,
                });
            }
            if sign.c.is_whitespace() {
                // A break just before it; else the link ends here.
                let next = skip_breaks(signs, at)?;
                let goes_on = signs[next].c == '#' || is_secret(signs, next);
                at = goes_on.then_some(next)?;
                continue;
            }
            if matches!(sign.c, '<' | '>' | '"') {
                return None;
            }
            at += 1;
        }
        None
    }

    /// Whether it is a host link's, and where its secret part begins.
    fn secret(&self, signs: &[Sign]) -> Option<(bool, usize)> {
        keyword(signs, skip_junk(signs, self.end))
    }

    /// What is wrong if no secret follows.
    fn without_secret(&self, signs: &[Sign]) -> LinkError {
        let rest = signs[self.end..].iter().map(|sign| sign.c);
        let rest: String = rest.take_while(|c| !c.is_whitespace()).take(8).collect();
        match rest.trim_end_matches(is_closing) {
            "" => LinkError::NoFragment,
            start
                if ["seat.", "host."]
                    .iter()
                    .any(|word| word.starts_with(start)) =>
            {
                LinkError::Cut
            }
            _ => LinkError::Changed,
        }
    }
}

/// `seat.` or `host.` at `at`: whether it is the second, and what comes after it.
fn keyword(signs: &[Sign], at: usize) -> Option<(bool, usize)> {
    let host = match signs.get(at)?.c.to_ascii_lowercase() {
        's' => false,
        'h' => true,
        _ => return None,
    };
    let mut at = at;
    for letter in (if host { "host." } else { "seat." }).chars() {
        at = skip_breaks(signs, at)?;
        if signs[at].c.to_ascii_lowercase() != letter {
            return None;
        }
        at += 1;
    }
    Some((host, at))
}

/// Whether a secret begins here, without a `#` before it; a query may have a word like `host.` in it.
fn is_secret(signs: &[Sign], at: usize) -> bool {
    let Some((host, start)) = keyword(signs, at) else {
        return false;
    };
    let rest = signs[start..].iter().map(|sign| sign.c);
    match host {
        true => rest.clone().next().is_some_and(|c| c.is_ascii_digit()),
        false => rest.take_while(|c| is_secret_char(*c)).count() >= SECRET_CHARS / 3,
    }
}

fn key(signs: &[Sign], host: bool, at: usize) -> Result<LinkKey, LinkError> {
    if !host {
        return Ok(LinkKey::Seat(SeatSecret::from_bytes(parse_secret(
            &read_secret(signs, at)?,
        )?)));
    }
    let mut number = String::new();
    let mut at = at;
    loop {
        at = skip_breaks(signs, at).ok_or(LinkError::Cut)?;
        let c = signs[at].c;
        at += 1;
        match c {
            '.' => break,
            _ if c.is_ascii_digit() && number.len() < 4 => number.push(c),
            _ => return Err(LinkError::Changed),
        }
    }
    let seat: SeatId = parse_seat(&number)?;
    let secret = CallSecret::from_bytes(parse_secret(&read_secret(signs, at)?)?);
    Ok(LinkKey::Host { seat, secret })
}

/// The 43 characters from `at` on, over the breaks that a line or a gateway put between them.
fn read_secret(signs: &[Sign], at: usize) -> Result<Zeroizing<String>, LinkError> {
    let pieces = Pieces::read(signs, at);
    // Some editors set a long dash for two hyphens, or one; and a hyphen where a line ends.
    let ways = [("--", false), ("-", false), ("--", true), ("-", true)];
    let whole = ways
        .iter()
        .find_map(|(dash, hyphens)| pieces.whole(dash, *hyphens));
    let secret = whole.ok_or_else(|| pieces.problem())?;
    // One in a thousand million secrets is of one case; a gateway that folds letters is likelier.
    let letters: Vec<_> = secret.chars().filter(char::is_ascii_alphabetic).collect();
    let one_case = letters.iter().all(char::is_ascii_lowercase)
        || letters.iter().all(char::is_ascii_uppercase);
    let different: BTreeSet<_> = letters.iter().collect();
    if one_case && letters.len() > SECRET_CHARS / 2 && different.len() > 8 {
        return Err(LinkError::Changed);
    }
    Ok(secret)
}

/// What follows the keyword, piece by piece, with breaks between.
struct Pieces {
    pieces: Vec<Zeroizing<String>>,
    /// A character that does not belong follows at once, and then so many that do.
    after: usize,
}

impl Pieces {
    fn read(signs: &[Sign], start: usize) -> Self {
        let mut pieces = Vec::new();
        let mut piece = Zeroizing::new(String::new());
        let (mut at, mut total) = (start, 0);
        while let Some(sign) = signs.get(at).filter(|_| total < PIECES_CHARS_MAX) {
            if is_secret_char(sign.c) || (is_long_dash(sign.c) && total < SECRET_CHARS) {
                piece.push(sign.c);
                total += 1;
                at += 1;
                continue;
            }
            if total >= SECRET_CHARS {
                break;
            }
            match next_piece(signs, at) {
                Some(next) => at = next,
                None => break,
            }
            pieces.push(std::mem::take(&mut piece));
        }
        pieces.push(piece);
        let rest = signs
            .get(at..)
            .unwrap_or_default()
            .iter()
            .map(|sign| sign.c);
        let rest = rest.take_while(|c| !c.is_whitespace() && !matches!(c, '<' | '>' | '"'));
        let after = rest
            .take(2 * SECRET_CHARS)
            .filter(|c| is_secret_char(*c))
            .count();
        Self { pieces, after }
    }

    /// The pieces up to the one with which they are 43 characters, with this for a long dash.
    /// `hyphens`: those at ends of pieces were added.
    fn whole(&self, dash: &str, hyphens: bool) -> Option<Zeroizing<String>> {
        let mut secret = Zeroizing::new(String::new());
        for (n, piece) in self.pieces.iter().enumerate() {
            let piece = Zeroizing::new(piece.replace(is_long_dash, dash));
            let added = hyphens && n + 1 < self.pieces.len();
            secret.push_str(piece.strip_suffix('-').filter(|_| added).unwrap_or(&piece));
            // No secret ends with these: its last character has four bits. So a word may follow.
            let length = secret.trim_end_matches(['-', '_']).len();
            let beyond = secret.as_bytes().get(SECRET_CHARS);
            if length == SECRET_CHARS && n > 0 && secret::from_text(&secret[..length]).is_none() {
                continue;
            }
            if length == SECRET_CHARS || (n == 0 && matches!(beyond, Some(b'-' | b'_'))) {
                secret.truncate(SECRET_CHARS);
                return Some(secret);
            }
            if length > SECRET_CHARS {
                return None;
            }
        }
        None
    }

    fn problem(&self) -> LinkError {
        let first = self.pieces[0].chars().count();
        let all: usize = self.pieces.iter().map(|piece| piece.chars().count()).sum();
        let damaged = self.after > 0 && all + 1 + self.after >= SECRET_CHARS;
        if first > SECRET_CHARS || damaged {
            LinkError::Changed
        } else {
            LinkError::Cut
        }
    }
}

/// Where a secret goes on after a break: not with another paragraph, nor with another address.
fn next_piece(signs: &[Sign], at: usize) -> Option<usize> {
    let next = skip_breaks(signs, at)?;
    let lines = signs[at..next].iter().filter(|sign| sign.c == '\n').count();
    let word = signs[next..]
        .iter()
        .take_while(|sign| is_secret_char(sign.c))
        .count();
    let after = signs.get(next + word).map(|sign| sign.c);
    let is_break = signs[at].c.is_whitespace() && lines < 2;
    (is_break && word > 0 && after != Some(':')).then_some(next)
}

/// Over white space, and the marks a reply puts at the beginning of a line, to what follows.
fn skip_breaks(signs: &[Sign], at: usize) -> Option<usize> {
    let mut line = false;
    let rest = signs.get(at..)?.iter();
    let mut skipped = rest.take_while(|sign| {
        line |= sign.c == '\n';
        sign.c.is_whitespace() || (line && matches!(sign.c, '>' | '|'))
    });
    let next = at + skipped.by_ref().count();
    (next < signs.len()).then_some(next)
}

/// Over what may stand between the `#` and the keyword.
fn skip_junk(signs: &[Sign], at: usize) -> usize {
    let junk = |sign: &&Sign| {
        sign.c.is_whitespace()
            || matches!(
                sign.c,
                '/' | '!' | '?' | '#' | '"' | '\'' | '<' | '>' | '|' | '(' | '[' | '“' | '‘'
            )
    };
    at + signs
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take(8)
        .take_while(junk)
        .count()
}

fn is_host_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']')
}

fn is_base32(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '2'..='7')
}

fn is_secret_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

fn is_long_dash(c: char) -> bool {
    matches!(c, '–' | '—')
}

fn is_closing(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | ')'
            | ']'
            | '}'
            | '>'
            | '"'
            | '\''
            | '”'
            | '…'
            | '’'
            | '»'
            | '*'
            | '/'
    )
}
