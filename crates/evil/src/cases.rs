//! The attacks, by what they are aimed at.

mod answers;
mod circles;
pub mod held;
mod joining;
mod lies;
pub(crate) mod log;
pub(crate) mod media;
mod membership;
mod pictures;
mod proofs;
mod returning;
mod silence;
mod swallowed;
mod whispers;

use std::sync::{Arc, Mutex};

use protocol::{ClientMessage, Sealed, ServerMessage};

use crate::{
    proxy::{Conn, Frame, Post},
    suite::Case,
    table::Table,
};

/// Every case there is. Those that take longest come first.
pub fn all() -> Vec<Case> {
    let listed = [
        held::CASES,
        silence::CASES,
        swallowed::CASES,
        membership::CASES,
        log::CASES,
        media::CASES,
        proofs::CASES,
        pictures::CASES,
        returning::CASES,
        joining::CASES,
        lies::CASES,
        circles::CASES,
        whispers::CASES,
    ]
    .concat();
    listed.into_iter().chain(answers::cases()).collect()
}

/// Cases that do not hold, for a reason that is known: they fail all the same.
pub const KNOWN: &[(&str, &str)] = &[];

/// A function that plays, as [`Case`] wants it.
macro_rules! play {
    ($play:path) => {
        |table| Box::pin($play(table))
    };
}
pub(crate) use play;

/// Seat 3 is welcomed with something changed by the server: its client ends, and nobody else suffers.
async fn welcomed_with(
    t: &mut Table,
    mut change: impl FnMut(&mut ServerMessage) + Send + 'static,
) -> Result<(), String> {
    if !t.attack {
        return t.gather([1, 2, 3]).await;
    }
    t.gather([1, 2]).await?;
    t.script(move |_, conn, frame| match frame {
        Frame::Down(mut welcome @ ServerMessage::Welcome { .. }) if conn.seat == 3 => {
            change(&mut welcome);
            vec![Frame::Down(welcome)]
        }
        other => vec![other],
    });
    t.strike();
    t.watch.ghost(3);
    t.sit(3, None)?;
    t.shown(3, 5, "it ends", |r| r.ended.as_deref() == Some("grant"))
        .await?;
    t.all_well([1, 2]).await
}

/// The key package a client asks in with.
fn knock_of(frame: &Frame) -> Option<&Sealed> {
    match frame {
        Frame::Up(
            ClientMessage::Enter { knock: Some(knock) } | ClientMessage::Knock { knock, .. },
        ) => Some(knock),
        _ => None,
    }
}

/// The last knock that was heard, if one was.
type Heard = Arc<Mutex<Option<Sealed>>>;

/// A script that keeps the last knock of a seat and changes nothing.
fn listen_for_knock(
    seat: u16,
) -> (
    Heard,
    impl FnMut(&mut Post, Conn, Frame) -> Vec<Frame> + Send,
) {
    let kept = Heard::default();
    let keep = kept.clone();
    let script = move |_: &mut Post, conn: Conn, frame: Frame| {
        if let Some(knock) = knock_of(&frame).filter(|_| conn.seat == seat)
            && let Ok(mut kept) = keep.lock()
        {
            *kept = Some(knock.clone());
        }
        vec![frame]
    };
    (kept, script)
}

/// An attack that must not succeed has.
fn must_fail<T>(done: Result<T, String>, what: &str) -> Result<(), String> {
    match done {
        Ok(_) => Err(format!("{what} was allowed")),
        Err(_) => Ok(()),
    }
}
