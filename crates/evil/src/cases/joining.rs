//! Who asks in: strangers, thieves, swapped and expired invitations.

use participant::Stage;
use protocol::{CircleId, ClientMessage, SeatId, ServerMessage};
use sealed::session::{Act, ClaimProblem};

use super::{knock_of, must_fail, play, welcomed_with};
use crate::{
    hall::Plan,
    proxy::Frame,
    puppet,
    suite::Case,
    table::{Table, claims, verified},
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "added-ghost",
        attack: "the server, with the knock key of a bribed member, presents a ghost whose grant it signed itself",
        expected: "the host sees that no invitation stands behind it and cannot admit it",
        within_s: 2,
        plan: Plan::voices(1),
        play: play!(added_ghost),
    },
    Case {
        name: "swapped-key-package",
        attack: "the server presents the key package of one waiting seat as the other's",
        expected: "the host sees the wrong seat on both and can admit neither",
        within_s: 5,
        plan: Plan::voices(1),
        play: play!(swapped_key_package),
    },
    Case {
        name: "expired-grant",
        attack: "somebody asks in with an invitation that has expired; a bribed co-host adds it all the same",
        expected: "shown to the host, 2 s; the commit is refused by all and the group begun anew",
        within_s: 20,
        plan: Plan::voices(2),
        play: play!(expired_grant),
    },
    Case {
        name: "foreign-grant",
        attack: "the server gives a seat the grant of another seat",
        expected: "its client goes no further",
        within_s: 5,
        plan: Plan::voices(1),
        play: play!(foreign_grant),
    },
    Case {
        name: "closed-link-used-again",
        attack: "the server lets a removed seat's closed link in again",
        expected: "the host sees that it is closed and cannot admit it",
        within_s: 2,
        plan: Plan::voices(1),
        play: play!(closed_link),
    },
    Case {
        name: "thief-on-occupied-seat",
        attack: "a thief opens the link of an occupied seat, and the server tells all that it came back",
        expected: "the host sees another machine; nobody lets it in, and it opens nothing",
        within_s: 5,
        plan: Plan::voices(1),
        play: play!(thief),
    },
    Case {
        name: "suite-downgrade",
        attack: "somebody asks in with a key package of a suite without ML-KEM",
        expected: "the host sees an unreadable request and cannot admit it",
        within_s: 2,
        plan: Plan::voices(1),
        play: play!(suite_downgrade),
    },
    Case {
        name: "version-downgrade",
        attack: "the network turns a client's hello into one of the protocol before sealing",
        expected: "its client ends; there is no unsealed call to fall back to",
        within_s: 5,
        plan: Plan::voices(1),
        play: play!(version_downgrade),
    },
];

async fn added_ghost(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = t.bribe(2).await?;
    if t.attack {
        let ghost = t.ghost(4)?;
        let knock = bribed
            .with(|s, _| s.forge_knock_for(&ghost))
            .map_err(|e| e.to_string())?;
        drop(ghost);
        t.strike();
        t.knock_at(1, 4, true, knock.clone());
        t.knock_at(3, 4, false, knock);
        t.shown(
            1,
            2,
            "no grant behind it",
            claims(4, ClaimProblem::NotAGrant),
        )
        .await?;
        must_fail(t.act(1, Act::Admit { seat: SeatId(4) }).await, "the ghost")?;
        t.stays(1, 4.0, "three are verified", verified([1, 2, 3]))
            .await?;
    }
    t.all_well([1, 2, 3]).await
}

async fn swapped_key_package(t: &mut Table) -> Result<(), String> {
    if !t.attack {
        return t.gather([1, 2, 3]).await;
    }
    t.gather([1]).await?;
    t.script(|_, conn, frame| match frame {
        Frame::Down(ServerMessage::Knocked {
            circle,
            seat,
            waiting,
            knock,
        }) if conn.seat == 1 => {
            let seat = SeatId(5 - seat.0);
            vec![Frame::Down(ServerMessage::Knocked {
                circle,
                seat,
                waiting,
                knock,
            })]
        }
        other => vec![other],
    });
    t.strike();
    t.sit(2, None)?;
    t.sit(3, None)?;
    for seat in [2, 3] {
        t.shown(
            1,
            5,
            "the wrong seat",
            claims(seat, ClaimProblem::WrongSeat),
        )
        .await?;
        must_fail(
            t.act(1, Act::Admit { seat: SeatId(seat) }).await,
            "a swapped seat",
        )?;
    }
    t.stays(1, 2.0, "it is alone", verified([1])).await
}

async fn expired_grant(t: &mut Table) -> Result<(), String> {
    t.gather([1, 3]).await?;
    let bribed = t.bribe(2).await?;
    if t.attack {
        let knock = {
            let late = puppet::session(&t.link(4), &t.expired_grant(4)?)?;
            late.forge_knock().map_err(|e| e.to_string())?
        };
        t.strike();
        t.knock_at(1, 4, true, knock.clone());
        t.shown(1, 2, "it has expired", claims(4, ClaimProblem::Expired))
            .await?;
        must_fail(
            t.act(1, Act::Admit { seat: SeatId(4) }).await,
            "an expired invitation",
        )?;
        super::membership::refused_by_all(t, &bribed, vec![(SeatId(4), knock)], None).await?;
    }
    t.all_well([1, 2, 3]).await
}

async fn foreign_grant(t: &mut Table) -> Result<(), String> {
    let of_another = t.grant(2);
    welcomed_with(t, move |welcome| {
        if let ServerMessage::Welcome { grant, .. } = welcome {
            *grant = of_another.clone();
        }
    })
    .await
}

async fn closed_link(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    let removed = t.bribe(4).await?;
    t.all_well([1, 2, 3, 4]).await?;
    t.act(1, Act::Remove { seat: SeatId(4) }).await?;
    for seat in [1, 2, 3] {
        t.until(seat, "the seat is out", verified([1, 2, 3]))
            .await?;
    }
    t.watch.ghost(4);
    if t.attack {
        let knock = removed
            .with(|s, _| s.forge_knock())
            .map_err(|e| e.to_string())?;
        t.strike();
        for seat in [1, 2, 3] {
            t.knock_at(seat, 4, false, knock.clone());
        }
        t.knock_at(1, 4, true, knock);
        t.shown(1, 2, "its link is closed", claims(4, ClaimProblem::Closed))
            .await?;
        must_fail(
            t.act(1, Act::Admit { seat: SeatId(4) }).await,
            "a closed seat",
        )?;
        t.stays(1, 3.0, "three are verified", verified([1, 2, 3]))
            .await?;
    }
    t.all_well([1, 2, 3]).await
}

async fn thief(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    if t.attack {
        let first = t.proxy.with(|post| post.of(3)).map(|conn| conn.id);
        t.script(move |post, conn, frame| {
            if let Some(knock) = knock_of(&frame).cloned()
                && conn.seat == 3
                && Some(conn.id) != first
            {
                for seat in [1, 2] {
                    let (seat_id, knock) = (SeatId(3), knock.clone());
                    post.tell(
                        seat,
                        ServerMessage::Knocked {
                            circle: CircleId::TABLE,
                            seat: seat_id,
                            waiting: false,
                            knock,
                        },
                    );
                }
            }
            vec![frame]
        });
        t.strike();
        let thief = t.stranger(3)?;
        t.shown(
            1,
            5,
            "another machine",
            claims(3, ClaimProblem::OtherDevice),
        )
        .await?;
        t.hit();
        t.stays(1, 6.0, "the same three are verified", verified([1, 2, 3]))
            .await?;
        let report = thief.reports().borrow().clone();
        if report.stage == Stage::Seated || report.frames_opened > 0 || report.group.number > 0 {
            return Err(format!("the thief got in: {report:?}"));
        }
        thief.vanish().await;
    }
    t.all_well([1, 2, 3]).await
}

async fn suite_downgrade(t: &mut Table) -> Result<(), String> {
    t.gather([1, 2, 3]).await?;
    if t.attack {
        let knock = {
            let weak = puppet::session(&t.link(4), &t.grant(4))?;
            weak.forge_knock_of_another_suite()
                .map_err(|e| e.to_string())?
        };
        t.strike();
        t.knock_at(1, 4, true, knock);
        t.shown(
            1,
            2,
            "not a request of this version",
            claims(4, ClaimProblem::BadPackage),
        )
        .await?;
        must_fail(
            t.act(1, Act::Admit { seat: SeatId(4) }).await,
            "another suite",
        )?;
        t.stays(1, 2.0, "three are verified", verified([1, 2, 3]))
            .await?;
    }
    t.all_well([1, 2, 3]).await
}

async fn version_downgrade(t: &mut Table) -> Result<(), String> {
    if !t.attack {
        return t.gather([1, 2, 3]).await;
    }
    t.gather([1, 2]).await?;
    t.script(|_, conn, frame| match frame {
        Frame::Up(ClientMessage::Hello { token, holder, .. }) if conn.seat == 3 => {
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
    t.strike();
    t.watch.ghost(3);
    t.sit(3, None)?;
    t.shown(3, 5, "it ends", |r| {
        r.ended.as_deref() == Some("unsupported_version")
    })
    .await?;
    t.all_well([1, 2]).await
}
