//! Refused frames are counted, each by its reason.

use protocol::SeatId;

use super::world::World;
use crate::{
    media::envelope::Kind,
    session::{Act, FrameCounts, RefusedFrames},
};

fn counts(world: &World, at: usize) -> FrameCounts {
    world.view(at).frames
}

#[test]
fn refused_frames_are_counted_by_their_reason() {
    let (mut world, _) = World::table(3, 1);
    let [first, second, third] = [1, 1, 2].map(|from| world.seal(from).unwrap());
    world.open(0, &first).unwrap();
    world.open(0, &first).unwrap_err();
    let mut changed = second.clone();
    *changed.last_mut().unwrap() ^= 1;
    world.open(0, &changed).unwrap_err();
    world.open(0, &second[..3]).unwrap_err();
    world.act(0, Act::Remove { seat: SeatId(3) });
    world.open(0, &third).unwrap_err();
    world.until(1_000, "it is removed", |w| {
        w.view(0).table.members.len() == 2
    });
    world.open(0, &third).unwrap_err();
    world.run(6_000);
    world.open(0, &second).unwrap_err();
    let expected = FrameCounts {
        sealed: 0,
        opened: 1,
        refused: 6,
        early: 0,
        reasons: RefusedFrames {
            replayed: 1,
            not_authentic: 1,
            malformed: 1,
            blocked: 1,
            no_such_member: 1,
            wrong_epoch: 1,
            ..RefusedFrames::default()
        },
    };
    assert_eq!(counts(&world, 0), expected);
}

#[test]
fn frames_of_before_somebody_came_are_no_refusals() {
    let (mut world, machines) = World::table(3, 1);
    let before = world.seal(0).unwrap();
    let mut outside = world.session(&machines[2]);
    assert!(outside.open(world.now, Kind::Voice, &before).is_err());
    let frames = outside.view().frames;
    assert_eq!((frames.refused, frames.reasons.not_a_member), (1, 1));

    world.crash(2);
    let again = world.arrive(&machines[2], true);
    world.until(3_000, "it is back", |w| w.view(again).me.leaf.is_some());
    world.open(again, &before).unwrap_err();
    assert_eq!(counts(&world, again).refused, 0);
    assert_eq!(counts(&world, again).early, 1);
}

#[test]
fn frames_that_may_open_yet_are_no_refusals() {
    let (mut world, _) = World::table(3, 1);
    let here = world.now;
    world.tamper = Some(Box::new(move |now, to, message| {
        let withheld = to == 2 && now < here + 3_000;
        if withheld { vec![] } else { vec![message] }
    }));
    let language = "en".to_owned();
    world.act(0, Act::CheckWords { language });
    world.run(2_000);
    let ahead = world.seal(0).unwrap();
    world.open(2, &ahead).unwrap_err();
    assert_eq!(counts(&world, 2), FrameCounts::default());
}
