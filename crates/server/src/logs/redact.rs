//! Takes addresses and secrets out of a line of text.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Characters of secrets as text: 32 bytes of base64url.
const SECRET_CHARS: usize = 43;

/// The line with every IP address but loopback and unspecified ones, and every word that could be a
/// secret, replaced.
pub fn redact(line: &str) -> String {
    let mut clean = String::with_capacity(line.len());
    let mut rest = line;
    while !rest.is_empty() {
        let word_end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word_end);
        clean.push_str(&replace(word));
        let gap_end = after.find(is_word).unwrap_or(after.len());
        let (gap, next) = after.split_at(gap_end);
        clean.push_str(gap);
        rest = next;
    }
    clean
}

/// Characters of addresses, ports and base64url.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '_' | '-' | '%')
}

fn replace(word: &str) -> std::borrow::Cow<'_, str> {
    let bare = word.trim_end_matches([':', '.']);
    if let Some(address) = address(bare) {
        if address.is_loopback() || address.is_unspecified() {
            return word.into();
        }
        return "[address]".into();
    }
    let secret = bare.split(['.', ':']).any(is_secret);
    if secret {
        "[secret]".into()
    } else {
        word.into()
    }
}

fn address(word: &str) -> Option<IpAddr> {
    let unscoped = word.split('%').next().unwrap_or(word);
    let parsed = unscoped.parse::<IpAddr>().ok().or_else(|| {
        unscoped
            .parse::<SocketAddr>()
            .ok()
            .map(|address| address.ip())
    });
    // `::` and Rust paths such as `a::b` are not addresses of anybody.
    parsed.filter(|&address| {
        address != IpAddr::V6(Ipv6Addr::UNSPECIFIED)
            && (word.contains('.') || word.matches(':').count() > 1)
    })
}

fn is_secret(part: &str) -> bool {
    part.len() >= SECRET_CHARS
        && part.bytes().any(|b| b.is_ascii_digit() || b == b'-')
        && part.bytes().any(|b| b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_secrets_are_taken_out() {
        let secret = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYm0";
        for (line, clean) in [
            ("from 203.0.113.7:51234 now", "from [address] now"),
            ("from [2001:db8::1]:443.", "from [[address]]:443."),
            ("peer=198.51.100.3, x", "peer=[address], x"),
            (
                "listening on 127.0.0.1:8080 and [::]:443",
                "listening on 127.0.0.1:8080 and [::]:443",
            ),
            (
                "server::calls::live: call=Call(abcdef…)",
                "server::calls::live: call=Call(abcdef…)",
            ),
            (
                "2026-11-22T03:10:00.123456Z  INFO",
                "2026-11-22T03:10:00.123456Z  INFO",
            ),
        ] {
            assert_eq!(redact(line), clean);
        }
        assert_eq!(redact(&format!("#seat.{secret}")), "#[secret]");
        assert_eq!(redact(&format!("key={secret} x")), "key=[secret] x");
    }
}
