//! What the server does to the log: withholds, reorders, forks, gives other groups' welcomes.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use protocol::{ClientMessage, SeatId, ServerMessage, sealed::Class};
use sealed::session::{Act, ProblemKind};

use super::{knock_of, listen_for_knock, play};
use crate::{
    hall::Plan,
    proxy::Frame,
    puppet::Puppet,
    suite::Case,
    table::{Table, silent, unverified, verified, view},
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "remove-withheld-chatty",
        attack: "the server hides a removal from one seat, keeps the removed seat connected, and delivers nobody else's heartbeats",
        expected: "the host is rid of it within 3 s; the deceived seat sees it within 8 s and sends nothing after 17 s",
        within_s: 17,
        plan: Plan::voices(1),
        play: play!(remove_withheld),
    },
    Case {
        name: "forked-group",
        attack: "two commits for one epoch: the server shows one seat a bribed co-host's, the rest the host's",
        expected: "each side shows the other as not verified within 8 s; the lonely one sends nothing after 17 s",
        within_s: 17,
        plan: Plan::voices(2),
        play: play!(forked_group),
    },
    Case {
        name: "commit-withheld",
        attack: "the server withholds a commit, and whatever would mend it, from one seat",
        expected: "the others show it within 7 s; it sends nothing after 17 s",
        within_s: 17,
        plan: Plan::voices(1),
        play: play!(commit_withheld),
    },
    Case {
        name: "commit-said-to-be-taken",
        attack: "the server drops a host's commit and tells the host that it was taken",
        expected: "the others show the host as not verified within 8 s; it sends nothing after 17 s",
        within_s: 17,
        plan: Plan::voices(1),
        play: play!(commit_said_to_be_taken),
    },
    Case {
        name: "commits-reordered",
        attack: "one seat gets two commits in the wrong order",
        expected: "it asks for the log, and is where the others are",
        within_s: 10,
        plan: Plan::voices(1),
        play: play!(commits_reordered),
    },
    Case {
        name: "welcome-into-forged-group",
        attack: "the server gives a newcomer the welcome of a group that a bribed member made up",
        expected: "the newcomer refuses it, and comes into the real group",
        within_s: 25,
        plan: Plan::voices(1),
        play: play!(welcome_into_forged_group),
    },
    Case {
        name: "stale-group-at-recovery",
        attack: "a seat that comes back is offered an earlier state of the group, made up by a bribed co-host",
        expected: "it refuses, and comes into the real group",
        within_s: 20,
        plan: Plan::voices(2),
        play: play!(stale_group),
    },
    Case {
        name: "old-knock-shown-again",
        attack: "the server holds a live member's heartbeats back for 3 s and shows its spent key package again",
        expected: "it is a member again, in the same group, and was never called removed",
        within_s: 20,
        plan: Plan::voices(1),
        play: play!(old_knock),
    },
    Case {
        name: "welcome-replayed",
        attack: "the server repeats a welcome, to the same client and to the one after a reload",
        expected: "nothing comes of it",
        within_s: 15,
        plan: Plan::voices(1),
        play: play!(welcome_replayed),
    },
];

/// Seat 3 shows the words that the host has compared.
async fn words_are_shown(t: &Table) -> Result<(), String> {
    check_words(t, "en").await?;
    t.until(3, "the words", |r| r.group.digits.len() == 20)
        .await
}

async fn check_words(t: &Table, language: &str) -> Result<(), String> {
    let language = language.to_owned();
    t.act(1, Act::CheckWords { language }).await
}

async fn remove_withheld(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    let removed = t.bribe(4).await?;
    t.all_well([1, 2, 3, 4]).await?;
    let mut of_removed = Vec::new();
    let attack = t.attack;
    if attack {
        t.script(move |_, conn, frame| match frame {
            Frame::Up(ClientMessage::Remove { .. }) => vec![],
            Frame::Up(ClientMessage::Passing { ref sealed, .. }) if conn.seat == 4 => {
                of_removed.push(sealed.clone());
                vec![frame]
            }
            Frame::Down(ServerMessage::Passing { ref sealed, .. })
                if conn.seat == 3 && !of_removed.contains(sealed) =>
            {
                vec![]
            }
            Frame::Down(
                ServerMessage::Ordered(_)
                | ServerMessage::CaughtUp { .. }
                | ServerMessage::Changed { .. }
                | ServerMessage::GroupWelcome { .. },
            ) if conn.seat == 3 || conn.seat == 4 => {
                vec![]
            }
            other => vec![other],
        });
    }
    t.strike();
    t.act(1, Act::Remove { seat: SeatId(4) }).await?;
    let gone =
        |r: &participant::Report| view(r).is_some_and(|v| v.members.iter().all(|m| m.seat.0 != 4));
    if !attack {
        for seat in [1, 2, 3] {
            t.until(seat, "it is out", gone).await?;
        }
        return t.all_well([1, 2, 3]).await;
    }
    t.shown(1, 3, "it is out", gone).await?;
    t.shown(2, 3, "it is out", gone).await?;
    t.shown(3, 8, "the host is not verified", unverified(1))
        .await?;
    t.shown(3, 17, "it sends nothing", silent).await?;
    t.stays(3, 2.0, "it sends nothing", silent).await?;
    drop(removed);
    Ok(())
}

async fn forked_group(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = t.bribe(2).await?;
    t.all_well([1, 2, 3]).await?;
    if !t.attack {
        words_are_shown(t).await?;
        return t.all_well([1, 2, 3]).await;
    }
    let fork = bribed
        .with(|s, now| s.forge_fork(now))
        .map_err(|e| e.to_string())?;
    // Neither side hears anything else of the other's log.
    let mut given = false;
    t.script(move |_, conn, frame| match frame {
        Frame::Down(ServerMessage::Ordered(mut entry)) if conn.seat == 3 => {
            if entry.class != Class::Commit || std::mem::replace(&mut given, true) {
                return vec![];
            }
            entry.sealed = fork.clone();
            vec![Frame::Down(ServerMessage::Ordered(entry))]
        }
        Frame::Down(ServerMessage::CaughtUp { .. } | ServerMessage::GroupWelcome { .. })
            if conn.seat == 3 =>
        {
            vec![]
        }
        other => vec![other],
    });
    let before = t.report(3)?.group.epoch;
    t.strike();
    check_words(t, "en").await?;
    t.shown(1, 8, "the words", |r| r.group.digits.len() == 20)
        .await?;
    let words = t.report(1)?.group.digits;
    t.shown(3, 8, "it is in the fork", move |r| r.group.epoch > before)
        .await?;
    t.shown(1, 8, "seat 3 is not verified", unverified(3))
        .await?;
    t.shown(3, 8, "the host is not verified", unverified(1))
        .await?;
    t.shown(3, 17, "it sends nothing", silent).await?;
    match t.report(3)?.group.digits == words {
        true => Err("both sides of the fork have the same words".to_owned()),
        false => Ok(()),
    }
}

async fn commit_withheld(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    if t.attack {
        t.script(|_, conn, frame| match frame {
            Frame::Down(
                ServerMessage::Ordered(_)
                | ServerMessage::CaughtUp { .. }
                | ServerMessage::GroupWelcome { .. },
            ) if conn.seat == 3 => {
                vec![]
            }
            other => vec![other],
        });
        t.strike();
        check_words(t, "en").await?;
        for seat in [1, 2] {
            t.shown(seat, 7, "seat 3 is not verified", unverified(3))
                .await?;
        }
        t.shown(3, 17, "it sends nothing", silent).await?;
        t.stays(3, 2.0, "it sends nothing", silent).await?;
        return t
            .stays(1, 1.0, "the others go on", |r| {
                r.group.verified.contains(&2)
            })
            .await;
    }
    words_are_shown(t).await?;
    t.all_well([1, 2, 3]).await
}

async fn commit_said_to_be_taken(t: &mut Table) -> Result<(), String> {
    let armed = Arc::new(AtomicBool::new(false));
    if t.attack {
        let (armed, mut done, mut place) = (armed.clone(), false, 0);
        t.script(move |post, conn, frame| {
            if let Frame::Down(told) = &frame
                && conn.seat == 1
            {
                place = match told {
                    ServerMessage::Ordered(entry) => entry.seq,
                    ServerMessage::Taken { seq, .. } => *seq,
                    ServerMessage::CaughtUp { log } => log.seq,
                    _ => place,
                };
            }
            if conn.seat != 1 || !armed.load(Ordering::Relaxed) {
                return vec![frame];
            }
            match frame {
                Frame::Up(ClientMessage::Commit { group, epoch, .. }) => {
                    // Nor is any later one taken.
                    if !std::mem::replace(&mut done, true) {
                        let seq = place + 1;
                        post.tell(1, ServerMessage::Taken { seq, group, epoch });
                    }
                    vec![]
                }
                // What would tell it where the group is.
                Frame::Down(
                    ServerMessage::CaughtUp { .. }
                    | ServerMessage::Ordered(_)
                    | ServerMessage::Error(_),
                ) => vec![],
                other => vec![other],
            }
        });
    }
    t.gather([1, 2, 3]).await?;
    if !t.attack {
        words_are_shown(t).await?;
        return t.all_well([1, 2, 3]).await;
    }
    armed.store(true, Ordering::Relaxed);
    let before = t.report(1)?.group.epoch;
    t.strike();
    check_words(t, "en").await?;
    t.until(1, "it believes the server", move |r| r.group.epoch > before)
        .await?;
    for seat in [2, 3] {
        t.shown(seat, 8, "the host is not verified", unverified(1))
            .await?;
    }
    t.shown(1, 17, "it sends nothing", silent).await?;
    t.stays(1, 2.0, "it sends nothing", silent).await
}

async fn commits_reordered(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    if t.attack {
        let (mut held, mut epochs, mut done) =
            (Vec::new(), std::collections::BTreeSet::new(), false);
        t.script(move |_, conn, frame| match frame {
            Frame::Down(ServerMessage::Ordered(ref entry)) if conn.seat == 3 && !done => {
                if entry.class == Class::Commit {
                    epochs.insert(entry.epoch);
                }
                held.push(frame);
                if epochs.len() < 2 {
                    return vec![];
                }
                done = true;
                held.reverse();
                std::mem::take(&mut held)
            }
            Frame::Down(ServerMessage::CaughtUp { .. }) if conn.seat == 3 && !done => vec![],
            other => vec![other],
        });
    }
    let before = t.report(1)?.group.epoch;
    t.strike();
    check_words(t, "en").await?;
    t.until(1, "the first", move |r| r.group.epoch > before)
        .await?;
    check_words(t, "fr").await?;
    t.until(1, "the second", move |r| r.group.epoch > before + 1)
        .await?;
    let epoch = t.report(1)?.group.epoch;
    t.shown(3, 10, "it has both", move |r| {
        r.group.epoch >= epoch && verified([1, 2, 3])(r)
    })
    .await?;
    t.all_well([1, 2, 3]).await
}

/// The first group welcome for `victim` is swapped for that of a group the bribed member made up, which
/// has the same number and is in this epoch.
pub(crate) fn forge_welcome(t: &Table, bribed: &Arc<Puppet>, victim: u16, epoch: u64) {
    if !t.attack {
        return;
    }
    let (forger, mut knock, mut done) = (bribed.clone(), None, false);
    t.script(move |_, conn, frame| {
        if let Some(own) = knock_of(&frame).filter(|_| conn.seat == victim) {
            knock = Some(own.clone());
        }
        match frame {
            Frame::Down(ServerMessage::GroupWelcome { group, seq, .. })
                if conn.seat == victim && !done =>
            {
                done = true;
                let adds: Vec<_> = knock
                    .iter()
                    .map(|knock| (SeatId(victim), knock.clone()))
                    .collect();
                let forged = forger.with(|s, _| s.forge_group(group.number, epoch, &[], &adds));
                let welcome = forged.ok().map(|welcome| ServerMessage::GroupWelcome {
                    group,
                    seq,
                    welcome,
                });
                welcome.map(Frame::Down).into_iter().collect()
            }
            other => vec![other],
        }
    });
}

async fn welcome_into_forged_group(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = Arc::new(t.bribe(2).await?);
    t.watch.admit(4);
    t.watch.company(4, 1);
    forge_welcome(t, &bribed, 4, 3);
    t.strike();
    t.sit(4, None)?;
    t.admit(4).await?;
    t.shown(4, 25, "it is in the real group", verified([1, 2, 3, 4]))
        .await?;
    t.all_well([1, 2, 3, 4]).await
}

async fn stale_group(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = Arc::new(t.bribe(2).await?);
    words_are_shown(t).await?;
    let kept = t.vanish(3).await?;
    t.watch.company(3, 1);
    forge_welcome(t, &bribed, 3, 1);
    t.strike();
    let epoch = kept.memory.table.epoch;
    t.sit(3, Some(kept))?;
    t.shown(3, 20, "it is back", move |r| {
        verified([1, 2, 3])(r) && r.group.epoch > epoch
    })
    .await?;
    t.all_well([1, 2, 3]).await
}

async fn welcome_replayed(t: &mut Table) -> Result<(), String> {
    let caught = Arc::new(Mutex::new(None));
    let catch = caught.clone();
    t.proxy.script(move |_, conn, frame| {
        if let Frame::Down(welcome @ ServerMessage::GroupWelcome { .. }) = &frame
            && conn.seat == 3
            && let Ok(mut caught) = catch.lock()
        {
            caught.get_or_insert(welcome.clone());
        }
        vec![frame]
    });
    t.gather([1, 2, 3]).await?;
    let welcome = caught
        .lock()
        .ok()
        .and_then(|caught| caught.clone())
        .ok_or("no welcome")?;
    t.strike();
    if t.attack {
        t.tell(3, welcome.clone());
        t.stays(3, 2.0, "nothing changes", verified([1, 2, 3]))
            .await?;
    }
    let kept = t.vanish(3).await?;
    if t.attack {
        let mut first = true;
        t.script(move |_, conn, frame| match frame {
            Frame::Down(ServerMessage::GroupWelcome { .. })
                if conn.seat == 3 && std::mem::take(&mut first) =>
            {
                vec![
                    Frame::Down(welcome.clone()),
                    frame,
                    Frame::Down(welcome.clone()),
                ]
            }
            other => vec![other],
        });
    }
    t.sit(3, Some(kept))?;
    t.shown(3, 15, "it is back", verified([1, 2, 3])).await?;
    if t.watch.saw(3, ProblemKind::Recovered) {
        return Err("a new group was begun".to_owned());
    }
    t.all_well([1, 2, 3]).await
}

async fn old_knock(t: &mut Table) -> Result<(), String> {
    let (knock, script) = listen_for_knock(3);
    t.proxy.script(script);
    t.gather([1, 2, 3]).await?;
    if t.attack {
        let knock = knock.lock().ok().and_then(|knock| knock.clone());
        let knock = knock.ok_or("no knock")?;
        let start = Instant::now();
        t.script(move |_, conn, frame| match frame {
            Frame::Up(ClientMessage::Passing { .. })
                if conn.seat == 3 && start.elapsed() < Duration::from_secs(3) =>
            {
                vec![]
            }
            other => vec![other],
        });
        t.strike();
        for seat in [1, 2] {
            t.knock_at(seat, 3, false, knock.clone());
        }
        tokio::time::sleep(Duration::from_secs(4)).await;
        for seat in [1, 2, 3] {
            t.shown(seat, 20, "all are together", verified([1, 2, 3]))
                .await?;
        }
        if t.watch.saw(3, ProblemKind::Removed) {
            return Err("it was told that it was removed".to_owned());
        }
        if t.report(3)?.group.number != 1 {
            return Err("another group was begun".to_owned());
        }
    }
    t.all_well([1, 2, 3]).await
}
