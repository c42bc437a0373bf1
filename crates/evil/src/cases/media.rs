//! What the server does to media, between the two SRTP connections it passes through.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use protocol::{SeatId, ServerMessage};
use sealed::{
    media::sframe::Header,
    session::{MemberState, ProblemKind},
};
use server::evil::{Passing, Verdict};

use super::play;
use crate::{
    hall::Plan,
    proxy::Frame,
    puppet::Puppet,
    suite::Case,
    table::{Table, problem, state, voices},
};

/// Opus for 20 ms of silence.
const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];
/// Starvation is judged over windows of 5 s; the first whole one after the strike may end 10 s later.
const STARVED_S: u64 = 12;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "frozen-and-resumed",
        attack: "the server holds a voice back for 6 s and then goes on with it, 6 s late",
        expected: "shown as frozen within 12 s, and for as long as it is late; nothing of it is played",
        within_s: STARVED_S,
        plan: Plan::voices(1),
        play: play!(frozen_and_resumed),
    },
    Case {
        name: "plaintext-media",
        attack: "the server sends plain Opus in place of a voice",
        expected: "not one frame is played; shown as frozen within 12 s",
        within_s: STARVED_S,
        plan: Plan::voices(1),
        play: play!(plaintext),
    },
    Case {
        name: "silence-injected",
        attack: "the server sends Opus silence in place of a voice",
        expected: "not one frame is played; shown as frozen within 12 s",
        within_s: STARVED_S,
        plan: Plan::voices(1),
        play: play!(silence),
    },
    Case {
        name: "garbled-media",
        attack: "the server turns one bit of every frame of a voice",
        expected: "not one frame is played; shown as frozen within 12 s",
        within_s: STARVED_S,
        plan: Plan::voices(1),
        play: play!(garbled),
    },
    Case {
        name: "frames-replayed",
        attack: "the server sends a voice's earlier frames again in place of its new ones",
        expected: "not one frame is played; shown as frozen within 12 s",
        within_s: STARVED_S,
        plan: Plan::voices(1),
        play: play!(replayed),
    },
    Case {
        name: "delegation-starved",
        attack: "the server drops one delegation's voice on its way to another",
        expected: "shown as frozen within 12 s",
        within_s: STARVED_S,
        plan: Plan::voices(1),
        play: play!(starved),
    },
    Case {
        name: "forged-by-a-member",
        attack: "the server sends frames that a bribed member sealed under a delegate's name",
        expected: "the forgery is shown, and nothing of it is played any more",
        within_s: 3,
        plan: Plan::voices(1),
        play: play!(forged),
    },
    Case {
        name: "seats-relabelled",
        attack: "the server exchanges two seats' voices, and their places in its slots",
        expected: "each voice is still its speaker's",
        within_s: 15,
        plan: Plan::voices(1),
        play: play!(relabelled),
    },
];

pub(crate) fn is(passing: &Passing, from: u16, to: u16) -> bool {
    (passing.from, passing.to) == (SeatId(from), SeatId(to)) && !passing.is_video
}

/// Seat 3's voice reaches seat 1 like this from the strike on: nothing of it is played, and that it
/// speaks and is not heard is shown.
async fn replaced(
    t: &mut Table,
    mut tap: impl FnMut(&mut Vec<u8>) -> Verdict + Send + 'static,
    refused: bool,
) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    if t.attack {
        t.strike();
        t.tap(move |passing, payload| match is(passing, 3, 1) {
            true => tap(payload),
            false => Verdict::Deliver,
        });
        // What was on its way is there, and counted: reports come twice a second.
        tokio::time::sleep(Duration::from_millis(1_700)).await;
        let before = t.report(1)?;
        let played = voices(&before, 3);
        t.shown(
            1,
            STARVED_S,
            "seat 3 is frozen",
            problem(ProblemKind::Frozen, Some(3)),
        )
        .await?;
        let after = t.report(1)?;
        if voices(&after, 3) > played {
            return Err(format!("{} frames were played", voices(&after, 3) - played));
        }
        if refused && after.frames_refused < before.frames_refused + 100 {
            return Err("they were not refused".to_owned());
        }
        if t.watch.saw(2, ProblemKind::Frozen) {
            return Err("seat 2, who hears everybody, calls somebody frozen".to_owned());
        }
        return Ok(());
    }
    t.all_well([1, 2, 3]).await
}

async fn plaintext(t: &mut Table) -> Result<(), String> {
    replaced(t, |payload| plain(payload), true).await
}

async fn silence(t: &mut Table) -> Result<(), String> {
    replaced(t, silent, true).await
}

async fn garbled(t: &mut Table) -> Result<(), String> {
    replaced(t, |payload| garble(payload), true).await
}

async fn replayed(t: &mut Table) -> Result<(), String> {
    replaced(t, replay(), true).await
}

/// As long as a frame of ours: what is in it does not matter, only that it is not sealed.
pub(crate) fn plain(payload: &mut [u8]) -> Verdict {
    payload.fill(0x55);
    payload[..3].copy_from_slice(&SILENCE);
    Verdict::Deliver
}

/// Opus that any decoder takes.
pub(crate) fn silent(payload: &mut Vec<u8>) -> Verdict {
    *payload = SILENCE.to_vec();
    Verdict::Deliver
}

/// One bit is another.
pub(crate) fn garble(payload: &mut [u8]) -> Verdict {
    let middle = payload.len() / 2;
    payload[middle] ^= 1;
    Verdict::Deliver
}

/// The first 25 in place of all others.
pub(crate) fn replay() -> impl FnMut(&mut Vec<u8>) -> Verdict + Send + 'static {
    let (mut old, mut at) = (Vec::new(), 0);
    move |payload: &mut Vec<u8>| {
        if old.len() < 25 {
            old.push(payload.clone());
        } else {
            at = (at + 1) % old.len();
            payload.clone_from(&old[at]);
        }
        Verdict::Deliver
    }
}

/// Frames of `victim` on their way to `to` are some that a bribed member sealed under its name.
pub(crate) fn forge_voices(t: &Table, forger: Arc<Puppet>, victim: u16, to: u16) {
    t.tap(move |passing, payload| {
        if is(passing, victim, to)
            && let Some((header, _)) = Header::parse(payload)
            && let Ok(forged) =
                forger.with(|s, _| s.forge_voice(SeatId(victim), header.ctr, &SILENCE))
        {
            *payload = forged;
        }
        Verdict::Deliver
    });
}

/// The server tells a seat that the streams of two others are each other's.
pub(crate) fn exchange_labels(t: &Table, to: u16, one: u16, other: u16) {
    t.script(move |_, conn, frame| match frame {
        Frame::Down(ServerMessage::Slots {
            mut audio,
            mut video,
        }) if conn.seat == to => {
            let audio_seats = audio.iter_mut().map(|slot| &mut slot.seat);
            let video_seats = video.iter_mut().map(|slot| &mut slot.seat);
            for seat in audio_seats.chain(video_seats) {
                if seat.0 == one || seat.0 == other {
                    seat.0 = one + other - seat.0;
                }
            }
            vec![Frame::Down(ServerMessage::Slots { audio, video })]
        }
        other => vec![other],
    });
}

async fn starved(t: &mut Table) -> Result<(), String> {
    replaced(t, |_| Verdict::Drop, false).await
}

async fn frozen_and_resumed(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    if t.attack {
        let mut held: VecDeque<(Instant, Vec<u8>)> = VecDeque::new();
        t.strike();
        t.tap(move |passing, payload| {
            if !is(passing, 3, 1) {
                return Verdict::Deliver;
            }
            held.push_back((Instant::now(), payload.clone()));
            match held
                .front()
                .is_some_and(|(at, _)| at.elapsed() >= Duration::from_secs(6))
            {
                true => {
                    *payload = held.pop_front().map(|(_, first)| first).unwrap_or_default();
                    Verdict::Deliver
                }
                false => Verdict::Drop,
            }
        });
        tokio::time::sleep(Duration::from_millis(1_700)).await;
        let played = voices(&t.report(1)?, 3);
        t.shown(
            1,
            STARVED_S,
            "seat 3 is frozen",
            problem(ProblemKind::Frozen, Some(3)),
        )
        .await?;
        // Whole windows later it still comes, and is still of no use: that must still be shown.
        t.stays(1, 12.0, "nothing of it is played", move |r| {
            voices(r, 3) == played
        })
        .await?;
        if !problem(ProblemKind::Frozen, Some(3))(&t.report(1)?) {
            return Err(
                "seat 3, all of whose frames are too late, is not shown any more".to_owned(),
            );
        }
        return Ok(());
    }
    t.all_well([1, 2, 3]).await
}

async fn forged(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = Arc::new(t.bribe(2).await?);
    t.all_well([1, 2, 3]).await?;
    if t.attack {
        t.strike();
        forge_voices(t, bribed.clone(), 3, 1);
        t.shown(1, 3, "seat 3 is marked", state(3, MemberState::Forged))
            .await?;
        t.shown(
            1,
            3,
            "the forgery",
            problem(ProblemKind::ForgedMedia, Some(3)),
        )
        .await?;
        let played = voices(&t.report(1)?, 3);
        t.stays(1, 2.0, "no more of it is played", move |r| {
            voices(r, 3) <= played + 2
        })
        .await?;
        return Ok(());
    }
    t.all_well([1, 2, 3]).await
}

async fn relabelled(t: &mut Table) -> Result<(), String> {
    if t.attack {
        t.script(|_, conn, frame| match frame {
            Frame::Down(ServerMessage::Slots { mut audio, video }) if conn.seat == 1 => {
                for slot in audio.iter_mut().filter(|slot| slot.seat.0 > 1) {
                    slot.seat = SeatId(5 - slot.seat.0);
                }
                vec![Frame::Down(ServerMessage::Slots { audio, video })]
            }
            other => vec![other],
        });
        let mut last: HashMap<SeatId, Vec<u8>> = HashMap::new();
        t.tap(move |passing, payload| {
            if passing.to != SeatId(1) || passing.is_video {
                return Verdict::Deliver;
            }
            let mine = std::mem::take(payload);
            let others = last.get(&SeatId(5 - passing.from.0)).cloned();
            last.insert(passing.from, mine);
            match others {
                Some(others) => {
                    *payload = others;
                    Verdict::Deliver
                }
                None => Verdict::Drop,
            }
        });
    }
    t.strike();
    t.gather([1, 2, 3]).await?;
    // Heard: its own tones were in what opened under its key.
    t.shown(1, 15, "both are heard as themselves", |r| {
        r.heard.contains(&2) && r.heard.contains(&3)
    })
    .await?;
    match t.report(1)?.frames_wrong {
        0 => Ok(()),
        wrong => Err(format!("{wrong} frames were another's")),
    }
}
