//! The attacks on a page. What they do is what the native cases do; what has to come of it, the page
//! shows.

use std::{sync::LazyLock, time::Duration};

use participant::Control;
use protocol::{ClientMessage, Sealed, SeatId, ServerMessage, types::Waiting};
use sealed::session::{
    Act,
    forge::{Changes, NotForged},
};
use server::evil::Verdict;

use super::{Attacking, Case, Scene};
use crate::{
    answers::{self, Tampering},
    cases::{log::forge_welcome, media},
    hall::{Plan, now_ms},
    proxy::Frame,
    puppet,
};

/// The seat of every page that is no host's.
const PAGE: u16 = 3;

/// A page on seat 3 among two native seats, in a call of voices.
const GUEST: Case = Case {
    name: "",
    attack: "",
    expected: "",
    within_s: 14,
    plan: Plan::voices(1),
    seat: PAGE,
    bribed: false,
    before: None,
    strike: None,
};

/// A page on the host's seat, a bribed member and a native client.
const HOST: Case = Case {
    seat: 1,
    bribed: true,
    within_s: 4,
    ..GUEST
};

macro_rules! attack {
    ($attack:path) => {
        Some(|scene| -> Attacking<'_> { Box::pin($attack(scene)) })
    };
}

/// Every case there is.
pub(super) fn all() -> &'static [Case] {
    static ALL: LazyLock<Vec<Case>> = LazyLock::new(|| {
        let answers = answers::played("browser").map(answered);
        CASES.iter().copied().chain(answers).collect()
    });
    &ALL
}

const CASES: &[Case] = &[
    Case {
        name: "garbled-media",
        attack: "the server turns one bit of every frame of a voice",
        expected: "the page plays none of it, and says that nothing of it arrives",
        strike: attack!(garbled),
        ..GUEST
    },
    Case {
        name: "plaintext-media",
        attack: "the server sends what is not sealed in place of a voice",
        expected: "the page plays none of it, and says that nothing of it arrives",
        strike: attack!(plaintext),
        ..GUEST
    },
    Case {
        name: "silence-injected",
        attack: "the server sends Opus silence in place of a voice",
        expected: "the page plays none of it, and says that nothing of it arrives",
        strike: attack!(silence),
        ..GUEST
    },
    Case {
        name: "frames-replayed",
        attack: "the server sends a voice's earlier frames again in place of its new ones",
        expected: "the page plays none of it, and says that nothing of it arrives",
        strike: attack!(replayed),
        ..GUEST
    },
    Case {
        name: "forged-by-a-member",
        attack: "the server sends frames that a bribed member sealed under the host's name",
        expected: "the page says that it was forged, and plays no more of it",
        within_s: 4,
        bribed: true,
        strike: attack!(forged),
        ..GUEST
    },
    Case {
        name: "seats-relabelled",
        attack: "the server calls two seats' voices and pictures each other's",
        expected: "each picture is under its own name, and never under another",
        within_s: 15,
        plan: Plan {
            seats: 4,
            hosts: 1,
            pictures: true,
            age_ms: 0,
            together: 1,
        },
        before: attack!(relabelled),
        ..GUEST
    },
    Case {
        name: "former-frames-held",
        attack: "the server makes the page hold a picture's frames back for 3 s, and gives its place to another seat meanwhile",
        expected: "nothing of the former seat is seen under the other's name; then the other's own picture is",
        within_s: 15,
        plan: Plan {
            seats: 4,
            hosts: 1,
            pictures: true,
            age_ms: 0,
            together: 1,
        },
        strike: attack!(former_held),
        ..GUEST
    },
    Case {
        name: "commit-withheld",
        attack: "the server withholds a commit, and whatever would mend it, from the page",
        expected: "the page calls nobody verified after 8 s, and stops sending after 17 s and says so",
        within_s: 18,
        strike: attack!(commit_withheld),
        ..GUEST
    },
    Case {
        name: "minted-credential",
        attack: "a bribed co-host commits a ghost whose credential another root key signed",
        expected: "the page refuses it, says that the call was sealed anew, and is in it without a ghost",
        within_s: 20,
        plan: Plan::voices(2),
        bribed: true,
        strike: attack!(minted),
        ..GUEST
    },
    Case {
        name: "welcome-into-forged-group",
        attack: "the server gives the page the welcome of a group that a bribed member made up",
        expected: "the page refuses it, and comes into the real group",
        within_s: 25,
        bribed: true,
        before: attack!(forged_welcome),
        ..GUEST
    },
    Case {
        name: "plan-lied",
        attack: "the server gives the page another plan with other names",
        expected: "the page says that it is not the convener's; names stay those that were granted",
        within_s: 5,
        before: attack!(plan_lied),
        ..GUEST
    },
    Case {
        name: "foreign-grant",
        attack: "the server gives the page the grant of another seat",
        expected: "the page goes no further and says why",
        within_s: 5,
        before: attack!(foreign_grant),
        ..GUEST
    },
    Case {
        name: "version-downgrade",
        attack: "the network turns the page's hello into one of the protocol before sealing",
        expected: "the page ends; there is no unsealed call to fall back to",
        within_s: 5,
        before: attack!(version_downgrade),
        ..GUEST
    },
    Case {
        name: "added-ghost",
        attack: "the server presents a ghost whose grant it signed itself to the host's page",
        expected: "the page says that no invitation stands behind it, and lets nobody admit it",
        strike: attack!(ghost_knocks),
        ..HOST
    },
    Case {
        name: "suite-downgrade",
        attack: "somebody asks the host's page in with a key package of a suite without ML-KEM",
        expected: "the page calls the request damaged, and lets nobody admit it",
        strike: attack!(weak_suite_knocks),
        ..HOST
    },
];

/// The server's answers to a host's page are tampered with before it comes.
fn answered(tampering: &'static Tampering) -> Case {
    Case {
        name: &tampering.name,
        attack: tampering.attack(),
        expected: "the page ends, names what the server wanted, and has applied nothing of it",
        within_s: 15,
        plan: Plan {
            pictures: tampering.pictures,
            ..Plan::voices(1)
        },
        before: attack!(answers_tampered),
        ..HOST
    }
}

async fn answers_tampered(scene: &mut Scene) -> Result<(), String> {
    let tampering = answers::named(scene.case.name).ok_or("it is not in the table")?;
    answers::tamper(&scene.table, scene.case.seat, tampering);
    Ok(())
}

/// Seat 2's voice on its way to the page.
fn spoil(
    scene: &Scene,
    mut how: impl FnMut(&mut Vec<u8>) -> Verdict + Send + 'static,
) -> Result<(), String> {
    scene
        .table
        .tap(move |passing, payload| match media::is(passing, 2, PAGE) {
            true => how(payload),
            false => Verdict::Deliver,
        });
    Ok(())
}

async fn garbled(scene: &mut Scene) -> Result<(), String> {
    spoil(scene, |payload| media::garble(payload))
}

async fn plaintext(scene: &mut Scene) -> Result<(), String> {
    spoil(scene, |payload| media::plain(payload))
}

async fn silence(scene: &mut Scene) -> Result<(), String> {
    spoil(scene, media::silent)
}

async fn replayed(scene: &mut Scene) -> Result<(), String> {
    spoil(scene, media::replay())
}

async fn forged(scene: &mut Scene) -> Result<(), String> {
    let forger = scene.bribed.clone().ok_or("nobody is bribed")?;
    media::forge_voices(&scene.table, forger, 1, PAGE);
    Ok(())
}

async fn relabelled(scene: &mut Scene) -> Result<(), String> {
    media::exchange_labels(&scene.table, PAGE, 1, 2);
    Ok(())
}

/// Of the clock of pictures (RFC 7741).
const TICKS_A_SECOND: u32 = 90_000;

async fn former_held(scene: &mut Scene) -> Result<(), String> {
    let table = &scene.table;
    let a_second = Duration::from_secs(1);
    table.control(2, Control::Camera(false)).await?;
    tokio::time::sleep(a_second).await;
    table.tap(
        |passing, _| match (passing.from, passing.to) == (SeatId(1), SeatId(PAGE)) {
            true if passing.is_video => Verdict::Ahead(3 * TICKS_A_SECOND),
            _ => Verdict::Deliver,
        },
    );
    tokio::time::sleep(a_second).await;
    table.control(1, Control::Camera(false)).await?;
    table.control(2, Control::Camera(true)).await
}

async fn commit_withheld(scene: &mut Scene) -> Result<(), String> {
    scene.table.script(|_, conn, frame| match frame {
        Frame::Down(
            ServerMessage::Ordered(_)
            | ServerMessage::CaughtUp { .. }
            | ServerMessage::GroupWelcome { .. },
        ) if conn.seat == PAGE => vec![],
        other => vec![other],
    });
    let language = "en".to_owned();
    scene.table.act(1, Act::CheckWords { language }).await
}

async fn minted(scene: &mut Scene) -> Result<(), String> {
    let bribed = scene.bribed.clone().ok_or("nobody is bribed")?;
    let knock = {
        let ghost = scene.table.ghost(4)?;
        bribed.with(|s, _| s.forge_knock_for(&ghost))
    };
    let changes = Changes {
        adds: vec![(SeatId(4), knock.map_err(|e| e.to_string())?)],
        ..Changes::default()
    };
    scene
        .table
        .forge(&bribed, |s, now| s.forge_commit(now, changes))
}

async fn forged_welcome(scene: &mut Scene) -> Result<(), String> {
    let bribed = scene.bribed.clone().ok_or("nobody is bribed")?;
    let epoch = bribed.view().epoch + 1;
    forge_welcome(&scene.table, &bribed, PAGE, epoch);
    Ok(())
}

async fn plan_lied(scene: &mut Scene) -> Result<(), String> {
    let other = scene.table.hall().convene(Plan::voices(1)).await?.new.plan;
    scene.table.script(move |_, conn, frame| match frame {
        Frame::Down(mut seated @ ServerMessage::Seated { .. }) if conn.seat == PAGE => {
            if let ServerMessage::Seated { plan, .. } = &mut seated {
                *plan = other.clone();
            }
            vec![Frame::Down(seated)]
        }
        other => vec![other],
    });
    Ok(())
}

async fn foreign_grant(scene: &mut Scene) -> Result<(), String> {
    let of_another = scene.table.grant(2);
    scene.table.script(move |_, conn, frame| match frame {
        Frame::Down(mut welcome @ ServerMessage::Welcome { .. }) if conn.seat == PAGE => {
            if let ServerMessage::Welcome { grant, .. } = &mut welcome {
                *grant = of_another.clone();
            }
            vec![Frame::Down(welcome)]
        }
        other => vec![other],
    });
    Ok(())
}

async fn version_downgrade(scene: &mut Scene) -> Result<(), String> {
    scene.table.script(|_, conn, frame| match frame {
        Frame::Up(ClientMessage::Hello { token, holder, .. }) if conn.seat == PAGE => {
            let protocol = protocol::VERSION - 1;
            vec![Frame::Up(ClientMessage::Hello {
                protocol,
                token,
                holder,
                packed: false,
            })]
        }
        other => vec![other],
    });
    Ok(())
}

/// The server tells the host's page that somebody waits for seat 4, and gives this knock as theirs.
fn asks_in(scene: &Scene, knock: Result<Sealed, NotForged>) -> Result<(), String> {
    let knock = knock.map_err(|e| e.to_string())?;
    let waiting = vec![Waiting {
        seat: SeatId(4),
        since_ms: now_ms(),
        occupied: false,
    }];
    scene.table.tell(1, ServerMessage::Antechamber { waiting });
    scene.table.knock_at(1, 4, true, knock);
    Ok(())
}

async fn ghost_knocks(scene: &mut Scene) -> Result<(), String> {
    let bribed = scene.bribed.clone().ok_or("nobody is bribed")?;
    let knock = {
        let ghost = scene.table.ghost(4)?;
        bribed.with(|s, _| s.forge_knock_for(&ghost))
    };
    asks_in(scene, knock)
}

async fn weak_suite_knocks(scene: &mut Scene) -> Result<(), String> {
    let knock = {
        let weak = puppet::session(&scene.table.link(4), &scene.table.grant(4))?;
        weak.forge_knock_of_another_suite()
    };
    asks_in(scene, knock)
}
