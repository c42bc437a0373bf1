//! Commits of bribed members: who is added, removed, replaced, and on what list.

use protocol::{ClientMessage, GroupRef, Sealed, SeatId};
use sealed::session::{Act, MemberState, ProblemKind, forge::Changes};

use super::{listen_for_knock, play};
use crate::{
    hall::Plan,
    puppet::Puppet,
    suite::Case,
    table::{Table, problem, state, verified},
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "minted-credential",
        attack: "a bribed co-host commits a ghost whose credential another root key signed",
        expected: "the commit is refused by all and the group begun anew without it",
        within_s: 15,
        plan: Plan::voices(2),
        play: play!(minted_credential),
    },
    Case {
        name: "add-under-a-delegates-name",
        attack: "a thief of a link is added beside the delegate it belongs to, by a bribed co-host",
        expected: "the commit is refused by all and the group begun anew with the delegate",
        within_s: 15,
        plan: Plan::voices(2),
        play: play!(add_under_a_name),
    },
    Case {
        name: "first-add-by-non-host",
        attack: "a bribed member who is no host commits somebody who waits in the antechamber",
        expected: "all refuse, the newcomer too, and the group is begun anew",
        within_s: 15,
        plan: Plan::voices(1),
        play: play!(add_by_non_host),
    },
    Case {
        name: "removed-seat-readded",
        attack: "a bribed member adds a removed seat again",
        expected: "the commit is refused by all; the new group has the seat closed",
        within_s: 15,
        plan: Plan::voices(1),
        play: play!(removed_seat_readded),
    },
    Case {
        name: "closed-list-shortened",
        attack: "a bribed co-host takes a removed seat from the closed list and adds it again",
        expected: "the commit is refused by all; the new group has the seat closed",
        within_s: 15,
        plan: Plan::voices(2),
        play: play!(closed_list_shortened),
    },
    Case {
        name: "removed-by-non-host",
        attack: "a bribed member who is no host commits the removal of another",
        expected: "the commit is refused by all; the seat is in the new group",
        within_s: 15,
        plan: Plan::voices(1),
        play: play!(removed_by_non_host),
    },
    Case {
        name: "device-swapped-by-co-host",
        attack: "a bribed co-host puts a thief with a copy of a delegate's link in the delegate's place",
        expected: "every other client, the honest host's too, shows another machine and plays nothing of it",
        within_s: 5,
        plan: Plan {
            seats: 4,
            hosts: 2,
            pictures: false,
            age_ms: 0,
            together: 1,
        },
        play: play!(device_swapped),
    },
    Case {
        name: "invalid-commit-wins",
        attack: "a bribed member's nonsense is the first commit of an epoch",
        expected: "the group is begun anew with everybody",
        within_s: 15,
        plan: Plan::voices(1),
        play: play!(invalid_commit),
    },
    Case {
        name: "wrong-path-secret",
        attack: "a bribed member's commit is good for all but one seat, which gets another path secret",
        expected: "that seat asks to be let back and is",
        within_s: 15,
        plan: Plan::voices(1),
        play: play!(wrong_path_secret),
    },
];

/// A bribed member commits; all refuse, and are in a new group of all honest seats within 15 s.
pub(super) async fn refused_by_all(
    t: &mut Table,
    bribed: &Puppet,
    adds: Vec<(SeatId, Sealed)>,
    closed: Option<Vec<(SeatId, u32)>>,
) -> Result<(), String> {
    let changes = Changes {
        adds,
        closed,
        ..Changes::default()
    };
    committed_and_refused(t, bribed, changes).await
}

async fn committed_and_refused(
    t: &mut Table,
    bribed: &Puppet,
    changes: Changes,
) -> Result<(), String> {
    t.strike();
    t.forge(bribed, |s, now| s.forge_commit(now, changes))?;
    for seat in [1, 3] {
        t.shown(
            seat,
            15,
            "the group was begun anew",
            problem(ProblemKind::Recovered, None),
        )
        .await?;
        t.shown(seat, 15, "all are back", verified([1, 2, 3]))
            .await?;
    }
    Ok(())
}

async fn minted_credential(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = t.bribe(2).await?;
    if t.attack {
        let ghost = t.ghost(4)?;
        let knock = bribed
            .with(|s, _| s.forge_knock_for(&ghost))
            .map_err(|e| e.to_string())?;
        drop(ghost);
        refused_by_all(t, &bribed, vec![(SeatId(4), knock)], None).await?;
    }
    t.all_well([1, 2, 3]).await
}

async fn add_under_a_name(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = t.bribe(2).await?;
    if t.attack {
        let knock = t.thief(3)?.forge_knock().map_err(|e| e.to_string())?;
        refused_by_all(t, &bribed, vec![(SeatId(3), knock)], None).await?;
    }
    t.all_well([1, 2, 3]).await
}

async fn add_by_non_host(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = t.bribe(2).await?;
    let (knock, script) = listen_for_knock(4);
    t.proxy.script(script);
    t.sit(4, None)?;
    t.until(4, "it waits", |r| r.stage == participant::Stage::Waiting)
        .await?;
    if t.attack {
        let knock = knock
            .lock()
            .ok()
            .and_then(|knock| knock.clone())
            .ok_or("no knock")?;
        refused_by_all(t, &bribed, vec![(SeatId(4), knock)], None).await?;
        t.stays(4, 2.0, "it is in no group", |r| r.group.number == 0)
            .await?;
    }
    // The host's own yes is another thing.
    t.watch.admit(4);
    t.admit(4).await?;
    t.all_well([1, 2, 3, 4]).await
}

/// Seat 4, a puppet, was at the table and was removed.
async fn with_a_removed_seat(t: &mut Table) -> Result<(Puppet, Sealed), String> {
    t.gather([1, 3]).await?;
    let bribed = t.bribe(2).await?;
    let removed = t.bribe(4).await?;
    t.all_well([1, 2, 3, 4]).await?;
    t.act(1, Act::Remove { seat: SeatId(4) }).await?;
    for seat in [1, 3] {
        t.until(seat, "the seat is out", verified([1, 2, 3]))
            .await?;
    }
    bribed
        .until("the seat is out", |view| view.members.len() == 3)
        .await?;
    t.watch.ghost(4);
    let knock = removed
        .with(|s, _| s.forge_knock())
        .map_err(|e| e.to_string())?;
    Ok((bribed, knock))
}

async fn removed_seat_readded(t: &mut Table) -> Result<(), String> {
    let (bribed, knock) = with_a_removed_seat(t).await?;
    if t.attack {
        refused_by_all(t, &bribed, vec![(SeatId(4), knock)], None).await?;
    }
    t.all_well([1, 2, 3]).await
}

async fn closed_list_shortened(t: &mut Table) -> Result<(), String> {
    let (bribed, knock) = with_a_removed_seat(t).await?;
    if t.attack {
        refused_by_all(t, &bribed, vec![(SeatId(4), knock)], Some(Vec::new())).await?;
    }
    t.all_well([1, 2, 3]).await
}

async fn removed_by_non_host(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = t.bribe(2).await?;
    if t.attack {
        let removes = vec![SeatId(3)];
        committed_and_refused(
            t,
            &bribed,
            Changes {
                removes,
                ..Changes::default()
            },
        )
        .await?;
    }
    t.all_well([1, 2, 3]).await
}

async fn device_swapped(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3, 4]).await?;
    let bribed = t.bribe(2).await?;
    t.all_well([1, 2, 3, 4]).await?;
    if t.attack {
        let knock = t.thief(3)?.forge_knock().map_err(|e| e.to_string())?;
        let changes = Changes {
            adds: vec![(SeatId(3), knock)],
            removes: vec![SeatId(3)],
            ..Changes::default()
        };
        t.strike();
        t.forge(&bribed, |s, now| s.forge_commit(now, changes))?;
        for seat in [4, 1] {
            t.shown(
                seat,
                5,
                "another machine",
                problem(ProblemKind::DeviceChanged, Some(3)),
            )
            .await?;
            t.shown(
                seat,
                5,
                "it is not called verified",
                state(3, MemberState::Changed),
            )
            .await?;
        }
        return Ok(());
    }
    t.all_well([1, 2, 3, 4]).await
}

async fn invalid_commit(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = t.bribe(2).await?;
    t.all_well([1, 2, 3]).await?;
    if t.attack {
        let view = bribed.view();
        let nonsense = ClientMessage::Commit {
            group: GroupRef::table(view.group),
            epoch: view.epoch,
            commit: Sealed::from_bytes(b"not a commit"),
        };
        t.strike();
        t.forge(&bribed, |_, _| Ok(vec![nonsense]))?;
        for seat in [1, 3] {
            t.shown(
                seat,
                15,
                "the group was begun anew",
                problem(ProblemKind::Recovered, None),
            )
            .await?;
            t.shown(seat, 15, "all are back", verified([1, 2, 3]))
                .await?;
        }
    }
    t.all_well([1, 2, 3]).await
}

async fn wrong_path_secret(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = t.bribe(2).await?;
    t.all_well([1, 2, 3]).await?;
    if t.attack {
        let changes = Changes {
            wrong_path_for: Some(SeatId(3)),
            ..Changes::default()
        };
        t.strike();
        t.forge(&bribed, |s, now| s.forge_commit(now, changes))?;
        let epoch = t.report(1)?.group.epoch;
        t.shown(1, 5, "the next epoch", move |r| r.group.epoch > epoch)
            .await?;
        t.shown(3, 15, "it is back", move |r| {
            r.group.epoch > epoch + 1 && verified([1, 2, 3])(r)
        })
        .await?;
        if !t.watch.saw(3, ProblemKind::Wedged) {
            return Err("the seat never showed that it had fallen out".to_owned());
        }
    }
    t.all_well([1, 2, 3]).await
}
