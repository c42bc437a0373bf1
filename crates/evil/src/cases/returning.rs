//! Clients that come back: reloads, the sole host's too, and stores restored from older copies.

use participant::Kept;
use protocol::{SeatId, ServerMessage};
use sealed::session::{Claim, ProblemKind};

use super::play;
use crate::{
    hall::Plan,
    proxy::Frame,
    suite::Case,
    table::{Table, problem, verified, view},
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "older-store-restored",
        attack: "a machine's store is restored from before the last epochs, and its client comes back",
        expected: "it is back in the same group; no counter is used again, so that nothing of it is refused",
        within_s: 15,
        plan: Plan::voices(1),
        play: play!(older_store),
    },
    Case {
        name: "sole-host-reloads",
        attack: "the only host's client is loaded again; the server withholds its way back, and seats a thief of a free seat's link",
        expected: "it begins the group anew within 10 s, which is shown; those it let in are back by its letters, the thief is asked about",
        within_s: 30,
        plan: Plan {
            seats: 4,
            hosts: 1,
            pictures: false,
            age_ms: 0,
            together: 1,
        },
        play: play!(sole_host),
    },
];

async fn older_store(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    let old = t.vanish(3).await?;
    t.sit(3, Some(old.clone()))?;
    t.all_well([1, 2, 3]).await?;
    let new = t.vanish(3).await?;
    if old.memory.table.epoch >= new.memory.table.epoch {
        return Err("the copy is not older".to_owned());
    }
    let restored = match t.attack {
        true => {
            t.hit();
            Kept {
                memory: old.memory,
                ..new
            }
        }
        false => new,
    };
    t.strike();
    t.sit(3, Some(restored))?;
    t.shown(3, 15, "it is back", verified([1, 2, 3])).await?;
    t.all_well([1, 2, 3]).await?;
    t.nothing_wrong()
}

async fn sole_host(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    let kept = t.vanish(1).await?;
    if t.attack {
        t.script(|_, conn, frame| match frame {
            Frame::Down(ServerMessage::GroupWelcome { .. }) if conn.seat == 1 => vec![],
            other => vec![other],
        });
        t.strike();
        t.sit(1, Some(kept))?;
        t.shown(
            1,
            10,
            "the group was begun anew",
            problem(ProblemKind::Recovered, None),
        )
        .await?;
        let thief = t.thief(4)?;
        let knock = thief.forge_knock().map_err(|e| e.to_string())?;
        t.knock_at(1, 4, false, knock);
        // Its page is new and knows nobody: whom it let in before shows its letter.
        for seat in [2, 3] {
            t.until(seat, "it is back", |r| r.group.number > 1).await?;
            t.shown(
                seat,
                30,
                "that is shown",
                problem(ProblemKind::Recovered, None),
            )
            .await?;
        }
        t.shown(1, 30, "its person is asked about the thief", |r| {
            let asked = |c: &Claim| c.seat == SeatId(4) && c.asks_at_table;
            view(r).is_some_and(|v| v.waiting.iter().any(asked))
        })
        .await?;
        t.stays(1, 2.0, "the thief is not in", |r| {
            view(r).is_some_and(|v| v.members.iter().all(|m| m.seat != SeatId(4)))
        })
        .await?;
        return t.all_well([1, 2, 3]).await;
    }
    t.strike();
    t.sit(1, Some(kept))?;
    t.all_well([1, 2, 3]).await?;
    match t.report(3)?.group.number {
        1 => Ok(()),
        group => Err(format!("group {group} was begun")),
    }
}
