//! What the server says of people and doors, what it holds of what they say, and what is only different.

use std::sync::{Arc, Mutex};

use participant::voice::Ear;
use protocol::{SeatId, ServerMessage, types::Doors};
use sealed::session::{Act, ProblemKind};
use server::evil::{Passing, Verdict};

use super::{play, welcomed_with};
use crate::{
    hall::Plan,
    planted,
    proxy::Frame,
    search::Needles,
    suite::Case,
    table::{Table, problem, verified, view},
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "names-looked-for",
        attack: "all that passed the server, its store, and the payloads of voices are searched for names, texts, words, keys and tones",
        expected: "nothing is found",
        within_s: 0,
        plan: Plan::voices(1),
        play: play!(names_looked_for),
    },
    Case {
        name: "plan-lied",
        attack: "the server gives a seat another plan with other names",
        expected: "shown as not the convener's; names stay those that were granted",
        within_s: 5,
        plan: Plan::voices(1),
        play: play!(plan_lied),
    },
    Case {
        name: "seat-lied",
        attack: "the server tells a client that it is on another seat, and a host",
        expected: "its client goes no further",
        within_s: 5,
        plan: Plan::voices(1),
        play: play!(seat_lied),
    },
    Case {
        name: "doors-lied",
        attack: "the server, and a bribed member who is no host, say that the doors are closed, and hide that they were",
        expected: "doors are shown as the host said",
        within_s: 3,
        plan: Plan::voices(1),
        play: play!(doors_lied),
    },
    Case {
        name: "words-in-two-languages",
        attack: "the words are checked in one language, then in another",
        expected: "both times all have the same words and digits",
        within_s: 5,
        plan: Plan::voices(1),
        play: play!(two_languages),
    },
    Case {
        name: "different-honest-build",
        attack: "one seat's client says that it is another build",
        expected: "shown to the others",
        within_s: 3,
        plan: Plan::voices(1),
        play: play!(other_build),
    },
];

async fn names_looked_for(t: &mut Table) -> Result<(), String> {
    let payloads = Arc::new(Mutex::new(Vec::new()));
    let keep = payloads.clone();
    if t.attack {
        t.tap(move |passing: &Passing, payload: &mut Vec<u8>| {
            if let Ok(mut payloads) = keep.lock() {
                payloads.push((passing.from, payload.clone()));
            }
            Verdict::Deliver
        });
    }
    t.gather([1, 2, 3]).await?;
    let text = planted::TEXT.to_owned();
    t.act(2, Act::Text { text: text.clone() }).await?;
    t.until(3, "the text", |r| r.texts == 1).await?;
    t.act(
        1,
        Act::CheckWords {
            language: "en".into(),
        },
    )
    .await?;
    t.until(3, "the words", |r| r.group.words.len() == 6)
        .await?;
    t.all_well([1, 2, 3]).await?;
    if !t.attack {
        return Ok(());
    }
    t.hit();
    let report = t.report(3)?;
    let mut needles = planted::needles(&t.call, &report.group, &[1, 2, 3])?;
    let passed = t.proxy.with(|post| post.record.join("\n"));
    let mut hits = needles.find(passed.as_bytes(), "what passed");
    // Access tokens pass in `hello`; none may be stored.
    let token = t.link(2).access_token();
    needles.secret("an access token", token.as_bytes());
    hits.extend(needles.find_in_files(t.hall().folder())?);
    let payloads = payloads
        .lock()
        .map(|mut p| std::mem::take(&mut *p))
        .unwrap_or_default();
    for seat in 1..=3_u16 {
        let mut ear = Ear::new().map_err(|e| e.to_string())?;
        let of_seat = payloads.iter().filter(|(from, _)| from.0 == seat);
        if of_seat
            .clone()
            .any(|(_, payload)| ear.hear(payload).is_ok_and(|heard| heard.is_some()))
        {
            hits.insert(format!("tones of seat {seat} in what was forwarded"));
        }
    }
    for (_, payload) in &payloads {
        hits.extend(needles.find(payload, "what was forwarded"));
    }
    if !hits.is_empty() {
        return Err(format!("found: {hits:?}"));
    }
    // The search finds what is there.
    let mut there = Needles::default();
    there.bytes("the call", t.call.id.to_string().as_bytes());
    there.bytes("a grant", t.grant(2).as_str().as_bytes());
    let in_store = there.find_in_files(t.hall().folder())?;
    let in_store = in_store.iter().any(|hit| hit.starts_with("a grant"));
    match payloads.len() > 200 && in_store && !there.find(passed.as_bytes(), "it").is_empty() {
        true => Ok(()),
        false => Err("the search is blind: it does not find what is there".to_owned()),
    }
}

async fn plan_lied(t: &mut Table) -> Result<(), String> {
    if t.attack {
        let other = t.hall().convene(Plan::voices(1)).await?.new.plan;
        t.script(move |_, conn, frame| match frame {
            Frame::Down(mut seated @ ServerMessage::Seated { .. }) if conn.seat == 3 => {
                if let ServerMessage::Seated { plan, .. } = &mut seated {
                    *plan = other.clone();
                }
                vec![Frame::Down(seated)]
            }
            other => vec![other],
        });
    }
    t.gather([1, 2, 3]).await?;
    if t.attack {
        t.strike();
        t.shown(
            3,
            5,
            "the plan is not the convener's",
            problem(ProblemKind::BadPlan, None),
        )
        .await?;
        let people =
            view(&t.report(3)?).and_then(|view| view.people.as_ref().map(|p| p.title.clone()));
        if let Some(title) = people {
            return Err(format!("it shows the plan of {title}"));
        }
    }
    t.all_well([1, 2, 3]).await
}

async fn seat_lied(t: &mut Table) -> Result<(), String> {
    welcomed_with(t, |welcome| {
        if let ServerMessage::Welcome { seat, .. } = welcome {
            (seat.id, seat.host) = (SeatId(4), true);
        }
    })
    .await
}

async fn doors_lied(t: &mut Table) -> Result<(), String> {
    let doors = |is: Doors| {
        move |r: &participant::Report| view(r).is_some_and(|view| view.doors == Some(is))
    };
    t.gather([1, 3]).await?;
    let bribed = t.bribe(2).await?;
    t.until(3, "the doors are known", doors(Doors::Open))
        .await?;
    if t.attack {
        for seat in [1, 3] {
            t.tell(
                seat,
                ServerMessage::DoorsChanged {
                    doors: Doors::Closed,
                },
            );
        }
        t.forge(&bribed, |s, _| Ok(vec![s.forge_doors(true)?]))?;
        for seat in [1, 3] {
            t.stays(seat, 2.0, "the doors are open", doors(Doors::Open))
                .await?;
        }
        t.script(|_, _, frame| match frame {
            Frame::Down(ServerMessage::DoorsChanged { .. }) => vec![],
            other => vec![other],
        });
    }
    t.strike();
    t.act(
        1,
        Act::SetDoors {
            doors: Doors::Closed,
        },
    )
    .await?;
    t.shown(3, 3, "the doors are closed", doors(Doors::Closed))
        .await?;
    // The puppet's heartbeats after the forged one count as old: it is not verified any more.
    match t.attack {
        true => Ok(()),
        false => t.all_well([1, 2, 3]).await,
    }
}

async fn two_languages(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    let languages: &[&str] = if t.attack { &["uk", "de"] } else { &["en"] };
    let mut before = String::new();
    for language in languages {
        t.strike();
        t.hit();
        t.act(
            1,
            Act::CheckWords {
                language: (*language).to_owned(),
            },
        )
        .await?;
        let mut seen = Vec::new();
        for seat in [1, 2, 3] {
            let old = before.clone();
            t.shown(seat, 5, "the words", move |r| {
                r.group.words.len() == 6 && r.group.digits != old
            })
            .await?;
            let group = t.report(seat)?.group;
            let spoken = group
                .view
                .and_then(|view| view.check.as_ref().map(|check| check.language.clone()));
            if spoken.as_deref() != Some(language) {
                return Err(format!("seat {seat} shows the words in {spoken:?}"));
            }
            seen.push((group.words, group.digits));
        }
        if seen.iter().any(|words| *words != seen[0]) {
            return Err(format!("the words differ: {seen:?}"));
        }
        before.clone_from(&seen[0].1);
        let all_same = |r: &participant::Report| {
            let check = view(r).and_then(|view| view.check.as_ref());
            check.is_some_and(|check| {
                check.verdicts.len() == 3 && check.verdicts.iter().all(|v| v.same)
            })
        };
        t.shown(1, 5, "all say that they are the same", all_same)
            .await?;
    }
    t.all_well([1, 2, 3]).await
}

async fn other_build(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = t.bribe(2).await?;
    if t.attack {
        let mut code = [0; 16];
        code[5] = 9;
        t.strike();
        if t.hits() == 0 {
            t.hit();
            bribed.with(|s, _| s.set_code(code));
        }
        for seat in [1, 3] {
            t.shown(
                seat,
                3,
                "another build",
                problem(ProblemKind::CodeDiffers, Some(2)),
            )
            .await?;
        }
        return Ok(());
    }
    t.until(1, "all are verified", verified([1, 2, 3])).await?;
    t.all_well([1, 2, 3]).await
}
