//! Our own ends of the group: [`Membership`] as it runs in a call, with its policy; and bare OpenMLS with
//! our profile, for a suite that a call would refuse.

use openmls::prelude::{Ciphersuite, MlsGroup, tls_codec::Serialize as _};
use openmls_rust_crypto::OpenMlsRustCrypto;
use protocol::{GroupRef, Sealed};

use super::{Change, Peer, Shared, text, text_of};
use crate::{
    session::{
        Remembered,
        identity::OwnLeaf,
        membership::{Changes, Membership},
        tests::raw,
    },
    suite::CallExtension,
};

/// A member as in a call.
pub(super) struct Member {
    me: OwnLeaf,
    member: Option<Membership>,
    now: u64,
}

/// OpenMLS and no policy.
pub(super) struct Bare {
    client: raw::Client<OpenMlsRustCrypto>,
    group: Option<MlsGroup>,
}

impl Member {
    pub(super) fn new(me: OwnLeaf, now: u64) -> Self {
        Self {
            me,
            member: None,
            now,
        }
    }
}

impl Peer for Member {
    fn found(&mut self, extension: &CallExtension) {
        let founded = Membership::found(&self.me, extension.group, extension.closed.clone());
        self.member = founded.ok();
        assert!(self.member.as_ref().unwrap().extension == *extension);
    }

    fn package(&mut self) -> Vec<u8> {
        let knock = self.me.knock().ok().unwrap();
        let read = self.me.read_knock(self.me.seat(), &knock).ok().unwrap();
        read.package.tls_serialize_detached().unwrap()
    }

    fn commit(&mut self, change: Change) -> (Vec<u8>, Option<Vec<u8>>) {
        let adds = change.adds.into_iter().map(|(seat, package)| {
            let parcel = self.me.knock.seal(b"incamera knock v1", &package).unwrap();
            let knock = self.me.read_knock(seat, &Sealed::from_bytes(&parcel));
            (seat, knock.expect("a good knock").package)
        });
        let adds: Vec<_> = adds.collect();
        let changes = Changes {
            refresh: adds.is_empty(),
            adds,
            removes: change.removes.iter().map(|leaf| *leaf as u16).collect(),
            closes: change.extension.map(|e| e.closed).unwrap_or_default(),
            ..Changes::default()
        };
        let member = self.member.as_mut().unwrap();
        let made = member.commit(&self.me, changes).ok().unwrap();
        let merged = member.merge_own(&self.me, self.now);
        assert!(merged.is_ok(), "{:?}", merged.err());
        let bytes = |sealed: &Sealed| sealed.to_bytes().unwrap();
        (bytes(&made.commit), made.welcome.as_ref().map(bytes))
    }

    fn join(&mut self, welcome: &[u8]) {
        let welcome = Sealed::from_bytes(welcome);
        let joined = Membership::join(
            &self.me,
            &welcome,
            (GroupRef::table(1), 0),
            &Remembered::default(),
        );
        assert!(joined.is_ok(), "{:?}", joined.err());
        self.member = joined.ok();
    }

    fn apply(&mut self, commit: &[u8]) -> Result<(), String> {
        let member = self.member.as_mut().unwrap();
        let applied = member.apply(&self.me, &Sealed::from_bytes(commit), self.now);
        applied.map(|_| ()).map_err(|error| error.to_string())
    }

    fn read(&mut self, message: &[u8]) -> Result<String, String> {
        let member = self.member.as_mut().unwrap();
        let heard = member.hear(&self.me, &Sealed::from_bytes(message));
        let heard = heard.map_err(|unread| format!("{unread:?}"))?;
        text(&heard.said.encode())
    }

    fn say(&mut self, text: &str) -> Vec<u8> {
        let member = self.member.as_mut().unwrap();
        let said = member.say(&self.me, &text_of(text));
        said.ok().unwrap().to_bytes().unwrap()
    }

    fn shared(&self) -> Shared {
        Shared::of(&self.me.provider, &self.member.as_ref().unwrap().mls)
    }

    fn leaf(&self) -> u32 {
        self.member.as_ref().unwrap().own_leaf().into()
    }
}

impl Bare {
    pub(super) fn new(me: &OwnLeaf, suite: Ciphersuite) -> Self {
        Self {
            client: raw::Client {
                provider: OpenMlsRustCrypto::default(),
                suite,
                key: me.leaf_key.clone(),
                credential: me.credential(),
            },
            group: None,
        }
    }
}

impl Peer for Bare {
    fn found(&mut self, extension: &CallExtension) {
        self.group = Some(self.client.found(extension));
    }

    fn package(&mut self) -> Vec<u8> {
        self.client.package()
    }

    fn commit(&mut self, change: Change) -> (Vec<u8>, Option<Vec<u8>>) {
        let change = raw::Change {
            adds: change.adds.into_iter().map(|(_, bytes)| bytes).collect(),
            removes: change.removes,
            extension: change.extension,
        };
        self.client.commit(self.group.as_mut().unwrap(), change)
    }

    fn join(&mut self, welcome: &[u8]) {
        self.group = Some(self.client.join(welcome));
    }

    fn apply(&mut self, commit: &[u8]) -> Result<(), String> {
        let read = self.client.read(self.group.as_mut().unwrap(), commit)?;
        read.is_none()
            .then_some(())
            .ok_or("not a commit".to_owned())
    }

    fn read(&mut self, message: &[u8]) -> Result<String, String> {
        let read = self.client.read(self.group.as_mut().unwrap(), message)?;
        text(&read.ok_or("not an application message")?)
    }

    fn say(&mut self, text: &str) -> Vec<u8> {
        let said = text_of(text).encode();
        self.client.say(self.group.as_mut().unwrap(), &said)
    }

    fn shared(&self) -> Shared {
        Shared::of(&self.client.provider, self.group.as_ref().unwrap())
    }

    fn leaf(&self) -> u32 {
        let group = self.group.as_ref().unwrap();
        group.own_leaf_index().u32()
    }
}
