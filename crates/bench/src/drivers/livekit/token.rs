//! Access tokens of LiveKit: JWT (RFC 7519) with HMAC-SHA-256 (RFC 7518, 3.2).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use data_encoding::BASE64URL_NOPAD as BASE64;
use serde_json::{Value, json};

/// Name of the key, and its secret. The server wants 32 bytes at least; nobody but this run knows it.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) secret: String,
}

/// Longer than a run takes.
const VALID: Duration = Duration::from_secs(3600);

impl Key {
    /// Lets somebody into a room.
    pub(super) fn token(&self, room: &str, identity: &str, now: SystemTime) -> String {
        let until = now.duration_since(UNIX_EPOCH).unwrap_or_default() + VALID;
        self.sign(&json!({
            "iss": self.name,
            "sub": identity,
            "exp": until.as_secs(),
            "video": { "roomJoin": true, "room": room },
        }))
    }

    fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "HS256", "typ": "JWT" });
        let part = |json: &Value| BASE64.encode(json.to_string().as_bytes());
        let signed = format!("{}.{}", part(&header), part(claims));
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let tag = hmac::sign(&key, signed.as_bytes());
        format!("{signed}.{}", BASE64.encode(tag.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key {
            name: "bench",
            secret: "your-256-bit-secret".to_owned(),
        }
    }

    #[test]
    fn a_token_says_who_may_enter_which_room_until_when() {
        let token = key().token("call", "seat-1", UNIX_EPOCH + Duration::from_secs(1000));
        let parts: Vec<_> = token.split('.').collect();
        let claims = BASE64.decode(parts[1].as_bytes()).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!((parts.len(), parts[2].len()), (3, 43));
        assert_eq!(claims["sub"], "seat-1");
        assert_eq!(claims["exp"], 4600);
        assert_eq!(claims["video"]["room"], "call");
    }

    #[test]
    fn the_signature_is_of_both_parts_and_the_secret() {
        // RFC 4231 has no case in base64url: taken with OpenSSL, `openssl dgst -sha256 -hmac`.
        let token = key().sign(&json!({ "sub": "1234567890" }));
        assert_eq!(
            token,
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
        );
        let mut other = key();
        other.secret.push('.');
        assert_ne!(token, other.sign(&json!({ "sub": "1234567890" })));
    }
}
