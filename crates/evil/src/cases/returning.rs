//! Clients that come back: reloads, the sole host's too, and stores restored from older copies.

use participant::Kept;
use protocol::ServerMessage;

use super::play;
use crate::{
    hall::Plan,
    proxy::Frame,
    suite::Case,
    table::{Table, verified},
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
        attack: "the only host's client is loaded again, and the server withholds its first way back",
        expected: "all are together again, nobody new is in, and nobody had to be asked",
        within_s: 25,
        plan: Plan::voices(1),
        play: play!(sole_host),
    },
];

async fn older_store(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    let old = t.vanish(3).await?;
    t.sit(3, Some(old.clone()))?;
    t.all_well([1, 2, 3]).await?;
    let new = t.vanish(3).await?;
    if old.memory.epoch >= new.memory.epoch {
        return Err("the copy is not older".to_owned());
    }
    let restored = match t.attack {
        true => {
            t.hit();
            Kept { memory: old.memory, ..new }
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
        let mut first = true;
        t.script(move |_, conn, frame| match frame {
            Frame::Down(ServerMessage::GroupWelcome { .. }) if conn.seat == 1 && std::mem::take(&mut first) => vec![],
            other => vec![other],
        });
    }
    t.strike();
    t.sit(1, Some(kept))?;
    t.shown(1, 25, "the host is back", verified([1, 2, 3])).await?;
    for seat in [2, 3] {
        t.shown(seat, 25, "the host is back", verified([1, 2, 3])).await?;
    }
    let group = t.report(1)?.group.number;
    if !t.attack && group != 1 {
        return Err(format!("group {group} was begun"));
    }
    t.all_well([1, 2, 3]).await
}
