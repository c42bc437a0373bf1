//! Whose a frame is: forgers under a victim's name, and services that hide what would prove it.

use protocol::{CircleId, SeatId};

use super::world::World;
use crate::{
    media::{
        envelope::Kind,
        kid::Stream,
        manifest::{Carrier, Manifest},
        seal::Sealer,
    },
    session::{FrameRefused, MemberState, Output, ProblemKind},
};

const FORGER: usize = 1;
const VICTIM: usize = 2;

/// Seat 2 seals under the key ids of seat 3; the host, client 0, listens. The victim speaks.
struct Forgery {
    world: World,
    forger: Sealer,
    /// Frames the host holds for their proof.
    held: Vec<(u64, Vec<u8>)>,
    played: Vec<Vec<u8>>,
    refused: Vec<FrameRefused>,
}

impl Forgery {
    fn new() -> Self {
        let (world, _) = World::table(3, 1);
        let forger = forger(&world);
        Self {
            world,
            forger,
            held: Vec::new(),
            played: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// What the host does with a frame, as clients do: it holds what is not proven yet.
    fn hear(&mut self, bytes: &[u8]) {
        self.try_one(self.world.now, bytes.to_vec());
        let mut released = false;
        while let Some(output) = self.world.clients[0].session.poll_output() {
            match output {
                Output::Proven => released = true,
                Output::Send(message) => self.world.serve(0, message),
                _ => {}
            }
        }
        if released {
            self.retry();
        }
    }

    fn try_one(&mut self, since: u64, bytes: Vec<u8>) {
        let now = self.world.now;
        match self.world.clients[0].session.open(now, Kind::Voice, &bytes) {
            Ok(opened) => self.played.push(opened.frame),
            Err(FrameRefused::Unproven) if now < since + crate::session::UNPROVEN_MS => {
                self.held.push((since, bytes));
            }
            Err(why) => self.refused.push(why),
        }
    }

    fn retry(&mut self) {
        for (since, bytes) in std::mem::take(&mut self.held) {
            self.try_one(since, bytes);
        }
    }

    /// The forger's next frame has the number the victim's will have after this many more.
    fn be_ahead(&mut self, frames: u64) {
        let next = self.world.clients[VICTIM]
            .session
            .table
            .frames
            .counts
            .sealed
            + frames;
        self.forger.skip_to(Stream::Microphone, 0, next);
    }

    /// The victim speaks for so long, a frame every 20 ms; before each so many forged ones come.
    fn speak(&mut self, ms: u64, forged: usize, passes: impl Fn(&[u8]) -> bool) {
        for frame in 0..ms / 20 {
            for _ in 0..forged {
                let forged = self.forger.seal(Stream::Microphone, 0, false, b"forged");
                self.hear(&forged.ok().unwrap().bytes);
            }
            let now = self.world.now;
            let session = &mut self.world.clients[VICTIM].session;
            let sealed = session.seal(now, Stream::Microphone, 0, false, b"voice");
            let sealed = sealed.expect("it may send");
            if passes(&sealed) {
                self.hear(&sealed);
            }
            // The clock of the world goes in steps of 50 ms.
            if frame % 5 < 2 {
                self.world.run(50);
                self.retry();
            }
        }
    }

    fn count(&self, what: &[u8]) -> usize {
        self.played.iter().filter(|played| *played == what).count()
    }

    fn state(&self) -> MemberState {
        self.world.view(0).table.members[VICTIM].state
    }

    fn is_named(&self) -> bool {
        let problems = &self.world.view(0).table.problems;
        problems.iter().any(|p| p.kind == ProblemKind::ForgedMedia)
    }
}

fn forger(world: &World) -> Sealer {
    let session = &world.clients[FORGER].session;
    let member = session.table.member.as_ref().unwrap();
    let (victim, _) = member.leaf_of(SeatId(3)).unwrap();
    let base = member.base_key(&session.table.me).ok().unwrap();
    Sealer::new(world.call, CircleId::TABLE, base, member.epoch(), victim)
        .ok()
        .unwrap()
}

/// A frame with a manifest is longer than the packets around it: what a server can see.
fn without_manifest(bytes: &[u8]) -> bool {
    bytes.len() < 200
}

#[test]
fn an_honest_voice_is_played_whole_and_at_once() {
    let mut scene = Forgery::new();
    scene.speak(10_000, 0, |_| true);
    assert_eq!(scene.count(b"voice"), 500);
    assert!(scene.held.is_empty() && scene.refused.is_empty());
    assert_eq!(scene.state(), MemberState::Verified);
}

#[test]
fn a_forged_frame_is_named_when_a_manifest_contradicts_it() {
    let mut scene = Forgery::new();
    scene.speak(600, 0, |_| true);
    scene.be_ahead(0);
    for _ in 0..10 {
        let forged = scene.forger.seal(Stream::Microphone, 0, false, b"forged");
        scene.hear(&forged.ok().unwrap().bytes);
    }
    assert_eq!(scene.count(b"forged"), 10, "every member has the keys");
    assert!(!scene.is_named(), "nothing signed contradicts it yet");
    scene.speak(1_000, 0, |_| true);
    assert!(scene.is_named());
    assert_eq!(scene.state(), MemberState::Forged);
    // The true frames, whose numbers the forged ones had, are played all the same.
    scene.world.run(1_000);
    scene.retry();
    assert_eq!(scene.count(b"voice"), 80);
}

#[test]
fn after_a_forgery_only_proven_frames_play() {
    let mut scene = Forgery::new();
    scene.speak(600, 0, |_| true);
    scene.be_ahead(1);
    scene.speak(1_000, 1, |_| true);
    assert!(scene.is_named());
    assert!(
        scene.count(b"forged") > 0,
        "it was given out ahead of its proof"
    );
    let (forged, voice) = (scene.count(b"forged"), scene.count(b"voice"));
    scene.speak(20_000, 2, |_| true);
    assert_eq!(scene.count(b"forged"), forged, "none is played any more");
    assert!(
        scene.count(b"voice") >= voice + 960,
        "and all true ones are"
    );
}

#[test]
fn a_flood_under_a_victims_name_costs_it_no_frame() {
    let mut scene = Forgery::new();
    scene.speak(600, 0, |_| true);
    // 2,000 frames a second, on counters far ahead as well.
    scene.be_ahead(0);
    scene.speak(5_000, 40, |_| true);
    assert!(scene.is_named());
    assert!(scene.count(b"forged") <= 128, "{}", scene.count(b"forged"));
    scene.speak(2_000, 0, |_| true);
    scene.world.run(1_000);
    scene.retry();
    assert!(scene.count(b"voice") >= 375, "{}", scene.count(b"voice"));
    // An hour later the forger wins nothing either.
    let forged = scene.count(b"forged");
    scene.world.run(60_000);
    scene.speak(2_000, 40, |_| true);
    assert_eq!(scene.count(b"forged"), forged);
}

#[test]
fn frames_nothing_tells_of_are_never_given_out() {
    let (mut world, _) = World::table(3, 1);
    let mut forger = forger(&world);
    for _ in 0..100 {
        let forged = forger.seal(Stream::Screen, 0, true, b"a forged screen");
        let forged = forged.ok().unwrap().bytes;
        let now = world.now;
        let opened = world.clients[0].session.open(now, Kind::Picture, &forged);
        assert_eq!(opened.err(), Some(FrameRefused::Unproven));
        world.run(50);
    }
    assert_eq!(
        world.view(0).table.members[VICTIM].state,
        MemberState::Unproven
    );
    let kinds: Vec<_> = world
        .view(0)
        .table
        .problems
        .iter()
        .map(|p| p.kind)
        .collect();
    assert_eq!(kinds, [ProblemKind::Unproven], "and nobody is blamed");
    world.run(2_000);
    assert_eq!(
        world.view(0).table.members[VICTIM].state,
        MemberState::Verified
    );
}

#[test]
fn when_manifests_are_withheld_frames_are_held_back_after_a_moment() {
    let mut scene = Forgery::new();
    scene.speak(600, 0, |_| true);
    let before = scene.played.len();
    // Neither the frames that carry them nor a word of signalling comes through any more.
    scene.world.dead.insert(0);
    scene.speak(4_000, 0, without_manifest);
    assert!(scene.played.len() - before <= 80, "1.5 s, and no more");
    assert_eq!(scene.state(), MemberState::Unproven);
    assert!(!scene.is_named());
    // As soon as one comes, so do the frames.
    let held_back = scene.played.len();
    scene.speak(1_000, 0, |_| true);
    assert!(
        scene.played.len() - held_back >= 75,
        "{}",
        scene.played.len() - held_back
    );
    assert_ne!(scene.state(), MemberState::Unproven);
}

#[test]
fn when_manifests_are_withheld_signalling_proves_frames_instead() {
    let mut scene = Forgery::new();
    scene.speak(600, 0, |_| true);
    scene.speak(20_000, 0, without_manifest);
    scene.retry();
    let expected = 1_030 * 24 / 25;
    assert!(
        scene.count(b"voice") + 60 >= expected,
        "{}",
        scene.count(b"voice")
    );
    assert_eq!(scene.state(), MemberState::Verified);
}

#[test]
fn a_forger_whose_service_withholds_manifests_is_held_back_with_its_victim() {
    let mut scene = Forgery::new();
    scene.speak(600, 0, |_| true);
    scene.world.dead.insert(0);
    // Only the forger's frames come; what the victim says is lost.
    scene.be_ahead(0);
    scene.speak(10_000, 1, |_| false);
    assert!(scene.count(b"forged") <= 75, "{}", scene.count(b"forged"));
    assert_eq!(scene.state(), MemberState::Absent);
}

#[test]
fn a_manifest_its_leaf_did_not_sign_for_this_frame_proves_nothing() {
    let mut scene = Forgery::new();
    scene.speak(600, 0, |_| true);
    let session = &scene.world.clients[FORGER].session;
    let (leaf_key, member) = (
        session.table.me.leaf_key.clone(),
        session.table.member.as_ref().unwrap(),
    );
    let (call, group, epoch) = (scene.world.call, member.group(), member.epoch());
    let manifest = |kid, ctr| {
        let carrier = Carrier {
            call,
            group,
            epoch,
            kid,
            ctr,
            key: false,
            frame: b"forged",
        };
        let says = Manifest {
            slots: 75,
            ..Manifest::default()
        };
        Some(says.write(&carrier, |label, content| leaf_key.sign(label, content)))
    };
    for _ in 0..100 {
        let forged = (scene.forger).seal_with(Stream::Microphone, 0, false, b"forged", manifest);
        scene.hear(&forged.ok().unwrap().bytes);
    }
    assert_eq!(scene.count(b"forged"), 0);
    assert!(scene.refused.contains(&FrameRefused::BadManifest));
    assert!(
        !scene.is_named(),
        "whoever made them, it was not told by the victim"
    );
    let before = scene.count(b"voice");
    scene.speak(1_000, 0, |_| true);
    assert_eq!(
        scene.count(b"voice"),
        before + 50,
        "and it costs the victim nothing"
    );
}

#[test]
fn a_replay_is_refused_whether_it_was_proven_or_not() {
    let mut scene = Forgery::new();
    let mut all = Vec::new();
    for _ in 0..30 {
        let now = scene.world.now;
        let session = &mut scene.world.clients[VICTIM].session;
        let sealed = session.seal(now, Stream::Microphone, 0, false, b"voice");
        all.extend(sealed.ok());
    }
    for _ in 0..2 {
        for sealed in &all {
            scene.hear(sealed);
        }
    }
    assert_eq!(scene.count(b"voice"), 30);
    assert_eq!(scene.refused.len(), 30);
}
