//! Whose datagram is this? By address, or for STUN by ICE ufrag; never by asking every peer.
//!
//! An address is believed only after a Binding request from it whose USERNAME names one of our
//! ufrags and whose MESSAGE-INTEGRITY verifies (RFC 8445, 7.3; RFC 8489, 9.1.3). Everything else
//! from strangers is dropped without an answer, so the port tells a scanner nothing and reflects
//! nothing.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    panic::catch_unwind,
};

use str0m::{config::CryptoProvider, ice::StunMessage, net::Protocol};

use crate::{figures::Rejection, peer::Key, stun};

/// Addresses of one connection that are good at a time; the oldest makes room. A client has one for
/// each of its interfaces and of our candidates.
const TUPLES_MAX: usize = 16;
/// Addresses one connection may use in its life: each costs memory in the ICE agent.
const TUPLES_EVER_MAX: u32 = 256;

/// Transactions of a connection that are remembered: those of the last half hour or more.
const TRANSACTIONS_MAX: usize = 1024;

/// Protocol, remote and local address.
pub(crate) type Tuple = (Protocol, SocketAddr, SocketAddr);

/// RFC 7983, 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Stun,
    DtlsOrMedia,
}

pub(crate) fn classify(datagram: &[u8]) -> Option<Kind> {
    match datagram.first()? {
        0..=3 if datagram.len() >= 20 => Some(Kind::Stun),
        20..=63 if datagram.len() >= 13 => Some(Kind::DtlsOrMedia),
        128..=191 if datagram.len() >= 8 => Some(Kind::DtlsOrMedia),
        _ => None,
    }
}

/// Of RFC 8839, 5.4: what an ICE ufrag is made of.
const ICE_CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// First character of the ufrags of a unit.
pub(crate) fn mark_of(unit: u8) -> char {
    char::from(ICE_CHARS[usize::from(unit) % ICE_CHARS.len()])
}

/// Which unit a Binding request is for, as its ICE ufrag says; nothing of it is checked. `None` if the
/// datagram is none. Whatever a stranger sends makes no panic: it has a wall of its own.
pub fn unit_of(datagram: &[u8]) -> Option<u8> {
    if classify(datagram) != Some(Kind::Stun) {
        return None;
    }
    let unit = catch_unwind(|| {
        let mark = *stun::read(datagram)?.username?.as_bytes().first()?;
        let place = ICE_CHARS.iter().position(|&char| char == mark)?;
        u8::try_from(place).ok()
    });
    unit.unwrap_or_default()
}

/// The two maps.
pub(crate) struct Demux {
    by_tuple: HashMap<Tuple, Key>,
    by_ufrag: HashMap<String, Credentials>,
    crypto: CryptoProvider,
}

struct Credentials {
    key: Key,
    password: String,
    remote_ufrag: String,
    tuples: VecDeque<Tuple>,
    tuples_ever: u32,
    /// Transactions seen, the newest last: who sends one again moves nothing.
    transactions: VecDeque<[u8; 12]>,
}

/// A Binding request that verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Admitted {
    pub(crate) key: Key,
    /// The client wants to be spoken to here, and says so for the first time.
    pub(crate) chosen: bool,
}

impl Demux {
    pub(crate) fn new() -> Self {
        Self {
            by_tuple: HashMap::new(),
            by_ufrag: HashMap::new(),
            crypto: str0m::crypto::from_feature_flags(),
        }
    }

    /// Whose address this is, if it proved itself.
    pub(crate) fn find(&self, tuple: &Tuple) -> Option<Key> {
        self.by_tuple.get(tuple).copied()
    }

    /// Checks a Binding request and from then on believes its address.
    pub(crate) fn admit(&mut self, tuple: Tuple, datagram: &[u8]) -> Result<Admitted, Rejection> {
        let seen = stun::read(datagram).ok_or(Rejection::Malformed)?;
        if !seen.is_binding_request {
            return Err(Rejection::NotBindingRequest);
        }
        let (local, remote) = seen
            .username
            .and_then(|name| name.split_once(':'))
            .ok_or(Rejection::UnknownUfrag)?;
        let found = self.by_ufrag.get_mut(local);
        let ours = found.ok_or(Rejection::UnknownUfrag)?;
        if ours.remote_ufrag != remote {
            return Err(Rejection::UnknownUfrag);
        }
        // Only now a library reads it: it is for somebody who is here.
        let message = StunMessage::parse(datagram).map_err(|_| Rejection::Malformed)?;
        let hmac =
            |key: &[u8], parts: &[&[u8]]| self.crypto.sha1_hmac_provider.sha1_hmac(key, parts);
        if !message.verify(ours.password.as_bytes(), hmac) {
            return Err(Rejection::BadIntegrity);
        }
        if !ours.tuples.contains(&tuple) {
            if ours.tuples_ever >= TUPLES_EVER_MAX {
                return Err(Rejection::TooManyAddresses);
            }
            ours.tuples_ever += 1;
            ours.tuples.push_back(tuple);
            if ours.tuples.len() > TUPLES_MAX {
                let oldest = ours.tuples.pop_front();
                self.by_tuple
                    .remove(&oldest.expect("longer than the limit"));
            }
        }
        let new = !ours.transactions.contains(&seen.id);
        if new {
            ours.transactions.push_back(seen.id);
            if ours.transactions.len() > TRANSACTIONS_MAX {
                ours.transactions.pop_front();
            }
        }
        let key = ours.key;
        self.by_tuple.insert(tuple, key);
        Ok(Admitted {
            key,
            chosen: new && seen.use_candidate,
        })
    }

    /// True if a new connection may not use this ufrag.
    pub(crate) fn is_taken(&self, ufrag: &str) -> bool {
        self.by_ufrag.contains_key(ufrag)
    }

    /// True if requests for one of our ufrags name this one as the client's.
    pub(crate) fn is_from(&self, ufrag: &str, remote_ufrag: &str) -> bool {
        let ours = self.by_ufrag.get(ufrag);
        ours.is_some_and(|ours| ours.remote_ufrag == remote_ufrag)
    }

    /// Requests for `ufrag` are `key`'s from now on.
    pub(crate) fn expect(&mut self, key: Key, ufrag: &str, password: &str, remote_ufrag: &str) {
        let credentials = Credentials {
            key,
            password: password.to_owned(),
            remote_ufrag: remote_ufrag.to_owned(),
            tuples: VecDeque::new(),
            tuples_ever: 0,
            transactions: VecDeque::new(),
        };
        self.by_ufrag.insert(ufrag.to_owned(), credentials);
    }

    /// Ends a connection: its ufrag and its addresses mean nothing any more.
    pub(crate) fn forget_ufrag(&mut self, ufrag: &str) {
        let Some(credentials) = self.by_ufrag.remove(ufrag) else {
            return;
        };
        for tuple in credentials.tuples {
            if self.by_tuple.get(&tuple) == Some(&credentials.key) {
                self.by_tuple.remove(&tuple);
            }
        }
    }

    /// An address is gone, e.g. a TCP connection closed.
    pub(crate) fn forget_tuple(&mut self, tuple: &Tuple) {
        self.by_tuple.remove(tuple);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_datagrams_are_nothing() {
        for len in 0..8 {
            for first in [0, 1, 22, 128, 255] {
                assert_eq!(classify(&vec![first; len]), None);
            }
        }
    }

    proptest! {
        #[test]
        fn random_bytes_are_never_admitted(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut demux = Demux::new();
            demux.expect(0, "ufrag", "password", "remote");
            let tuple = (Protocol::Udp, ([127, 0, 0, 1], 1).into(), ([127, 0, 0, 1], 2).into());
            prop_assert!(demux.admit(tuple, &bytes).is_err());
            prop_assert_eq!(demux.find(&tuple), None);
        }
    }
}
