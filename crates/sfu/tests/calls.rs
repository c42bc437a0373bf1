//! Whole calls on virtual time.

use std::time::Duration;

use testkit::World;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn two_seats_see_and_hear_each_other() {
    let mut world = World::new();
    world.join(1);
    world.join(2);
    world.view(1, &[(2, 720)]);
    world.view(2, &[(1, 720)]);
    world.run(5 * SECOND);
    for (seat, other) in [(1, 2), (2, 1)] {
        let heard = world.heard(seat, other, world.start);
        let decoded = world.decoded(seat, other, world.start);
        assert!(heard > 200, "seat {seat} heard {heard}");
        assert!(decoded > 60, "seat {seat} decoded {decoded}");
        world.viewer(seat, other).assert_continuous();
    }
    assert_eq!(world.sfu.figures().panics, 0);
}
