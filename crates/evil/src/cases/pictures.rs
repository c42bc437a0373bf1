//! What the server does to pictures: whose they are said to be, what stream, what layer.

use std::time::Duration;

use protocol::SeatId;
use sealed::media::envelope::{Kind, clear_bytes};
use server::evil::{Passing, Verdict};

use super::{media::exchange_labels, play};
use crate::{
    hall::Plan,
    suite::Case,
    table::{Table, voices},
};

/// Three seats with cameras.
const PICTURES: Plan = Plan {
    seats: 3,
    hosts: 1,
    pictures: true,
    age_ms: 0,
    together: 1,
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "streams-relabelled",
        attack: "the server exchanges two seats' voices and pictures in its slots, and sends the small layer's packets as voice",
        expected: "each picture is still its sender's, and no picture is played as a voice",
        within_s: 25,
        plan: PICTURES,
        play: play!(streams_relabelled),
    },
    Case {
        name: "layers-relabelled",
        attack: "the server writes the other layer into the key id of every picture of a seat",
        expected: "not one is shown, at any size; the seat's voice goes on",
        within_s: 6,
        plan: PICTURES,
        play: play!(layers_relabelled),
    },
];

async fn streams_relabelled(t: &mut Table) -> Result<(), String> {
    if t.attack {
        exchange_labels(t, 1, 2, 3);
        let mut picture: Option<Vec<u8>> = None;
        let mut count = 0_u32;
        t.tap(move |passing, payload| {
            if (passing.from, passing.to) != (SeatId(2), SeatId(1)) {
                return Verdict::Deliver;
            }
            if passing.is_video {
                picture = Some(payload.clone());
                return Verdict::Deliver;
            }
            // Every fiftieth packet of the voice is a packet of the picture.
            count += 1;
            if count.is_multiple_of(50)
                && let Some(picture) = &picture
            {
                payload.clone_from(picture);
            }
            Verdict::Deliver
        });
    }
    t.strike();
    t.gather([1, 2, 3]).await?;
    for seat in [2, 3] {
        t.shown(1, 25, "it is seen and heard as itself", move |r| {
            r.saw.contains(&seat) && r.heard.contains(&seat)
        })
        .await?;
    }
    match t.report(1)?.frames_wrong {
        0 => Ok(()),
        wrong => Err(format!("{wrong} frames were another's")),
    }
}

/// Pictures of `of` that were decoded.
fn pictures(report: &participant::Report, of: u16) -> u64 {
    let remote = report.remotes.get(&of);
    remote.map_or(0, |remote| remote.frames_decoded)
}

/// The key id of a camera has four bytes (RFC 9605, 4.3) and the layer in its three highest bits. `true`
/// if it stands in this packet, and is now that of the other layer.
fn relabel(payload: &mut [u8]) -> bool {
    for key in [true, false] {
        let clear = clear_bytes(Kind::Picture, key);
        let mut places = payload.windows(clear.len()).take(20);
        let Some(place) = places.position(|window| window == clear) else {
            continue;
        };
        let header = place + clear.len();
        if payload
            .get(header)
            .is_some_and(|lengths| lengths >> 4 == 0b1011)
        {
            payload[header + 1] ^= 0x80;
            return true;
        }
    }
    false
}

async fn layers_relabelled(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    for seat in [2, 3] {
        t.until(1, "its picture", move |r| pictures(r, seat) > 10)
            .await?;
    }
    if t.attack {
        t.tap(|passing: &Passing, payload: &mut Vec<u8>| {
            if (passing.from, passing.to) == (SeatId(2), SeatId(1)) && passing.is_video {
                relabel(payload);
            }
            Verdict::Deliver
        });
        // What was on its way is there, and counted: reports come twice a second.
        tokio::time::sleep(Duration::from_millis(1_700)).await;
        t.strike();
        let before = t.report(1)?;
        let (shown, refused) = (pictures(&before, 2), before.frames_refused);
        t.shown(1, 6, "they are refused", move |r| {
            r.frames_refused > refused + 15
        })
        .await?;
        t.stays(1, 2.0, "none is shown", move |r| pictures(r, 2) == shown)
            .await?;
        let (heard, seen) = (voices(&t.report(1)?, 2), pictures(&t.report(1)?, 3));
        t.shown(
            1,
            12,
            "its voice, and the other's picture, go on",
            move |r| voices(r, 2) > heard + 25 && pictures(r, 3) > seen + 5,
        )
        .await?;
        return Ok(());
    }
    let (second, third) = (pictures(&t.report(1)?, 2), pictures(&t.report(1)?, 3));
    t.until(1, "both pictures go on", move |r| {
        pictures(r, 2) > second + 10 && pictures(r, 3) > third + 10
    })
    .await?;
    t.all_well([1, 2, 3]).await
}
