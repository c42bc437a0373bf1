//! What a person does for safety, and the server keeps from the table.

use protocol::{ClientMessage, SeatId, ServerMessage};
use sealed::session::{Act, ProblemKind, Sending};

use super::play;
use crate::{
    hall::Plan,
    proxy::Frame,
    suite::Case,
    table::{Table, problem, silent, verified, view},
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "different-swallowed",
        attack: "a seat says that its words differ, and the server keeps that from everybody, itself included",
        expected: "it sends nothing from then on, and says why",
        within_s: 2,
        plan: Plan::voices(1),
        play: play!(different),
    },
    Case {
        name: "removal-swallowed",
        attack: "a host removes a seat, and the server orders its commit never",
        expected: "the host seals nothing that the seat could open, and says that the removal is withheld",
        within_s: 8,
        plan: Plan::voices(1),
        play: play!(removal),
    },
    Case {
        name: "only-host-cut-off",
        attack: "the server passes no heartbeat to the only host and none of it, as if its machine were lost",
        expected: "the others show it absent and go on; it stops, and is not told that there is no host",
        within_s: 18,
        plan: Plan::voices(1),
        play: play!(host_cut_off),
    },
];

async fn different(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    let language = "en".to_owned();
    t.act(1, Act::CheckWords { language }).await?;
    t.until(3, "the words", |r| {
        view(r).is_some_and(|v| v.check.is_some())
    })
    .await?;
    if !t.attack {
        t.act(3, Act::Verdict { same: true }).await?;
        return t.all_well([1, 2, 3]).await;
    }
    t.script(|_, conn, frame| match frame {
        Frame::Up(ClientMessage::Kept { .. }) if conn.seat == 3 => vec![],
        other => vec![other],
    });
    t.strike();
    t.act(3, Act::Verdict { same: false }).await?;
    t.shown(3, 2, "it sends nothing", silent).await?;
    let why = problem(ProblemKind::WordsDifferent, Some(3));
    t.shown(3, 2, "it says why", why).await?;
    t.stays(3, 7.0, "it sends nothing", silent).await
}

async fn removal(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    if t.attack {
        t.script(|_, conn, frame| match frame {
            Frame::Up(ClientMessage::Commit { .. } | ClientMessage::Remove { .. })
                if conn.seat == 1 =>
            {
                vec![]
            }
            other => vec![other],
        });
    }
    t.strike();
    let sealed = |t: &Table| Ok::<_, String>(view(&t.report(1)?).map_or(0, |v| v.frames.sealed));
    t.act(1, Act::Remove { seat: SeatId(3) }).await?;
    if !t.attack {
        t.until(2, "it is out", verified([1, 2])).await?;
        return t.all_well([1, 2]).await;
    }
    let why = problem(ProblemKind::RemovalWithheld, Some(3));
    t.shown(1, 8, "it says why", why).await?;
    let before = sealed(t)?;
    t.stays(1, 3.0, "it sends nothing", silent).await?;
    match sealed(t)? - before {
        0 => Ok(()),
        more => Err(format!("{more} frames were sealed for a removed seat")),
    }
}

async fn host_cut_off(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    if !t.attack {
        return t.all_well([1, 2, 3]).await;
    }
    t.script(|_, conn, frame| match frame {
        Frame::Down(ServerMessage::Passing { .. }) if conn.seat == 1 => vec![],
        Frame::Up(ClientMessage::Passing { .. }) if conn.seat == 1 => vec![],
        other => vec![other],
    });
    t.strike();
    let goes_on = |r: &participant::Report| r.group.sending == Some(Sending::Allowed);
    for seat in [2, 3] {
        t.shown(seat, 7, "the host is absent", verified([2, 3]))
            .await?;
    }
    let unanswered = problem(ProblemKind::Unanswered, None);
    t.shown(1, 18, "nobody answers the host", unanswered)
        .await?;
    for seat in [2, 3] {
        t.stays(seat, 4.0, "it goes on", goes_on).await?;
    }
    match problem(ProblemKind::NoHost, None)(&t.report(1)?) {
        true => Err("a host is told that there is none".to_owned()),
        false => Ok(()),
    }
}
