//! Whose a voice is: frames of a bribed member under a delegate's name, with manifests of every kind but
//! true ones, and a server that hides the true ones.

use std::{sync::Arc, time::Duration};

use participant::Report;
use protocol::{SeatId, ServerMessage};
use sealed::{
    media::{kid::Stream, sframe::Header},
    session::{Act, MemberState, ProblemKind},
};
use server::evil::Verdict;
use tokio::time::sleep;

use super::{media::is, play};
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
const VICTIM: u16 = 3;
/// One more voice than there are: of two, a client cannot tell whether one is starved or its line is bad.
const THREE_VOICES: Plan = Plan {
    seats: 5,
    ..Plan::voices(1)
};
/// A frame of voice is shorter, one that carries a manifest longer: what a server can see.
const MANIFEST_BYTES: usize = 300;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "forged-once",
        attack: "the server sends 20 frames a bribed member sealed under a delegate's name, then the true ones",
        expected: "the forgery is shown, and the delegate is heard on",
        within_s: 3,
        plan: Plan::voices(1),
        play: play!(once),
    },
    Case {
        name: "forged-far-ahead",
        attack: "every second frame is one a bribed member sealed under the delegate's name, on counters far ahead",
        expected: "the delegate's own frames are all heard, and none of the others",
        within_s: 10,
        plan: Plan::voices(1),
        play: play!(far_ahead),
    },
    Case {
        name: "forged-for-a-second-in-three",
        attack: "a bribed member's frames take a delegate's place for one second in three, again and again",
        expected: "the forgery is shown; after it no forged frame is played",
        within_s: 3,
        plan: Plan::voices(1),
        play: play!(again),
    },
    Case {
        name: "manifests-stripped",
        attack: "the server drops every frame of a voice that is long enough to carry a manifest",
        expected: "the voice is heard on, proven by signalling; nobody is accused",
        within_s: 10,
        plan: Plan::voices(1),
        play: play!(stripped),
    },
    Case {
        name: "proofs-withheld",
        attack: "the server drops the frames that carry manifests, and all heartbeats",
        expected: "the voice is held back, as unproven by the connection; nobody is accused, and it is back at once",
        within_s: 4,
        plan: Plan::voices(1),
        play: play!(withheld),
    },
    Case {
        name: "manifest-of-the-forger",
        attack: "frames under a delegate's name carry manifests that the bribed member signed",
        expected: "not one is played; shown as frozen within 12 s",
        within_s: STARVED_S,
        plan: THREE_VOICES,
        play: play!(of_the_forger),
    },
    Case {
        name: "manifest-in-another-frame",
        attack: "frames under a delegate's name carry true manifests of its other frames",
        expected: "not one is played; shown as frozen within 12 s",
        within_s: STARVED_S,
        plan: THREE_VOICES,
        play: play!(moved),
    },
    Case {
        name: "manifest-of-another-epoch",
        attack: "frames under a delegate's name carry its true manifests of the epoch before",
        expected: "not one is played; shown as frozen within 12 s",
        within_s: STARVED_S,
        plan: THREE_VOICES,
        play: play!(of_another_epoch),
    },
    Case {
        name: "manifest-under-another-key",
        attack: "a screen under a delegate's name carries true manifests of its voice, on the voice's receiver",
        expected: "not one is played; shown as frozen within 12 s",
        within_s: STARVED_S,
        plan: THREE_VOICES,
        play: play!(under_another_key),
    },
];

async fn bribed(t: &mut Table) -> Result<Arc<Puppet>, String> {
    among(t, [1, VICTIM]).await
}

/// A bribed member on seat 2, which says nothing, among these.
async fn among<const N: usize>(t: &mut Table, honest: [u16; N]) -> Result<Arc<Puppet>, String> {
    t.gather(honest).await?;
    let bribed = Arc::new(t.bribe(2).await?);
    t.all_well(honest.into_iter().chain([2])).await?;
    Ok(bribed)
}

/// Some of the victim's frames to seat 1 are the forger's: those for which this gives one. It is told how
/// many there were before.
fn forge(
    t: &Table,
    mut forged: impl FnMut(usize, Header, &[u8]) -> Option<Vec<u8>> + Send + 'static,
) {
    let mut count = 0;
    t.tap(move |passing, payload| {
        if is(passing, VICTIM, 1)
            && let Some((header, _)) = Header::parse(payload)
        {
            if let Some(forged) = forged(count, header, payload) {
                *payload = forged;
            }
            count += 1;
        }
        Verdict::Deliver
    });
}

fn voice(forger: &Puppet, ctr: u64, manifest: &[u8]) -> Option<Vec<u8>> {
    let victim = SeatId(VICTIM);
    let made =
        forger.with(|s, _| s.forge_frame(victim, Stream::Microphone, ctr, &SILENCE, manifest));
    made.ok()
}

async fn named(t: &mut Table) -> Result<(), String> {
    t.shown(1, 3, "seat 3 is marked", state(VICTIM, MemberState::Forged))
        .await?;
    let named = problem(ProblemKind::ForgedMedia, Some(VICTIM));
    t.shown(1, 3, "the forgery", named).await
}

/// So many frames of the victim are played in this time, at least.
async fn heard(t: &Table, secs: u64, least: u64) -> Result<u64, String> {
    let before = voices(&t.report(1)?, VICTIM);
    sleep(Duration::from_secs(secs)).await;
    let heard = voices(&t.report(1)?, VICTIM) - before;
    match heard >= least {
        true => Ok(heard),
        false => Err(format!(
            "{heard} frames were heard in {secs} s, not {least}"
        )),
    }
}

fn nobody_is_accused(t: &Table) -> Result<(), String> {
    match t.watch.saw(1, ProblemKind::ForgedMedia) {
        true => Err("somebody is accused of a forgery".to_owned()),
        false => Ok(()),
    }
}

async fn once(t: &mut Table) -> Result<(), String> {
    let forger = bribed(t).await?;
    if t.attack {
        t.strike();
        forge(t, move |n, header, _| {
            (n < 20).then(|| voice(&forger, header.ctr, &[0]))?
        });
        named(t).await?;
        heard(t, 6, 240).await?;
        return Ok(());
    }
    t.all_well([1, 2, VICTIM]).await
}

async fn far_ahead(t: &mut Table) -> Result<(), String> {
    let forger = bribed(t).await?;
    if t.attack {
        t.strike();
        forge(t, move |n, header, _| {
            let far = header.ctr + 200 + n as u64 * 40;
            (n % 2 == 0).then(|| voice(&forger, far, &[0]))?
        });
        sleep(Duration::from_secs(1)).await;
        let heard = heard(t, 8, 170).await?;
        if heard > 215 {
            return Err(format!(
                "{heard} frames were played; 200 were the delegate's"
            ));
        }
        return nobody_is_accused(t);
    }
    t.all_well([1, 2, VICTIM]).await
}

async fn again(t: &mut Table) -> Result<(), String> {
    let forger = bribed(t).await?;
    if t.attack {
        t.strike();
        forge(t, move |n, header, _| {
            (n % 150 < 50).then(|| voice(&forger, header.ctr, &[0]))?
        });
        named(t).await?;
        sleep(Duration::from_secs(1)).await;
        // In each round of 3 s two are the delegate's own.
        let heard = heard(t, 9, 240).await?;
        if heard > 345 {
            return Err(format!(
                "{heard} frames were played; 300 were the delegate's"
            ));
        }
        return Ok(());
    }
    t.all_well([1, 2, VICTIM]).await
}

async fn stripped(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, VICTIM]).await?;
    if t.attack {
        t.strike();
        t.tap(|passing, payload| match is(passing, VICTIM, 1) {
            true if payload.len() > MANIFEST_BYTES => Verdict::Drop,
            _ => Verdict::Deliver,
        });
        sleep(Duration::from_secs(2)).await;
        heard(t, 8, 300).await?;
        return nobody_is_accused(t);
    }
    t.all_well([1, 2, VICTIM]).await
}

async fn withheld(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, VICTIM]).await?;
    if t.attack {
        t.strike();
        t.script(|_, conn, frame| match frame {
            Frame::Down(ServerMessage::Passing { .. }) if conn.seat == 1 => vec![],
            other => vec![other],
        });
        t.tap(|passing, payload| match is(passing, VICTIM, 1) {
            true if payload.len() > MANIFEST_BYTES => Verdict::Drop,
            _ => Verdict::Deliver,
        });
        let unproven = problem(ProblemKind::Unproven, Some(VICTIM));
        t.shown(1, 4, "seat 3 is unproven", unproven).await?;
        let played = voices(&t.report(1)?, VICTIM);
        let held = move |r: &Report| voices(r, VICTIM) <= played + 2;
        t.stays(1, 3.0, "it is held back", held).await?;
        t.script(|_, _, frame| vec![frame]);
        t.tap(|_, _| Verdict::Deliver);
        heard(t, 4, 150).await?;
        return nobody_is_accused(t);
    }
    t.all_well([1, 2, VICTIM]).await
}

/// All of the victim's frames are the forger's, with these manifests: nothing is played, and it shows.
async fn nothing_is_played(
    t: &mut Table,
    forged: impl FnMut(usize, Header, &[u8]) -> Option<Vec<u8>> + Send + 'static,
) -> Result<(), String> {
    let shut_out = |r: &Report| r.frames_refused + r.frames_early + r.frames_late;
    let before = shut_out(&t.report(1)?);
    t.strike();
    forge(t, forged);
    sleep(Duration::from_millis(1_700)).await;
    let played = voices(&t.report(1)?, VICTIM);
    let frozen = problem(ProblemKind::Frozen, Some(VICTIM));
    t.shown(1, STARVED_S, "seat 3 is frozen", frozen).await?;
    let after = t.report(1)?;
    if voices(&after, VICTIM) > played {
        return Err(format!(
            "{} frames were played",
            voices(&after, VICTIM) - played
        ));
    }
    let came = shut_out(&after) - before;
    match came >= 100 {
        true => Ok(()),
        false => Err(format!("{came} of them came at all")),
    }
}

async fn of_the_forger(t: &mut Table) -> Result<(), String> {
    let forger = among(t, [1, VICTIM, 4]).await?;
    if t.attack {
        let forged = move |_, header: Header, _: &[u8]| {
            let own = forger.with(|s, _| s.forge_manifest(SeatId(VICTIM), header.ctr, &SILENCE));
            voice(&forger, header.ctr, &own.ok()?)
        };
        nothing_is_played(t, forged).await?;
        return nobody_is_accused(t);
    }
    t.all_well([1, 2, VICTIM, 4]).await
}

/// The last true manifest of the victim's voice that the forger could read.
struct Stolen {
    forger: Arc<Puppet>,
    manifest: Option<Vec<u8>>,
    shortest: usize,
}

impl Stolen {
    fn by(forger: Arc<Puppet>) -> Self {
        Self {
            forger,
            manifest: None,
            shortest: usize::MAX,
        }
    }

    fn look(&mut self, payload: &[u8]) {
        let Some((_, body)) = Header::parse(payload) else {
            return;
        };
        self.shortest = self.shortest.min(body.len());
        let frame = self.shortest - 16 - 1;
        let found = (self.forger).with(|s, _| s.manifest_of(SeatId(VICTIM), payload, frame));
        if let Ok(Some(manifest)) = found {
            self.manifest = Some(manifest);
        }
    }
}

async fn moved(t: &mut Table) -> Result<(), String> {
    let forger = among(t, [1, VICTIM, 4]).await?;
    if t.attack {
        let mut stolen = Stolen::by(forger.clone());
        let forged = move |_, header: Header, payload: &[u8]| {
            stolen.look(payload);
            voice(&forger, header.ctr, stolen.manifest.as_ref()?)
        };
        return nothing_is_played(t, forged).await;
    }
    t.all_well([1, 2, VICTIM, 4]).await
}

async fn of_another_epoch(t: &mut Table) -> Result<(), String> {
    let forger = among(t, [1, VICTIM, 4]).await?;
    if t.attack {
        let (mut stolen, of) = (Stolen::by(forger.clone()), forger.view().epoch);
        let kept = Arc::new(std::sync::Mutex::new(None));
        let keep = kept.clone();
        forge(t, move |_, _, payload| {
            stolen.look(payload);
            if let (Ok(mut kept), Some(manifest)) = (keep.lock(), &stolen.manifest) {
                *kept = Some(manifest.clone());
            }
            None
        });
        sleep(Duration::from_secs(2)).await;
        let stolen = kept.lock().ok().and_then(|kept| kept.clone());
        let stolen = stolen.ok_or("no manifest was seen")?;
        let language = "en".to_owned();
        t.act(1, Act::CheckWords { language }).await?;
        forger
            .until("the new epoch", |view| view.epoch > of)
            .await?;
        // Everybody seals in it.
        sleep(Duration::from_secs(3)).await;
        let forged = move |_, header: Header, _: &[u8]| voice(&forger, header.ctr, &stolen);
        return nothing_is_played(t, forged).await;
    }
    t.all_well([1, 2, VICTIM, 4]).await
}

async fn under_another_key(t: &mut Table) -> Result<(), String> {
    let forger = among(t, [1, VICTIM, 4]).await?;
    if t.attack {
        let mut stolen = Stolen::by(forger.clone());
        let forged = move |_, header: Header, payload: &[u8]| {
            stolen.look(payload);
            let manifest = stolen.manifest.as_ref()?;
            let victim = SeatId(VICTIM);
            let screen = forger
                .with(|s, _| s.forge_frame(victim, Stream::Screen, header.ctr, &SILENCE, manifest));
            screen.ok()
        };
        return nothing_is_played(t, forged).await;
    }
    t.all_well([1, 2, VICTIM, 4]).await
}
