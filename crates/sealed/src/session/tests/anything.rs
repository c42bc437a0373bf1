//! Whatever people do, in any order: what must hold of a sealed call at every moment. The model is
//! who sits where; the order of acts comes from a seed, which a failure names.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{GroupRef, SeatId};

use super::world::{Machine, Place, World};
use crate::{
    keys::PublicKey,
    media::{
        envelope::{Kind, clear_bytes},
        kid::Stream,
        sframe::Header,
    },
    session::{Act, FrameRefused, Stage},
};

/// xorshift64*; small and good enough to choose what happens next.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides
    }
}

/// What was seen so far, by those who watch.
#[derive(Default)]
struct Watch {
    /// Authenticator and leaves of every epoch of every group.
    epochs: BTreeMap<GroupEpoch, (Vec<u8>, Vec<PublicKey>)>,
    /// Keys, by group and epoch and key id, and counters used.
    used: BTreeSet<(GroupEpoch, u64, u64)>,
    highest: BTreeMap<usize, GroupEpoch>,
    /// Frames with the group and epoch they were sealed in.
    frames: Vec<(GroupEpoch, SeatId, Kind, Vec<u8>)>,
}

/// Number of a group, and an epoch of it.
type GroupEpoch = (GroupRef, u64);

/// All that a seat can send: streams, and layers of pictures.
const SENT: [(Stream, u8); 5] = [
    (Stream::Microphone, 0),
    (Stream::Camera, 0),
    (Stream::Camera, 1),
    (Stream::Camera, 2),
    (Stream::Screen, 0),
];

impl Watch {
    fn look(&mut self, world: &mut World) {
        for at in 0..world.clients.len() {
            let client = &world.clients[at];
            let Some(member) = client.session.table.member.as_ref() else {
                assert!(
                    world.seal(at).is_none(),
                    "outside the group nothing is sealed"
                );
                continue;
            };
            let now = (member.group(), member.epoch());
            let leaves: Vec<_> = member.roster.values().map(|leaf| leaf.leaf_key).collect();
            let seen = (member.authenticator().to_vec(), leaves);
            let known = self.epochs.entry(now).or_insert_with(|| seen.clone());
            assert_eq!(*known, seen, "two trees in group and epoch {now:?}");
            let highest = self.highest.entry(at).or_insert(now);
            assert!(
                now >= *highest,
                "client {at} went back from {highest:?} to {now:?}"
            );
            *highest = now;
            if client.place == Place::Seated {
                self.seal(world, at);
            }
        }
    }

    fn seal(&mut self, world: &mut World, at: usize) {
        let now = world.now;
        for (stream, layer) in SENT {
            let session = &mut world.clients[at].session;
            let Ok(sealed) = session.seal(now, stream, layer, false, b"frame") else {
                continue;
            };
            let kind = stream.kind();
            let clear = clear_bytes(kind, false).len();
            let (header, _) = Header::parse(&sealed[clear..]).unwrap();
            let member = session.table.member.as_ref().unwrap();
            // The sealer may still be in the epoch before; the key id says which.
            let key = (member.group(), u64::from(header.kid as u16));
            assert!(
                self.used.insert((key, header.kid, header.ctr)),
                "a counter used twice"
            );
            self.frames
                .push((key, session.table.me.seat(), kind, sealed));
        }
    }

    /// A frame opens for the members of its epoch, the removed, the gone and those who came later not
    /// among them. (All clients ever made go on getting all traffic.)
    fn spy(&self, world: &mut World) {
        let now = world.now;
        for at in 0..world.clients.len() {
            let own = world.clients[at].session.table.me.leaf_public();
            for (sealed_in, seat, kind, sealed) in self.frames.iter().rev().take(40 * SENT.len()) {
                let tree = self.epochs.get(sealed_in);
                if tree.is_some_and(|(_, leaves)| !leaves.contains(&own)) {
                    let opened = world.clients[at].session.open(now, *kind, sealed);
                    assert!(
                        opened.is_err(),
                        "client {at} opened a frame of {seat} of {sealed_in:?}"
                    );
                }
            }
        }
    }
}

struct Play {
    world: World,
    machines: Vec<Machine>,
    watch: Watch,
    dice: Dice,
}

impl Play {
    fn new(seed: u64) -> Self {
        let (world, machines) = World::table(5, 2);
        Self {
            world,
            machines,
            watch: Watch::default(),
            dice: Dice::new(seed),
        }
    }

    fn seated(&mut self) -> Option<usize> {
        let seated = self.world.seated();
        (!seated.is_empty()).then(|| seated[self.dice.roll(seated.len() as u64) as usize])
    }

    fn sits(&self, seat: u16) -> bool {
        let here = |c: &super::world::Client| c.seat == SeatId(seat) && c.place != Place::Gone;
        self.world.clients.iter().any(here)
    }

    fn step(&mut self) {
        let Some(at) = self.seated() else {
            return self.arrive();
        };
        let host = self
            .world
            .seated()
            .into_iter()
            .find(|at| self.world.clients[*at].session.table.me.is_host());
        let now = self.world.now;
        match self.dice.roll(12) {
            0 => self.world.crash(at),
            1 => {
                let machine = self.machine_of(at);
                self.world.crash(at);
                self.world.run(self.dice.roll(1_500));
                self.world.arrive(&machine, true);
            }
            2 => {
                self.world.disconnect(at);
                self.world.run(self.dice.roll(4_000));
                self.world.reconnect(at);
            }
            3 => {
                // Refused outside the group; it goes all the same.
                let _ = self.world.clients[at].session.act(now, Act::Leave {});
                self.world.run(100);
                self.world.crash(at);
            }
            4 => self.remove(host, at),
            5..=7 => self.arrive(),
            8 => {
                // Refused outside the group.
                let _ = self.world.clients[at].session.act(
                    now,
                    Act::Text {
                        text: "hello".into(),
                    },
                );
            }
            9 => {
                if let Some(host) = host {
                    let check = Act::CheckWords {
                        language: "en".into(),
                    };
                    let _ = self.world.clients[host].session.act(now, check);
                }
            }
            _ => {}
        }
        if let Some(host) = host {
            let _ = self.world.clients[host]
                .session
                .act(now, Act::AdmitAllVerified {});
        }
    }

    fn machine_of(&self, at: usize) -> Machine {
        let seat = usize::from(self.world.clients[at].seat.0);
        Machine {
            memory: self.world.clients[at].session.memory(),
            ..self.machines[seat - 1].clone()
        }
    }

    fn remove(&mut self, host: Option<usize>, at: usize) {
        let seat = self.world.clients[at].seat;
        let Some(host) = host.filter(|host| *host != at) else {
            return;
        };
        let session = &self.world.clients[host].session;
        if session
            .table
            .member
            .as_ref()
            .is_none_or(|m| m.leaf_of(seat).is_none())
        {
            return;
        }
        if self.world.clients[host]
            .session
            .act(self.world.now, Act::Remove { seat })
            .is_ok()
        {
            self.world.run(50);
            self.world.relink(seat.0);
            self.machines[usize::from(seat.0) - 1] = self.world.machine(seat.0);
        }
    }

    fn arrive(&mut self) {
        let absent: Vec<u16> = (1..=5).filter(|seat| !self.sits(*seat)).collect();
        if let Some(seat) = absent.get(self.dice.roll(5) as usize % absent.len().max(1)) {
            let machine = self.machines[usize::from(*seat) - 1].clone();
            self.world.arrive(&machine, false);
        }
    }
}

#[test]
fn whatever_people_do_the_group_stays_one_and_opens_for_its_members_only() {
    let runs: u64 = std::env::var("INCAMERA_RUNS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(24);
    for seed in 0..runs {
        let mut play = Play::new(seed);
        for _ in 0..25 {
            play.step();
            for _ in 0..3 {
                play.world.run(150);
                play.watch.look(&mut play.world);
            }
            play.watch.spy(&mut play.world);
        }
        // Left alone, whoever is at the table is in one group, if there is a host to let them in.
        for _ in 0..60 {
            play.world.run(500);
            let seated = play.world.seated();
            for at in seated {
                // Refused to those who are no hosts.
                let _ = play.world.clients[at]
                    .session
                    .act(play.world.now, Act::AdmitAllVerified {});
            }
            play.watch.look(&mut play.world);
        }
        let seated = play.world.seated();
        if seated
            .iter()
            .any(|at| play.world.clients[*at].session.table.me.is_host())
        {
            let stages: Vec<_> = seated
                .iter()
                .map(|at| {
                    (
                        *at,
                        play.world.view(*at).stage,
                        play.world.view(*at).group,
                        play.world.view(*at).epoch,
                        play.world.view(*at).verified,
                    )
                })
                .collect();
            assert!(
                stages.iter().all(|s| s.1 == Stage::Member),
                "seed {seed}: {stages:?}"
            );
            assert!(play.world.all_verified(), "seed {seed}: {stages:?}");
        }
    }
}

#[test]
fn nobody_is_alarmed_in_200_honest_runs_of_a_slow_network() {
    let (mut all, mut waited) = (0, 0);
    for seed in 0..200 {
        let mut dice = Dice::new(seed);
        let mut world = World::new(3, 1);
        world.delays = Some((seed, 20 + dice.roll(400)));
        let machines: Vec<_> = (1..=3).map(|seat| world.machine(seat)).collect();
        for machine in &machines {
            world.arrive(machine, false);
            world.run(1_500);
        }
        world.act(0, Act::AdmitAllVerified {});
        world.run(3_000);
        for _ in 0..40 {
            world.run(100);
            // Five frames of voice of each: 50 in a second.
            for from in (0..3).cycle().take(15) {
                let sealed = world.seal(from).expect("it may send");
                for to in (0..3).filter(|to| *to != from && dice.roll(20) > 0) {
                    let opened = world.open(to, &sealed);
                    let waits = opened == Err(FrameRefused::Unproven);
                    assert!(opened.is_ok() || waits, "seed {seed}");
                    all += 1;
                    waited += u32::from(waits);
                }
            }
            for at in 0..3 {
                assert!(world.view(at).table.problems.is_empty(), "seed {seed}");
                assert_eq!(world.view(at).verified, 3, "seed {seed}");
            }
        }
    }
    assert!(
        waited * 1_000 < all,
        "{waited} of {all} had to wait for their proof"
    );
}
