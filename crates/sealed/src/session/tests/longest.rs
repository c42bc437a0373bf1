//! The longest and heaviest texts a plan may have, through all that carries them.

use protocol::{
    SeatId,
    limits::{
        COMMIT_CHARS_MAX, GRANT_CHARS_MAX, KNOCK_CHARS_MAX, NAME_BYTES_MAX, SEALED_PLAN_CHARS_MAX,
        SMALL_MESSAGE_BYTES_MAX, TITLE_BYTES_MAX,
    },
};

use super::world::World;
use crate::{convene, session::Act};

/// A letter of nine bytes.
const HEAVY: &str = "\u{1112}\u{1161}\u{11ab}";

/// A text of as many bytes as may be, which ends in `last`.
fn heavy(bytes: usize, last: &str) -> String {
    HEAVY.repeat((bytes - last.len()) / HEAVY.len()) + last
}

#[test]
fn a_call_of_the_heaviest_texts_is_convened_entered_and_sealed() {
    let mut world = World::new(3, 1);
    world.plan.title = heavy(TITLE_BYTES_MAX, "");
    for (at, delegation) in world.plan.delegations.iter_mut().enumerate() {
        // The full name stands in for the short one: it is there twice.
        delegation.name = heavy(NAME_BYTES_MAX, &at.to_string());
        delegation.short_name = None;
        for seat in &mut delegation.seats {
            seat.name = heavy(NAME_BYTES_MAX, "");
            seat.title = heavy(NAME_BYTES_MAX, "");
        }
    }
    world.new = convene::new_call(&world.secret, &world.plan, world.call, world.now).unwrap();
    assert!(world.new.plan.as_str().len() <= SEALED_PLAN_CHARS_MAX);
    for token in &world.new.tokens {
        let length = token.grant.as_str().len();
        assert!(length <= GRANT_CHARS_MAX, "a grant of {length}");
    }
    let host = world.machine(1);
    let host = world.arrive(&host, false);
    for seat in [2, 3] {
        let guest = world.machine(seat);
        world.arrive(&guest, false);
        world.run(500);
        world.act(host, Act::Admit { seat: SeatId(seat) });
    }
    world.until(3_000, "all are verified", World::all_verified);
    for told in &world.told {
        let message: serde_json::Value = serde_json::from_str(told).unwrap();
        let limit = match message["type"].as_str().unwrap() {
            "knock" => KNOCK_CHARS_MAX.min(SMALL_MESSAGE_BYTES_MAX),
            _ => COMMIT_CHARS_MAX,
        };
        assert!(told.len() <= limit, "{} of {}", message["type"], told.len());
    }
}
