//! Networks that go away and come back while people talk: of signalling, of frames, of both, one way or
//! the other, at either end. Nobody is accused, a voice is lost only where its frames are, and whoever is
//! back is heard again at once, by proof and not by forgiveness.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    anything::Dice,
    world::{STEP_MS, World},
};
use crate::{
    media::{envelope::Kind, kid::Stream},
    session::{FrameRefused, MemberState, Output, ProblemKind, UNPROVEN_MS},
};

/// Everybody speaks all the time, 50 frames a second; frames take 100 ms, longer than messages.
struct Talk {
    world: World,
    /// Clients whose frames are lost on their way out, and on their way in.
    lost_out: BTreeSet<usize>,
    lost_in: BTreeSet<usize>,
    /// Of a hundred frames so many are lost.
    loss: u64,
    dice: Dice,
    under_way: Vec<(u64, usize, Vec<u8>)>,
    /// By sender and receiver: frames that wait for their proof, with when they came.
    held: BTreeMap<Way, Vec<(u64, Vec<u8>)>>,
    /// When frames were given out, and how long they had waited.
    given: BTreeMap<Way, Vec<(u64, u64)>>,
    refused: BTreeMap<Way, Vec<(u64, FrameRefused)>>,
    frames: u64,
}

/// Sender and receiver.
type Way = (usize, usize);

const FRAMES_TAKE_MS: u64 = 100;

impl Talk {
    fn new(seats: u16) -> Self {
        let (world, _) = World::table(seats, 1);
        let mut talk = Self {
            world,
            lost_out: BTreeSet::new(),
            lost_in: BTreeSet::new(),
            loss: 0,
            dice: Dice::new(7),
            under_way: Vec::new(),
            held: BTreeMap::new(),
            given: BTreeMap::new(),
            refused: BTreeMap::new(),
            frames: 0,
        };
        talk.run(2_000);
        talk
    }

    fn run(&mut self, ms: u64) {
        let end = self.world.now + ms;
        while self.world.now < end {
            self.world.run(STEP_MS);
            self.retry();
            self.nobody_is_accused();
            self.frames += STEP_MS;
            while self.frames >= 20 {
                self.frames -= 20;
                self.speak();
            }
            self.hear();
        }
    }

    fn speak(&mut self) {
        for from in self.world.seated() {
            let Some(sealed) = self.world.seal(from) else {
                continue;
            };
            if !self.lost_out.contains(&from) {
                let at = self.world.now + FRAMES_TAKE_MS;
                self.under_way.push((at, from, sealed));
            }
        }
    }

    fn hear(&mut self) {
        let now = self.world.now;
        let due = self.under_way.extract_if(.., |(at, ..)| *at <= now);
        for (_, from, sealed) in due.collect::<Vec<_>>() {
            for to in self.world.seated() {
                let lost = self.lost_in.contains(&to) || self.dice.roll(100) < self.loss;
                if to != from && !lost {
                    self.open(from, to, now, sealed.clone());
                }
            }
        }
    }

    fn open(&mut self, from: usize, to: usize, since: u64, sealed: Vec<u8>) {
        let now = self.world.now;
        match self.world.open(to, &sealed) {
            Ok(_) => self
                .given
                .entry((from, to))
                .or_default()
                .push((now, now - since)),
            Err(FrameRefused::Unproven | FrameRefused::Later) if now < since + UNPROVEN_MS => {
                self.held
                    .entry((from, to))
                    .or_default()
                    .push((since, sealed));
            }
            Err(why) => self.refused.entry((from, to)).or_default().push((now, why)),
        }
        let session = &mut self.world.clients[to].session;
        let (mut outputs, mut proven) = (Vec::new(), false);
        while let Some(output) = session.poll_output() {
            proven |= matches!(output, Output::Proven);
            outputs.push(output);
        }
        for output in outputs {
            if let Output::Send(message) = output {
                self.world.serve(to, message);
            }
        }
        if proven {
            self.retry_of(from, to);
        }
    }

    fn retry(&mut self) {
        for (from, to) in self.held.keys().copied().collect::<Vec<_>>() {
            self.retry_of(from, to);
        }
    }

    fn retry_of(&mut self, from: usize, to: usize) {
        for (since, sealed) in self.held.remove(&(from, to)).unwrap_or_default() {
            self.open(from, to, since, sealed);
        }
    }

    fn nobody_is_accused(&self) {
        use ProblemKind as K;
        for at in self.world.seated() {
            let view = self.world.view(at);
            let blames =
                |kind| matches!(kind, K::ForgedMedia | K::WordsDifferent | K::DeviceChanged);
            let blamed = view.problems.iter().any(|problem| blames(problem.kind));
            use MemberState as S;
            let blames = |state| matches!(state, S::Forged | S::Different | S::Changed);
            let accused = view.members.iter().any(|member| blames(member.state));
            assert!(!blamed && !accused, "client {at} accuses somebody");
        }
    }

    /// The connection of a client dies; that is noticed after so long, and another one is made.
    fn break_connection(&mut self, at: usize, noticed_ms: u64) {
        self.world.dead.insert(at);
        self.run(noticed_ms);
        self.world.disconnect(at);
        self.run(300);
        self.world.reconnect(at);
    }

    /// Frames that were given out between these times, by anybody to anybody, at least.
    fn least_given(&self, from_ms: u64, to_ms: u64) -> usize {
        let pairs = self.world.seated();
        let pairs = pairs
            .iter()
            .flat_map(|from| pairs.iter().map(move |to| (*from, *to)));
        let given = |pair: (usize, usize)| {
            let times = self.given.get(&pair).into_iter().flatten();
            times
                .filter(|(at, _)| (from_ms..to_ms).contains(at))
                .count()
        };
        pairs
            .filter(|(from, to)| from != to)
            .map(given)
            .min()
            .unwrap_or(0)
    }

    fn longest_wait(&self, since: u64) -> u64 {
        let all = self.given.values().flatten().filter(|(at, _)| *at >= since);
        all.map(|(_, waited)| *waited).max().unwrap_or(0)
    }
}

#[test]
fn signalling_that_stalls_for_10_seconds_costs_no_voice() {
    for at in [0, 1] {
        let mut talk = Talk::new(3);
        let start = talk.world.now;
        talk.world.stall(at);
        talk.run(10_000);
        let heard = talk.least_given(start, talk.world.now);
        assert!(heard >= 498, "{heard} of 500, client {at}");
        assert_eq!(talk.longest_wait(start), 0);
        assert_eq!(talk.refused, BTreeMap::new());
        talk.world.resume(at);
        talk.run(5_000);
        assert_eq!(talk.refused, BTreeMap::new());
        assert!(talk.world.all_verified());
    }
}

#[test]
fn whatever_is_cut_and_for_how_long_voices_are_back_in_3_seconds_and_nobody_is_accused() {
    for at in [0, 1] {
        for seconds in [1, 3, 7, 12, 20, 40] {
            for (what, signalling, out, inwards) in [
                ("signalling", true, false, false),
                ("frames", false, true, true),
                ("both", true, true, true),
                ("frames of it", false, true, false),
                ("frames to it", false, false, true),
            ] {
                let mut talk = Talk::new(3);
                if signalling {
                    talk.world.stall(at);
                }
                talk.lost_out.extend(out.then_some(at));
                talk.lost_in.extend(inwards.then_some(at));
                talk.run(seconds * 1_000);
                if signalling {
                    talk.world.resume(at);
                }
                talk.lost_out.clear();
                talk.lost_in.clear();
                let back = talk.world.now;
                talk.run(6_000);
                let heard = talk.least_given(back + 3_000, back + 6_000);
                assert!(heard >= 148, "{what} of {at} for {seconds} s: {heard}");
                assert!(talk.world.all_verified(), "{what} of {at} for {seconds} s");
            }
        }
    }
}

#[test]
fn random_cuts_and_losses_accuse_nobody_and_end_well() {
    for seed in 0..12 {
        let mut talk = Talk::new(3);
        let mut dice = Dice::new(seed);
        talk.loss = dice.roll(20);
        talk.world.delays = Some((seed, 300));
        for _ in 0..8 {
            let at = dice.roll(3) as usize;
            let what = dice.roll(4);
            match what {
                0 => talk.world.stall(at),
                1 => drop(talk.lost_out.insert(at)),
                2 => drop(talk.lost_in.insert(at)),
                _ => talk.break_connection(at, dice.roll(6_000)),
            }
            talk.run(dice.roll(12_000));
            if what == 0 {
                talk.world.resume(at);
            }
            talk.lost_out.clear();
            talk.lost_in.clear();
            talk.run(dice.roll(4_000));
        }
        talk.loss = 0;
        talk.world.delays = None;
        talk.run(5_000);
        let end = talk.world.now;
        talk.run(2_000);
        assert!(talk.least_given(end, end + 2_000) >= 99, "seed {seed}");
        assert!(talk.world.all_verified(), "seed {seed}");
    }
}

#[test]
fn of_lossy_lines_no_frame_that_came_is_lost() {
    for loss in [5, 15, 30] {
        let mut talk = Talk::new(3);
        talk.loss = loss;
        let start = talk.world.now;
        talk.run(60_000);
        let sent = 60 * 50 * (100 - loss) / 100;
        let least = talk.least_given(start, talk.world.now) as u64;
        assert!(least >= sent * 95 / 100, "{loss} %: {least} of {sent}");
        let of_proof = |why: &&(u64, FrameRefused)| why.1 == FrameRefused::Unproven;
        let dropped = talk.refused.values().flatten().filter(of_proof).count();
        assert_eq!(dropped, 0, "{loss} %");
        let all: Vec<_> = talk.given.values().flatten().collect();
        let waited = all.iter().filter(|(_, waited)| *waited > 0).count();
        assert!(
            waited * 100 <= all.len() * loss as usize / 2,
            "{loss} %: {waited}"
        );
    }
}

#[test]
fn proofs_lost_with_a_connection_cost_nothing() {
    for who in [0, 1] {
        let mut talk = Talk::new(3);
        talk.break_connection(who, 9_000);
        talk.run(20_000);
        assert_eq!(talk.refused, BTreeMap::new(), "client {who}");
        assert!(talk.world.all_verified());
    }
}

#[test]
fn what_was_said_last_before_a_cut_is_proven_after_it() {
    let mut talk = Talk::new(3);
    // Between two manifests.
    talk.run(300);
    talk.world.stall(1);
    talk.lost_out.insert(1);
    talk.run(30_000);
    talk.lost_out.clear();
    talk.world.resume(1);
    talk.run(4_000);
    let debts = talk.world.clients[0]
        .session
        .table
        .pulses
        .lacks(talk.world.now);
    assert!(!debts);
    let before = talk.world.now;
    talk.run(2_000);
    assert_eq!(
        talk.longest_wait(before),
        0,
        "it plays ahead of its proof again"
    );
}

#[test]
fn a_frame_held_back_is_late_although_it_was_told_again() {
    let mut talk = Talk::new(3);
    let held_back = talk.world.seal(1).unwrap();
    talk.run(7_000);
    let open = talk.world.open(0, &held_back);
    assert_eq!(open.err(), Some(FrameRefused::Late));
}

#[test]
fn pictures_that_stand_still_are_proven_each_by_itself() {
    let mut talk = Talk::new(3);
    for picture in 0..10 {
        let now = talk.world.now;
        let session = &mut talk.world.clients[1].session;
        let sealed = session.seal(now, Stream::Screen, 0, picture == 0, b"a page");
        let sealed = sealed.unwrap();
        let now = talk.world.now;
        let opened = talk.world.clients[0]
            .session
            .open(now, Kind::Picture, &sealed);
        assert!(opened.is_ok(), "picture {picture}");
        talk.run(3_000);
        assert!(talk.world.all_verified());
    }
}

/// Taken out after a minute, and back as soon as its line is.
#[test]
fn who_was_away_for_about_a_minute_is_back_within_seconds() {
    for away in (58_000..=63_000).step_by(500) {
        let (mut world, _) = World::table(3, 1);
        world.run(2_000);
        world.disconnect(1);
        world.run(away);
        world.reconnect(1);
        let took = world.until(20_000, "all are verified again", World::all_verified);
        println!("{away}: {took}");
        assert!(took <= 3_000, "{took} ms after {away} ms");
    }
}
