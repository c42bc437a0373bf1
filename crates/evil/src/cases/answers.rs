//! How the server wants media to travel: what its answers to offers say.

use std::time::{Duration, Instant};

use protocol::SeatId;
use sealed::session::Act;

use crate::{
    answers::{self, Tampering},
    hall::Plan,
    suite::{Case, Play},
    table::Table,
};

macro_rules! answered {
    ($($name:literal),* $(,)?) => {
        [$(($name, |table| Box::pin(answered(table, $name)))),*]
    };
}

/// A function cannot remember its name, so each has one of its own.
const PLAYED: [(&str, Play); 10] = answered![
    "answer-audio-level",
    "answer-video-timing",
    "answer-decoy-codec",
    "answer-changing-rate",
    "answer-packet-time",
    "answer-redundancy",
    "answer-both-ways",
    "answer-weak-certificate",
    "answer-key-in-clear",
    "answer-flag",
];

pub(super) fn cases() -> Vec<Case> {
    answers::played("native").map(case).collect()
}

fn case(tampering: &'static Tampering) -> Case {
    let played = PLAYED.iter().find(|(name, _)| *name == tampering.name);
    let (name, play) = *played.expect("every case that is played natively is in the list");
    Case {
        name,
        attack: tampering.attack(),
        expected: "its client ends, sends nothing and names what the server wanted; nobody else suffers",
        within_s: 15,
        plan: Plan {
            pictures: tampering.pictures,
            ..Plan::voices(1)
        },
        play,
    }
}

async fn answered(t: &mut Table, name: &'static str) -> Result<(), String> {
    if !t.attack {
        return t.gather([1, 2, 3]).await;
    }
    let tampering = answers::named(name).ok_or("it is not in the table")?;
    t.gather([1, 2]).await?;
    answers::tamper(t, 3, tampering);
    t.strike();
    t.watch.admit(3);
    t.sit(3, None)?;
    let fault = format!("answer_{}", tampering.fault);
    let start = Instant::now();
    while t.report(3)?.ended.is_none() && start.elapsed() < Duration::from_secs(15) {
        let _ = t.act(1, Act::Admit { seat: SeatId(3) }).await;
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    t.shown(3, 15, "it ends and says why", |r| {
        r.ended.as_deref() == Some(&fault[..])
    })
    .await?;
    for seat in [1, 2] {
        if t.report(seat)?.remotes.contains_key(&3) {
            return Err(format!("seat {seat} opened a frame of it"));
        }
    }
    t.all_well([1, 2]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_that_is_played_natively_has_its_case() {
        assert_eq!(cases().len(), PLAYED.len());
    }
}
