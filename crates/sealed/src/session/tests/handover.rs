//! From the keys of one epoch to those of the next while people speak: nothing that is said is lost.

use std::collections::VecDeque;

use super::world::{STEP_MS, World};
use crate::session::{Act, FrameRefused};

/// Frames arrive after this long, on a path of their own.
const PATH_MS: u64 = 100;
/// As long as clients hold a frame whose key is on its way.
const HELD_MS: u64 = 500;

/// Everybody speaks, all the time.
#[derive(Default)]
struct Voices {
    /// When, for whom, what.
    flying: VecDeque<(u64, usize, Vec<u8>)>,
    opened: usize,
    refused: Vec<(u64, usize, FrameRefused)>,
}

impl Voices {
    fn speak(&mut self, world: &mut World) {
        let all = world.seated();
        for from in &all {
            let sealed = world.seal(*from).expect("it may send");
            let others = all.iter().filter(|to| *to != from);
            let flying = others.map(|to| (world.now + PATH_MS, *to, sealed.clone()));
            self.flying.extend(flying);
        }
        self.listen(world);
    }

    fn listen(&mut self, world: &mut World) {
        for (at, to, sealed) in std::mem::take(&mut self.flying) {
            if world.now < at {
                self.flying.push_back((at, to, sealed));
                continue;
            }
            match world.open(to, &sealed) {
                Ok(_) => self.opened += 1,
                Err(FrameRefused::Later) if world.now < at + HELD_MS => {
                    self.flying.push_back((at, to, sealed));
                }
                Err(why) => self.refused.push((world.now - at, to, why)),
            }
        }
    }

    fn run(&mut self, world: &mut World, ms: u64) {
        let end = world.now + ms;
        while world.now < end {
            world.run(STEP_MS);
            self.speak(world);
        }
    }
}

#[test]
fn epochs_faster_than_they_are_confirmed_cost_no_frame() {
    let (mut world, _) = World::table(3, 1);
    let epoch = world.view(0).epoch;
    // Slower than a commit and the heartbeats that confirm it; faster than senders wait for them.
    world.delays = Some((1, 1_200));
    let mut voices = Voices::default();
    for _ in 0..10 {
        let language = "en".to_owned();
        world.act(0, Act::CheckWords { language });
        voices.run(&mut world, 1_000);
    }
    voices.run(&mut world, 2_000);
    assert!(world.view(0).epoch >= epoch + 7, "the epochs came fast");
    assert_eq!(voices.refused, []);
    assert!(voices.opened > 3 * 2 * 200);
}
