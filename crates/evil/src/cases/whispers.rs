//! What the server can do with voices that are for one delegation only: it forwards them too.

use std::{collections::VecDeque, time::Duration};

use participant::{Control, Report};
use protocol::CircleId;
use sealed::media::{kid::KeyId, sframe::Header};
use server::evil::Verdict;
use tokio::time::sleep;

use super::{
    circles::{FIRST, SECOND},
    media::is,
    play,
};
use crate::{
    hall::Plan,
    suite::Case,
    table::{Table, voices},
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "whisper-passed-on",
        attack: "the server sends what is said to one delegation to the other one too, in place of a voice for the table",
        expected: "the other delegation hears nothing of it",
        within_s: 0,
        plan: Plan::circles(),
        play: play!(passed_on),
    },
    Case {
        name: "whisper-offered-as-the-tables",
        attack: "the server says in the key ids of a voice for one delegation that it is for the table, and of one for the table that it is for a delegation",
        expected: "not one frame of either is played",
        within_s: 0,
        plan: Plan::circles(),
        play: play!(offered_as_the_tables),
    },
];

/// Payloads of a whisper kept to be passed on: a second of it.
const KEPT: usize = 50;

/// Voice packets of seat 2 that `report` heard in a circle.
fn whispered(report: &Report) -> u64 {
    report.remotes.get(&2).map_or(0, |r| r.voices_in_circle)
}

/// All are there; seat 2 speaks to its delegation, and seat 1 hears it.
async fn whispering(t: &mut Table) -> Result<(), String> {
    t.gather_in_circles().await?;
    t.control(2, Control::SpeakTo(FIRST)).await?;
    let hears = |report: &Report| whispered(report) > 50;
    t.until(1, "the whisper", hears).await?;
    // What was for the table and on its way has arrived, and is counted: reports come twice a second.
    sleep(Duration::from_secs(1)).await;
    Ok(())
}

async fn passed_on(t: &mut Table) -> Result<(), String> {
    whispering(t).await?;
    if t.attack {
        t.strike();
        let mut kept = VecDeque::new();
        t.tap(move |passing, payload| {
            if is(passing, 2, 1) && kept.len() < KEPT {
                kept.push_back(payload.clone());
            }
            if is(passing, 1, 3)
                && let Some(whisper) = kept.pop_front()
            {
                *payload = whisper;
            }
            Verdict::Deliver
        });
    }
    let before = [3, 4].map(|seat| t.report(seat).map(|report| voices(&report, 2)));
    for (seat, before) in [3, 4].into_iter().zip(before) {
        let before = before?;
        let nothing = |report: &Report| {
            let in_circle = report.remotes.values().map(|r| r.voices_in_circle);
            in_circle.sum::<u64>() == 0 && voices(report, 2) == before
        };
        t.stays(seat, 3.0, "nothing of the whisper", nothing)
            .await?;
    }
    goes_on(t).await
}

async fn offered_as_the_tables(t: &mut Table) -> Result<(), String> {
    whispering(t).await?;
    if t.attack {
        t.strike();
        t.tap(|passing, payload| {
            let other = match () {
                () if is(passing, 2, 1) => Some(CircleId::TABLE),
                () if is(passing, 1, 3) => Some(SECOND),
                () => None,
            };
            if let Some(relabelled) = other.and_then(|circle| as_of(payload, circle)) {
                *payload = relabelled;
            }
            Verdict::Deliver
        });
        sleep(Duration::from_secs(1)).await;
        for (seat, of) in [(1, 2), (3, 1)] {
            let before = voices(&t.report(seat)?, of);
            let nothing = move |report: &Report| voices(report, of) == before;
            t.stays(seat, 3.0, "nothing of that voice", nothing).await?;
        }
        return Ok(());
    }
    goes_on(t).await
}

/// The whisper is still heard by whom it is for.
async fn goes_on(t: &Table) -> Result<(), String> {
    let so_far = whispered(&t.report(1)?);
    let more = move |report: &Report| whispered(report) > so_far + 25;
    t.until(1, "the whisper goes on", more).await
}

/// The same frame, said to be of another circle.
fn as_of(payload: &[u8], circle: CircleId) -> Option<Vec<u8>> {
    let (header, rest) = Header::parse(payload)?;
    let kid = KeyId::from_u64(header.kid).ok()?.in_circle(circle);
    let mut relabelled = Vec::new();
    let header = Header {
        kid: kid.to_u64(),
        ..header
    };
    header.write(&mut relabelled);
    relabelled.extend_from_slice(rest);
    Some(relabelled)
}
