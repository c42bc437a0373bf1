//! The conversation, message by message.

use super::*;
use protocol::{
    CallId, DelegationId, Sealed,
    sealed::LogState,
    types::{Doors, Format},
};

const BEHAVIOUR: Behaviour = Behaviour {
    publish: true,
    microphone: true,
    camera: true,
    screen: false,
    visible: 26,
};

const BOTH: On = On {
    microphone: true,
    camera: true,
    screen: false,
};

fn welcome(kind: SeatKind) -> ServerMessage {
    ServerMessage::Welcome {
        protocol: protocol::VERSION,
        call: CallShape {
            id: CallId::from_bytes([0; 16]),
            format: Format::Video,
            rehearsal: true,
            starts_at_ms: None,
            minutes: None,
        },
        seat: SeatShape {
            id: SeatId(1),
            delegation: DelegationId(1),
            kind,
            host: true,
        },
        grant: Sealed::from_bytes(&[1]),
        returning: false,
        now_ms: 0,
    }
}

fn status(seat: u16, camera: bool) -> SeatStatus {
    let (presence, since_ms) = (Presence::Seated, 0);
    SeatStatus {
        seat: SeatId(seat),
        presence,
        since_ms,
        microphone: true,
        camera,
        screen: false,
    }
}

fn seated(statuses: Vec<SeatStatus>) -> ServerMessage {
    ServerMessage::Seated {
        seats: Vec::new(),
        plan: Sealed::from_bytes(&[1]),
        logs: vec![LogState::default()],
        statuses,
        doors: Doors::Open,
        floor: None,
        opened_at_ms: 0,
    }
}

fn kinds(acts: &[Act]) -> Vec<&'static str> {
    acts.iter()
        .map(|act| match act {
            Act::Enter => "(enter)",
            Act::Send(message) => message.kind(),
            Act::Negotiate(_) => "(negotiate)",
            Act::Focus(_) => "(focus)",
            _ => "(other)",
        })
        .collect()
}

#[test]
fn a_seat_enters_opens_its_microphone_and_camera_and_looks_at_the_others() {
    let (now, mut c) = (Instant::now(), Conversation::new(BEHAVIOUR));
    assert_eq!(
        kinds(&c.handle_message(now, welcome(SeatKind::Principal))),
        ["(enter)"]
    );
    let acts = c.handle_message(
        now,
        seated(vec![status(1, false), status(2, true), status(3, true)]),
    );
    assert_eq!(kinds(&acts), ["microphone", "camera", "view", "(focus)"]);
    let Some(Act::Send(ClientMessage::View { tiles })) = acts.get(2) else {
        panic!()
    };
    assert_eq!(
        tiles.iter().map(|t| t.height).collect::<Vec<_>>(),
        [360, 180]
    );
    assert_eq!(c.publishes(), BOTH);
    // Own camera now on: nothing new to see.
    let own = ServerMessage::Changed {
        statuses: vec![status(1, true)],
    };
    assert!(c.handle_message(now, own).is_empty());
    let before = tiles[0].seat;
    let acts = c.handle_timeout(now + FOCUS_PERIOD);
    let Some(Act::Send(ClientMessage::View { tiles })) = acts.first() else {
        panic!()
    };
    assert_ne!(tiles[0].seat, before);
}

#[test]
fn an_observer_sends_nothing() {
    let (now, mut c) = (Instant::now(), Conversation::new(BEHAVIOUR));
    c.handle_message(now, welcome(SeatKind::Observer));
    assert!(
        c.handle_message(now, seated(vec![status(1, false)]))
            .is_empty()
    );
    let acts = c.handle_message(now, ServerMessage::Negotiate { audio: 1, video: 2 });
    let Some(Act::Negotiate(shape)) = acts.first() else {
        panic!()
    };
    assert_eq!(shape.own, Own::Nothing);
    assert_eq!(c.publishes(), On::default());
}

#[test]
fn a_closed_microphone_stays_closed() {
    let (now, mut c) = (Instant::now(), Conversation::new(BEHAVIOUR));
    c.handle_message(now, welcome(SeatKind::Principal));
    c.handle_message(now, seated(vec![]));
    c.handle_message(now, ServerMessage::MicrophoneClosed { by: SeatId(2) });
    assert!(!c.publishes().microphone && c.publishes().camera);
}

#[test]
fn with_many_cameras_each_looks_at_those_after_itself() {
    let behaviour = Behaviour {
        visible: 3,
        ..BEHAVIOUR
    };
    let (now, mut c) = (Instant::now(), Conversation::new(behaviour));
    c.handle_message(now, welcome(SeatKind::Principal)); // seat 1
    let all = (1..=9).map(|seat| status(seat, true)).collect();
    let acts = c.handle_message(now, seated(all));
    let Some(Act::Send(ClientMessage::View { tiles })) = acts.get(2) else {
        panic!()
    };
    let mut seats: Vec<_> = tiles.iter().map(|t| t.seat.0).collect();
    seats.sort_unstable();
    assert_eq!(seats, [2, 3, 4]);
}

#[test]
fn a_shared_screen_comes_first_and_ones_own_is_said_again_on_return() {
    let (now, mut c) = (Instant::now(), Conversation::new(BEHAVIOUR));
    assert!(c.control(Control::Screen(true)).is_empty());
    c.handle_message(now, welcome(SeatKind::Principal));
    let acts = c.handle_message(now, seated(vec![status(2, true)]));
    assert_eq!(
        kinds(&acts),
        ["microphone", "camera", "screen", "view", "(focus)"]
    );
    assert!(c.publishes().screen);
    assert_eq!(kinds(&c.control(Control::Screen(false))), ["screen"]);
    let shares = SeatStatus {
        screen: true,
        ..status(2, true)
    };
    let acts = c.handle_message(
        now,
        ServerMessage::Changed {
            statuses: vec![shares],
        },
    );
    let Some(Act::Send(ClientMessage::View { tiles })) = acts.first() else {
        panic!()
    };
    assert_eq!(tiles[0].source, Source::Screen);
}
