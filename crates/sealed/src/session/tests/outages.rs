//! Networks that go away and come back while people talk. Whoever is back is heard again at once, by
//! proof and not by forgiveness: what a dishonest service could make of it is tried too.

use std::collections::{BTreeMap, BTreeSet};

use protocol::SeatId;

use super::world::{STEP_MS, World};
use crate::{
    media::{envelope::Kind, kid::Stream, seal::Sealer},
    session::{FrameRefused, MemberState},
};

/// Everybody speaks all the time; frames take 100 ms, longer than messages.
struct Talk {
    world: World,
    /// Clients whose frames, both ways, are lost.
    lost: BTreeSet<usize>,
    under_way: Vec<(u64, usize, Vec<u8>)>,
    /// When a frame was refused, by sender and receiver.
    refused: BTreeMap<(usize, usize), Vec<(u64, FrameRefused)>>,
}

const FRAMES_TAKE_MS: u64 = 100;

impl Talk {
    fn new(seats: u16) -> Self {
        let (world, _) = World::table(seats, 1);
        let mut talk = Self {
            world,
            lost: BTreeSet::new(),
            under_way: Vec::new(),
            refused: BTreeMap::new(),
        };
        talk.run(2_000);
        talk
    }

    fn run(&mut self, ms: u64) {
        let end = self.world.now + ms;
        let all = self.world.clients.len();
        while self.world.now < end {
            self.world.run(STEP_MS);
            let now = self.world.now;
            for from in 0..all {
                let sealed = self.world.seal(from).expect("it may send");
                if !self.lost.contains(&from) {
                    self.under_way.push((now + FRAMES_TAKE_MS, from, sealed));
                }
            }
            let due = self.under_way.extract_if(.., |(at, ..)| *at <= now);
            for (_, from, sealed) in due.collect::<Vec<_>>() {
                for to in (0..all).filter(|to| *to != from && !self.lost.contains(to)) {
                    if let Err(why) = self.world.open(to, &sealed) {
                        self.refused.entry((from, to)).or_default().push((now, why));
                    }
                }
            }
        }
    }

    /// No network at all for this client: frames are lost, messages wait.
    fn cut(&mut self, at: usize) {
        self.lost.insert(at);
        self.world.stall(at);
    }

    /// The connection of a client dies; that is noticed after so long, and another one is made.
    fn break_connection(&mut self, at: usize, noticed_ms: u64) {
        self.world.dead.insert(at);
        self.run(noticed_ms);
        self.world.disconnect(at);
        self.run(300);
        self.world.reconnect(at);
    }

    /// For how long after `since` frames were refused.
    fn refused_until(&self, since: u64) -> u64 {
        let times = self.refused.values().flatten().map(|(at, _)| *at);
        times.max().unwrap_or(0).saturating_sub(since)
    }
}

#[test]
fn who_was_without_network_for_5_seconds_is_heard_as_soon_as_its_messages_pass() {
    let mut talk = Talk::new(3);
    talk.cut(1);
    talk.run(5_000);
    talk.lost.clear();
    let back = talk.world.now;
    // Messages wait for a longer pause of TCP.
    talk.run(1_000);
    talk.world.resume(1);
    talk.run(15_000);
    assert!(talk.refused_until(back) <= 1_100, "{:?}", talk.refused);
    assert!(talk.world.all_verified());
}

#[test]
fn proofs_lost_with_a_connection_are_told_again_and_mute_nobody() {
    for who in [0, 1] {
        let mut talk = Talk::new(3);
        talk.break_connection(who, 2_000);
        talk.run(20_000);
        assert_eq!(talk.refused, BTreeMap::new(), "client {who}");
        assert!(talk.world.all_verified());
    }
}

#[test]
fn who_was_muted_while_its_connection_was_dead_is_heard_a_second_after_it_is_back() {
    let mut talk = Talk::new(3);
    talk.break_connection(1, 9_000);
    let back = talk.world.now;
    assert!(!talk.refused.is_empty(), "nothing proved its frames");
    talk.run(20_000);
    assert!(talk.refused_until(back) <= 1_000, "{:?}", talk.refused);
    assert!(talk.world.all_verified());
}

#[test]
fn a_frame_of_a_forger_is_not_forgiven_when_the_service_cuts_connections() {
    let (mut world, _) = World::table(3, 1);
    let mut forger = forger(&world, 1, SeatId(3));
    let forged = forger.seal(Stream::Screen, 0, true, b"a forged screen");
    let forged = forged.ok().unwrap().bytes;
    let opened = world.clients[0]
        .session
        .open(world.now, Kind::Picture, &forged);
    assert!(opened.is_ok(), "it opens: every member has the keys");
    for _ in 0..4 {
        world.run(1_000);
        world.disconnect(0);
        world.run(300);
        world.reconnect(0);
    }
    world.run(500);
    assert_eq!(world.view(0).members[2].state, MemberState::Muted);
}

#[test]
fn a_forged_frame_whose_proof_was_lost_mutes_when_it_is_told_again() {
    let (mut world, _) = World::table(3, 1);
    let mut forger = forger(&world, 1, SeatId(3));
    let forged = forger.seal(Stream::Microphone, 0, false, b"forged");
    let forged = forged.ok().unwrap().bytes;
    let opened = world.clients[0]
        .session
        .open(world.now, Kind::Voice, &forged);
    assert!(opened.is_ok(), "it opens: every member has the keys");
    // What the victim said in its place is told on a connection that is dead.
    world.dead.insert(2);
    world.seal(2).unwrap();
    world.run(600);
    world.disconnect(2);
    world.reconnect(2);
    world.seal(2).unwrap();
    world.run(1_500);
    assert_eq!(world.view(0).members[2].state, MemberState::Muted);
    let next = world.seal(2).unwrap();
    assert_eq!(world.open(0, &next).err(), Some(FrameRefused::Muted));
}

#[test]
fn a_frame_held_back_is_late_although_it_was_told_again() {
    let mut talk = Talk::new(3);
    talk.world.dead.insert(1);
    let held_back = talk.world.seal(1).unwrap();
    talk.run(1_000);
    talk.world.disconnect(1);
    talk.world.reconnect(1);
    talk.run(6_000);
    let open = talk.world.open(0, &held_back);
    assert_eq!(open.err(), Some(FrameRefused::Late));
}

fn forger(world: &World, at: usize, victim: SeatId) -> Sealer {
    let session = &world.clients[at].session;
    let member = session.member.as_ref().unwrap();
    let (victim, _) = member.leaf_of(victim).unwrap();
    let base = member.base_key(&session.me).ok().unwrap();
    Sealer::new(world.call, base, member.epoch(), victim)
        .ok()
        .unwrap()
}
