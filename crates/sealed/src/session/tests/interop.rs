//! MLS with another implementation of it: OpenMLS as we use it and mls-rs, in one group, by our profile
//! (`docs/sealed.md`). Either founds, adds, replaces, removes, closes seats and renews its path; either
//! reads the other's messages. In suite 0x0001, which both have; and in ours, 0x004F, with X-Wing of
//! libcrux under mls-rs, where our end is [`ours::Member`], policy and all.

mod ours;
mod theirs;
mod xwing;

use mls_rs_crypto_rustcrypto::RustCryptoProvider;
use openmls::prelude::Ciphersuite;
use protocol::{GroupRef, SeatId};

use super::{
    raw::Shared,
    world::{Machine, World},
};
use crate::{
    message::{Said, TextId},
    session::identity::OwnLeaf,
    suite::{CallExtension, SUITE},
};

const CLASSICAL: Ciphersuite = Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
/// Version mls10, then the wire format (RFC 9420, 6).
const PRIVATE_MESSAGE: [u8; 4] = [0, 1, 0, 2];
const WELCOME: [u8; 4] = [0, 1, 0, 3];

/// What a commit does; one that does nothing has a fresh path.
#[derive(Default)]
struct Change {
    adds: Vec<(SeatId, Vec<u8>)>,
    removes: Vec<u32>,
    extension: Option<CallExtension>,
}

/// A client of one of the libraries. Only bytes go from one to the other.
trait Peer {
    fn found(&mut self, extension: &CallExtension);
    /// As in a knock: without the wrapper of an MLSMessage.
    fn package(&mut self) -> Vec<u8>;
    /// A commit, merged at once, and its welcome.
    fn commit(&mut self, change: Change) -> (Vec<u8>, Option<Vec<u8>>);
    fn join(&mut self, welcome: &[u8]);
    /// Reads and merges a commit.
    fn apply(&mut self, commit: &[u8]) -> Result<(), String>;
    /// The text of a message.
    fn read(&mut self, message: &[u8]) -> Result<String, String>;
    fn say(&mut self, text: &str) -> Vec<u8>;
    fn shared(&self) -> Shared;
    fn leaf(&self) -> u32;
}

/// What an application message of ours says.
fn text(said: &[u8]) -> Result<String, String> {
    match Said::decode(said) {
        Ok(Said::Text { text, .. }) => Ok(text),
        _ => Err("not a text".to_owned()),
    }
}

fn text_of(text: &str) -> Said {
    Said::Text {
        id: TextId([7; 8]),
        text: text.to_owned(),
    }
}

/// Which library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Us,
    Them,
}

impl By {
    fn other(self) -> Self {
        match self {
            Self::Us => Self::Them,
            Self::Them => Self::Us,
        }
    }

    fn peer(self, suite: Ciphersuite, me: OwnLeaf, now: u64) -> Box<dyn Peer> {
        match (self, suite) {
            (Self::Us, SUITE) => Box::new(ours::Member::new(me, now)),
            (Self::Us, _) => Box::new(ours::Bare::new(&me, suite)),
            (Self::Them, SUITE) => theirs::theirs(&me, suite as u16, xwing::XWingProvider),
            (Self::Them, _) => {
                let only = vec![mls_rs::CipherSuite::new(suite as u16)];
                let crypto = RustCryptoProvider::with_enabled_cipher_suites(only);
                theirs::theirs(&me, suite as u16, crypto)
            }
        }
    }
}

/// A group, and who is in it by seat number less one.
struct Table {
    suite: Ciphersuite,
    world: World,
    machines: Vec<Machine>,
    by: Vec<By>,
    peers: Vec<Option<Box<dyn Peer>>>,
    extension: CallExtension,
}

impl Table {
    /// Seats of the one and the other in turn; the first two are hosts. The first founds.
    fn new(suite: Ciphersuite, founder: By) -> Self {
        let world = World::new(4, 2);
        let machines: Vec<_> = (1..=4).map(|seat| world.machine(seat)).collect();
        let root = world.session(&machines[0]).client.me.root;
        let mut table = Self {
            suite,
            extension: CallExtension {
                call: world.call,
                group: GroupRef::table(1),
                root,
                closed: [(SeatId(9), 1)].into(),
                heads: Vec::new(),
            },
            world,
            machines,
            by: vec![founder, founder.other(), founder, founder.other()],
            peers: vec![None, None, None, None],
        };
        let mut first = table.load(0);
        first.found(&table.extension);
        table.peers[0] = Some(first);
        table
    }

    /// A client that was just loaded: a new leaf.
    fn load(&self, at: usize) -> Box<dyn Peer> {
        let me = self.world.session(&self.machines[at]).table.me;
        self.by[at].peer(self.suite, me, self.world.now)
    }

    fn peer(&mut self, at: usize) -> &mut dyn Peer {
        self.peers[at].as_mut().expect("it is in").as_mut()
    }

    fn others(&self, of: usize) -> Vec<usize> {
        let others = (0..self.peers.len()).filter(|at| *at != of);
        others.filter(|at| self.peers[*at].is_some()).collect()
    }

    /// One commits, all read it, and the newcomers join.
    fn commit(&mut self, from: usize, change: Change, newcomers: Vec<(usize, Box<dyn Peer>)>) {
        let (commit, welcome) = self.peer(from).commit(change);
        assert!(commit.starts_with(&PRIVATE_MESSAGE));
        for (at, _) in &newcomers {
            self.peers[*at] = None;
        }
        for to in self.others(from) {
            let applied = self.peer(to).apply(&commit);
            assert_eq!(
                applied,
                Ok(()),
                "seat {} reads of seat {}",
                to + 1,
                from + 1
            );
        }
        assert_eq!(welcome.is_some(), !newcomers.is_empty());
        for (at, mut newcomer) in newcomers {
            let welcome = welcome.as_ref().unwrap();
            assert!(welcome.starts_with(&WELCOME));
            newcomer.join(welcome);
            self.peers[at] = Some(newcomer);
        }
        self.agree(from);
    }

    /// All have the same secrets, extensions and members. (The group context goes into the secrets.)
    fn agree(&mut self, with: usize) {
        let shared = self.peer(with).shared();
        for at in self.others(with) {
            let theirs = self.peer(at).shared();
            assert_eq!(theirs.epoch, shared.epoch);
            assert_eq!(theirs.members, shared.members);
            assert_eq!(theirs.extensions, shared.extensions);
            let secrets = (theirs.base_key, theirs.authenticator);
            assert!(secrets == (shared.base_key.clone(), shared.authenticator.clone()));
        }
    }

    /// A newcomer, or a client that was loaded again: in place of its leaf.
    fn let_in(&mut self, by: usize, at: usize) {
        let mut newcomer = self.load(at);
        let change = Change {
            adds: vec![(SeatId(at as u16 + 1), newcomer.package())],
            removes: self.peers[at].iter().map(|before| before.leaf()).collect(),
            extension: None,
        };
        self.commit(by, change, vec![(at, newcomer)]);
    }

    fn remove(&mut self, by: usize, at: usize) {
        let mut gone = self.peers[at].take().unwrap();
        let change = Change {
            removes: vec![gone.leaf()],
            ..Change::default()
        };
        self.commit(by, change, Vec::new());
        let after = self.peer(by).say("of the next epoch");
        assert!(gone.read(&after).is_err());
    }

    fn close(&mut self, by: usize, seat: u16) {
        self.extension.closed.insert((SeatId(seat), 1));
        let change = Change {
            extension: Some(self.extension.clone()),
            ..Change::default()
        };
        self.commit(by, change, Vec::new());
    }

    /// Everybody says something, and all others read it.
    fn talk(&mut self) {
        for from in 0..self.peers.len() {
            if self.peers[from].is_none() {
                continue;
            }
            let text = format!("said by seat {}", from + 1);
            let said = self.peer(from).say(&text);
            assert!(said.starts_with(&PRIVATE_MESSAGE));
            for to in self.others(from) {
                assert_eq!(self.peer(to).read(&said), Ok(text.clone()));
            }
        }
    }
}

fn a_whole_call(suite: Ciphersuite, founder: By) {
    let mut table = Table::new(suite, founder);
    // Welcomes of each to each other.
    table.let_in(0, 1);
    table.let_in(1, 2);
    table.let_in(0, 3);
    table.talk();
    for at in 0..4 {
        table.commit(at, Change::default(), Vec::new());
    }
    table.talk();
    table.close(0, 7);
    table.close(1, 8);
    // Reloads.
    table.let_in(0, 3);
    table.let_in(1, 2);
    table.talk();
    table.remove(0, 3);
    table.talk();
    table.remove(1, 2);
    table.talk();
    // A removed seat's place in the tree is taken again.
    table.let_in(1, 3);
    table.let_in(0, 2);
    table.talk();
}

#[test]
fn a_group_we_found_is_joined_and_changed_by_another_implementation() {
    a_whole_call(CLASSICAL, By::Us);
}

#[test]
fn a_group_another_implementation_founds_is_joined_and_changed_by_us() {
    a_whole_call(CLASSICAL, By::Them);
}

#[test]
fn a_call_we_found_is_joined_and_changed_by_another_implementation() {
    a_whole_call(SUITE, By::Us);
}

#[test]
fn a_call_another_implementation_founds_is_joined_and_changed_by_us() {
    a_whole_call(SUITE, By::Them);
}

#[test]
fn messages_out_of_order_and_of_the_epoch_before_are_read_by_both() {
    for (suite, founder) in [(CLASSICAL, By::Us), (CLASSICAL, By::Them), (SUITE, By::Us)] {
        let mut table = Table::new(suite, founder);
        table.let_in(0, 1);
        for (from, to) in [(0, 1), (1, 0)] {
            let [first, second, before] = ["one", "two", "before"].map(|text| {
                let said = table.peer(from).say(text);
                (said, Ok(text.to_owned()))
            });
            assert_eq!(table.peer(to).read(&second.0), second.1);
            assert_eq!(table.peer(to).read(&first.0), first.1);
            assert!(table.peer(to).read(&first.0).is_err(), "read twice");
            table.commit(from, Change::default(), Vec::new());
            assert_eq!(table.peer(to).read(&before.0), before.1);
        }
    }
}
