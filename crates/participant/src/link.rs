//! From a link to what a participant needs of it: where to connect, and with which token.

use protocol::AccessToken;
use sealed::link::{Link, LinkError};

/// Where a link leads. Has no `Debug`: it holds the seat's secret.
pub struct Target {
    /// URL of the signalling WebSocket.
    pub signal_url: String,
    /// Host and port of the server, as for connecting.
    pub authority: String,
    /// Opens the seat's connection.
    pub token: AccessToken,
    /// The link itself, for what is sealed.
    pub link: Link,
}

impl Target {
    /// Reads a link as people pass it on.
    pub fn parse(link: &str) -> Result<Self, LinkError> {
        let (origin, link) = Link::parse_url(link)?;
        let (scheme, host) = origin.split_once("://").ok_or(LinkError::NotALink)?;
        let (socket, port) = if scheme == "https" {
            ("wss", 443)
        } else {
            ("ws", 80)
        };
        let has_port = host
            .rsplit(']')
            .next()
            .is_some_and(|rest| rest.contains(':'));
        let authority = if has_port {
            host.to_owned()
        } else {
            format!("{host}:{port}")
        };
        let signal_url = format!("{socket}://{host}/api/calls/{}/signal", link.call);
        Ok(Self {
            signal_url,
            authority,
            token: link.access_token(),
            link,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_its_server_and_port() {
        let fragment = format!("seat.{}", "A".repeat(43));
        let call = "a".repeat(26);
        for (origin, signal, authority) in [
            (
                "https://call.example",
                "wss://call.example",
                "call.example:443",
            ),
            (
                "http://localhost:8080",
                "ws://localhost:8080",
                "localhost:8080",
            ),
            ("http://[::1]:8080", "ws://[::1]:8080", "[::1]:8080"),
            ("https://[::1]", "wss://[::1]", "[::1]:443"),
        ] {
            let target = Target::parse(&format!("{origin}/c/{call}#{fragment}"))
                .ok()
                .unwrap();
            assert_eq!(
                target.signal_url,
                format!("{signal}/api/calls/{call}/signal")
            );
            assert_eq!(target.authority, authority);
        }
    }
}
