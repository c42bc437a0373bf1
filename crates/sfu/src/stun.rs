//! STUN as strangers may send it: looked over before any library reads it (RFC 8489, 5 and 14).
//!
//! Small, without a panic and without a word to the log: whoever finds the port can send here. What
//! passes has a bounded number of attributes, and none that an ICE agent does not send and a library
//! would complain about.

/// Attributes of a message. A check of a browser has about ten.
const ATTRIBUTES_MAX: usize = 32;
const HEADER_BYTES: usize = 20;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];

const MAPPED_ADDRESS: u16 = 0x0001;
const USERNAME: u16 = 0x0006;
const UNKNOWN_ATTRIBUTES: u16 = 0x000a;
const USE_CANDIDATE: u16 = 0x0025;
const ALTERNATE_SERVER: u16 = 0x8023;
/// Of libwebrtc.
const NETWORK_COST: u16 = 0xc057;

/// A message whose frame is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    /// It asks for a Binding: the only thing a stranger may ask for.
    pub(crate) is_binding_request: bool,
    /// `ours:theirs` (RFC 8445, 7.2.2).
    pub(crate) username: Option<&'a str>,
    /// The client has chosen this way (RFC 8445, 7.1.2).
    pub(crate) use_candidate: bool,
    /// Of this transaction: random.
    pub(crate) id: [u8; 12],
}

/// `None`: no STUN, or none that an ICE agent sends.
pub(crate) fn read(datagram: &[u8]) -> Option<Message<'_>> {
    let (header, mut rest) = datagram.split_at_checked(HEADER_BYTES)?;
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    let framed = header[0] < 0x40 && header[4..8] == MAGIC_COOKIE && length == rest.len();
    if !framed || !length.is_multiple_of(4) {
        return None;
    }
    let (mut username, mut use_candidate) = (None, false);
    for _ in 0..ATTRIBUTES_MAX {
        let Some((head, after)) = rest.split_at_checked(4) else {
            break;
        };
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let value = after.get(..length)?;
        rest = after.get(length.next_multiple_of(4)..)?;
        match kind {
            MAPPED_ADDRESS | UNKNOWN_ATTRIBUTES | ALTERNATE_SERVER => return None,
            NETWORK_COST if length != 4 => return None,
            USERNAME if username.is_none() => username = Some(std::str::from_utf8(value).ok()?),
            USE_CANDIDATE => use_candidate = true,
            _ => {}
        }
    }
    rest.is_empty().then_some(Message {
        is_binding_request: header[..2] == BINDING_REQUEST,
        username,
        use_candidate,
        id: header[8..20].try_into().ok()?,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A Binding request with these attributes.
    pub(crate) fn message(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (kind, value) in attributes {
            body.extend(kind.to_be_bytes());
            body.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
            body.extend(*value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let mut bytes = BINDING_REQUEST.to_vec();
        bytes.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        bytes.extend(MAGIC_COOKIE);
        bytes.extend([7; 12]);
        bytes.extend(body);
        bytes
    }

    #[test]
    fn a_request_of_an_ice_agent_is_read() {
        let bytes = message(&[
            (USERNAME, b"ours1:them"),
            (NETWORK_COST, &[0, 1, 0, 50]),
            (0x802a, &[0; 8]),
            (0x0025, b""),
            (0x0024, &[1, 2, 3, 4]),
            (0x0008, &[0; 20]),
            (0x8028, &[0; 4]),
        ]);
        let read = read(&bytes).unwrap();
        assert_eq!(read.username, Some("ours1:them"));
        assert!(read.is_binding_request && read.use_candidate);
        assert_eq!(read.id, [7; 12]);
    }

    #[test]
    fn what_no_ice_agent_sends_is_not_read() {
        let many: Vec<(u16, &[u8])> = vec![(0xc0de, b""); ATTRIBUTES_MAX + 1];
        let cases: [&[(u16, &[u8])]; 6] = [
            &[(USERNAME, b"a:b"), (UNKNOWN_ATTRIBUTES, b"")],
            &[(MAPPED_ADDRESS, &[0; 8])],
            &[(ALTERNATE_SERVER, &[0; 8])],
            &[(NETWORK_COST, b"")],
            &[(USERNAME, &[0xff, 0xfe])],
            &many,
        ];
        for attributes in cases {
            assert_eq!(read(&message(attributes)), None, "{attributes:?}");
        }
        assert_eq!(read(&message(&many[1..])).unwrap().username, None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
            // Once more with a frame that is right.
            if bytes.len() >= HEADER_BYTES {
                bytes.truncate(bytes.len() / 4 * 4);
                bytes[0] = 0;
                let length = u16::try_from(bytes.len() - HEADER_BYTES).unwrap();
                bytes[2..4].copy_from_slice(&length.to_be_bytes());
                bytes[4..8].copy_from_slice(&MAGIC_COOKIE);
                let _ = read(&bytes);
            }
        }
    }
}
