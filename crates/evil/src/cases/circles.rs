//! What the server can do to the circles beside the table: each delegation has one, and the server wires them all.

use std::time::Duration;

use protocol::{CircleId, ClientMessage, SeatId, ServerMessage, sealed::Class};
use sealed::session::{Act, ClaimProblem, MemberState, Sending};
use tokio::time::sleep;

use super::play;
use crate::{
    hall::Plan,
    proxy::Frame,
    suite::Case,
    table::{Table, in_circle, view},
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "circles-cross-wired",
        attack: "the server passes all that one delegation's circle says to the other delegation as well, also as if it were its own circle's",
        expected: "nobody else reads it, is in that circle, or loses its own",
        within_s: 0,
        plan: Plan::circles(),
        play: play!(cross_wired),
    },
    Case {
        name: "circle-passed-off-as-the-table",
        attack: "the server says of what was said in a circle that it was said at the table, and of the table's that it was a circle's",
        expected: "it counts in neither",
        within_s: 0,
        plan: Plan::circles(),
        play: play!(passed_off),
    },
    Case {
        name: "member-knocks-at-another-circle",
        attack: "a bribed member asks for a place in the other delegation's circle, and the server tells its head, who lets in whoever asks",
        expected: "it is shown as of another seat, and never let in",
        within_s: 5,
        plan: Plan::circles(),
        play: play!(knocks_elsewhere),
    },
    Case {
        name: "circle-kept-from-a-member",
        attack: "the server withholds what passes in one circle, and nothing of the table",
        expected: "nothing is sealed for that circle any more, and the table goes on",
        within_s: 17,
        plan: Plan::circles(),
        play: play!(kept_from_a_member),
    },
];

/// The circle of seats 1 and 2.
pub(super) const FIRST: CircleId = CircleId(1);
/// That of seats 3 and 4.
pub(super) const SECOND: CircleId = CircleId(2);

/// The same message, as if it were of another circle. Not what a server may say anyway to keep somebody out: that
/// there is another group, a welcome that is none, a commit that cannot be followed.
fn as_of(message: &ServerMessage, circle: CircleId) -> Option<ServerMessage> {
    let mut message = message.clone();
    match &mut message {
        ServerMessage::Ordered(entry) if entry.class == Class::Kept => entry.group.circle = circle,
        ServerMessage::Passing { group, .. } => group.circle = circle,
        ServerMessage::Knocked { circle: of, .. } => *of = circle,
        _ => return None,
    }
    Some(message)
}

fn circle_of(message: &ServerMessage) -> Option<CircleId> {
    match message {
        ServerMessage::Ordered(entry) => Some(entry.group.circle),
        ServerMessage::Passing { group, .. }
        | ServerMessage::Founded { group, .. }
        | ServerMessage::GroupWelcome { group, .. } => Some(group.circle),
        ServerMessage::Knocked { circle, .. } => Some(*circle),
        _ => None,
    }
}

/// Each circle's text is read by its own, and nothing else was written.
async fn read_their_own(t: &Table) -> Result<(), String> {
    let text = |text: &str| Act::Text { text: text.into() };
    t.act_in_circle(2, text("for the first")).await?;
    t.act_in_circle(4, text("for the second")).await?;
    for seat in 1..=4 {
        t.until(seat, "its delegation's text", |r| r.texts > 0)
            .await?;
    }
    sleep(Duration::from_secs(1)).await;
    for seat in 1..=4 {
        let own = match seat {
            1 | 2 => (1, "for the first".to_owned()),
            _ => (2, "for the second".to_owned()),
        };
        let read = t.texts(seat);
        if read != [own] {
            return Err(format!("seat {seat} read {read:?}"));
        }
        t.until(
            seat,
            "its circle is whole",
            in_circle(MemberState::Verified, 2),
        )
        .await?;
    }
    t.all_well(1..=4).await
}

async fn cross_wired(t: &mut Table) -> Result<(), String> {
    if t.attack {
        t.script(|post, conn, frame| {
            if let Frame::Down(message) = &frame
                && conn.seat <= 2
                && circle_of(message) == Some(FIRST)
            {
                for seat in [3, 4] {
                    post.tell(seat, message.clone());
                    if let Some(renamed) = as_of(message, SECOND) {
                        post.tell(seat, renamed);
                    }
                }
            }
            vec![frame]
        });
        t.strike();
        t.hit();
    }
    t.gather_in_circles().await?;
    read_their_own(t).await
}

async fn passed_off(t: &mut Table) -> Result<(), String> {
    t.gather_in_circles().await?;
    if t.attack {
        t.script(|_, conn, frame| {
            let own = if conn.seat <= 2 { FIRST } else { SECOND };
            let Frame::Down(message) = &frame else {
                return vec![frame];
            };
            let other = match circle_of(message) {
                Some(CircleId::TABLE) => own,
                Some(_) => CircleId::TABLE,
                None => return vec![frame],
            };
            let renamed = as_of(message, other).map(Frame::Down);
            renamed.into_iter().chain([frame]).collect()
        });
        t.strike();
        t.hit();
    }
    read_their_own(t).await
}

async fn knocks_elsewhere(t: &mut Table) -> Result<(), String> {
    if !t.attack {
        return t.gather_in_circles().await;
    }
    t.gather([1, 3, 4]).await?;
    t.until(
        3,
        "its circle is whole",
        in_circle(MemberState::Verified, 2),
    )
    .await?;
    let bribed = t.bribe(2).await?;
    t.strike();
    let knock = bribed.with(|session, _| session.forge_knock_at(SECOND));
    let knock = knock.map_err(|e| e.to_string())?;
    // What an honest server refuses, and what this one says.
    let asked = ClientMessage::Knock {
        circle: SECOND,
        knock: knock.clone(),
    };
    t.forge(&bribed, |_, _| Ok(vec![asked]))?;
    let told = ServerMessage::Knocked {
        circle: SECOND,
        seat: SeatId(2),
        waiting: false,
        knock,
    };
    for head in [3, 4] {
        t.tell(head, told.clone());
    }
    let is_named = |report: &participant::Report| {
        let circle = view(report).and_then(|view| view.circles.first());
        circle.is_some_and(|circle| {
            let claim = circle.waiting.iter().find(|claim| claim.seat.0 == 2);
            claim.is_some_and(|claim| claim.problem == Some(ClaimProblem::WrongSeat))
        })
    };
    t.shown(3, 5, "a claim of another seat", is_named).await?;
    // The person at the head says yes to it all the same.
    let _ = t.act_in_circle(3, Act::Admit { seat: SeatId(2) }).await;
    t.stays(
        3,
        3.0,
        "two in the circle",
        in_circle(MemberState::Verified, 2),
    )
    .await
}

async fn kept_from_a_member(t: &mut Table) -> Result<(), String> {
    t.gather_in_circles().await?;
    if !t.attack {
        return read_their_own(t).await;
    }
    t.script(|_, conn, frame| match &frame {
        Frame::Down(ServerMessage::Passing { group, .. })
            if conn.seat == 4 && group.circle == SECOND =>
        {
            vec![]
        }
        _ => vec![frame],
    });
    t.strike();
    let stopped = |report: &participant::Report| {
        let circle = view(report).and_then(|view| view.circles.first());
        circle.is_some_and(|circle| circle.sending == Sending::Stopped)
    };
    t.shown(4, 17, "nothing is sealed for the circle", stopped)
        .await?;
    let group = t.report(4)?.group;
    if group.sending != Some(Sending::Allowed) {
        return Err(format!("the table stopped as well: {group:?}"));
    }
    t.all_well(1..=4).await
}
