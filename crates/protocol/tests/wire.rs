//! The JSON of every type that travels: a change here is a change of the protocol.

use std::collections::BTreeSet;

use protocol::{
    AccessToken, CallId, CircleId, ClientMessage as C, DelegationId, ErrorCode, ErrorMessage,
    Holder, Sealed, SeatId, SecretHash, ServerMessage as S,
    checks::{Checks, Code, Device, SeatChecks, Way},
    http::{CallDetail, CallSummary, NewCall, Phase, SeatToken},
    sealed::{Class, Entry, GroupRef, LogState},
    shape::{CallShape, SeatShape, UnverifiedShape},
    types::*,
};
use serde::Serialize;
use ts_rs::{Config, TS};

const NOW: u64 = 1_643_036_400_000;

fn call() -> CallShape {
    CallShape {
        id: CallId::from_bytes([7; 16]),
        format: Format::Video,
        rehearsal: true,
        starts_at_ms: Some(NOW),
        minutes: Some(80),
    }
}

fn seat() -> SeatShape {
    SeatShape {
        id: SeatId(2),
        delegation: DelegationId(1),
        kind: SeatKind::Principal,
        host: true,
    }
}

fn sealed() -> Sealed {
    Sealed::from_bytes(b"sealed")
}

fn log() -> LogState {
    LogState {
        group: GroupRef::table(1),
        epoch: 4,
        seq: 9,
    }
}

fn status() -> SeatStatus {
    SeatStatus {
        seat: SeatId(2),
        presence: Presence::Seated,
        since_ms: NOW,
        microphone: true,
        camera: true,
        screen: false,
    }
}

fn checks() -> Checks {
    Checks {
        way: Some(Way::Tcp),
        up_kbps: Some(2100),
        down_kbps: Some(1900),
        loss_permille: Some(12),
        delay_ms: Some(43),
        camera: Some(Device::NotFound),
        microphone: Some(Device::On),
        speaker: Some(Device::Failed),
        clock_ms: Some(-1200),
        sealing: Some(true),
        current: Some(true),
        code: Some(Code::from_bytes([2; 16])),
    }
}

fn error() -> ErrorMessage {
    let error = ErrorMessage::new(ErrorCode::MicrophonesFull, "All microphones are taken.");
    ErrorMessage {
        seats: vec![SeatId(4), SeatId(9)],
        ..error.answering("microphone")
    }
}

fn client_messages() -> Vec<C> {
    let (token, holder) = (
        AccessToken::from_bytes([1; 32]),
        Holder::from_bytes([2; 32]),
    );
    let seat = SeatId(2);
    let tile = |source, height| Tile {
        seat,
        source,
        height,
    };
    vec![
        C::Hello {
            protocol: protocol::VERSION,
            token,
            holder,
            packed: true,
        },
        C::Enter { knock: None },
        C::Enter {
            knock: Some(sealed()),
        },
        C::Knock {
            circle: CircleId(2),
            knock: sealed(),
        },
        C::Found {
            group: GroupRef::table(2),
            after: 1,
        },
        C::Commit {
            group: GroupRef::table(1),
            epoch: 4,
            commit: sealed(),
        },
        C::GroupWelcome {
            group: GroupRef::table(1),
            epoch: 4,
            welcome: sealed(),
            adds: vec![seat],
        },
        C::Kept {
            group: GroupRef::table(1),
            epoch: 4,
            sealed: sealed(),
        },
        C::Passing {
            group: GroupRef::table(1),
            sealed: sealed(),
        },
        C::CatchUp {
            group: GroupRef::table(1),
            after: 8,
        },
        C::Ping {},
        C::Leave {},
        C::Microphone {
            open: true,
            circle: CircleId::TABLE,
        },
        C::Camera { on: true },
        C::Screen { on: false },
        C::Admit { seat },
        C::Refuse { seat },
        C::Remove { seat },
        C::SetDoors {
            doors: Doors::Closed,
        },
        C::Mute { seat },
        C::GiveFloor { seat: Some(seat) },
        C::GiveFloor { seat: None },
        C::Adjourn {},
        C::Offer {
            generation: 1,
            sdp: "v=0\r\n".into(),
        },
        C::View {
            tiles: vec![tile(Source::Screen, 1080), tile(Source::Camera, 180)],
        },
        C::Checks { checks: checks() },
        C::Checks {
            checks: Checks::default(),
        },
        C::Mirror {
            up: "v=0\r\n".into(),
            down: "v=0\r\n".into(),
        },
    ]
}

fn server_messages() -> Vec<S> {
    let (floor, doors) = (Some(SeatId(2)), Doors::Open);
    let mid = || "7".to_owned();
    let video = VideoSlot {
        mid: mid(),
        seat: SeatId(2),
        source: Source::Camera,
        paused: true,
    };
    vec![
        S::Welcome {
            protocol: protocol::VERSION,
            call: call(),
            seat: seat(),
            grant: sealed(),
            returning: false,
            now_ms: NOW,
        },
        S::Waiting {
            doors,
            occupied: true,
            host: false,
            free_in_ms: Some(10_000),
        },
        S::Seated {
            seats: vec![seat()],
            plan: sealed(),
            logs: vec![log()],
            statuses: vec![status()],
            doors,
            floor,
            opened_at_ms: NOW,
        },
        S::Negotiate { audio: 8, video: 9 },
        S::Answer {
            generation: 1,
            sdp: "v=0\r\n".into(),
        },
        S::Voice { narrow: true },
        S::Slots {
            audio: vec![AudioSlot {
                mid: mid(),
                seat: SeatId(2),
            }],
            video: vec![video],
        },
        S::Changed {
            statuses: vec![status()],
        },
        S::DoorsChanged {
            doors: Doors::Closed,
        },
        S::FloorChanged { floor },
        S::Antechamber {
            waiting: vec![Waiting {
                seat: SeatId(3),
                since_ms: NOW,
                occupied: false,
            }],
        },
        S::Checked {
            seats: vec![
                SeatChecks {
                    seat: SeatId(3),
                    checks: Some(checks()),
                },
                SeatChecks {
                    seat: SeatId(4),
                    checks: None,
                },
            ],
        },
        S::Mirrored {
            up: "v=0\r\n".into(),
            down: "v=0\r\n".into(),
        },
        S::Knocked {
            circle: CircleId::TABLE,
            seat: SeatId(3),
            waiting: true,
            knock: sealed(),
        },
        S::Founded {
            group: GroupRef::table(2),
            by: SeatId(1),
        },
        S::Ordered(Entry {
            seq: 9,
            group: GroupRef::table(1),
            epoch: 4,
            class: Class::Commit,
            sealed: sealed(),
        }),
        S::Taken {
            seq: 9,
            group: GroupRef::table(1),
            epoch: 4,
        },
        S::CaughtUp { log: log() },
        S::Passing {
            group: GroupRef::table(1),
            sealed: sealed(),
        },
        S::GroupWelcome {
            group: GroupRef::table(1),
            seq: 9,
            welcome: sealed(),
        },
        S::SeatClaimed {},
        S::MicrophoneClosed { by: SeatId(1) },
        S::Muted { by: SeatId(1) },
        S::Clock { now_ms: NOW },
        S::GoingAway {
            retry_after_ms: 1500,
        },
        S::Removed {},
        S::Adjourned {},
        S::Error(error()),
        S::Error(ErrorMessage::fatal(
            ErrorCode::LinkClosed,
            "A host removed this seat.",
        )),
    ]
}

fn shape() -> UnverifiedShape {
    let other = SeatShape {
        id: SeatId(2),
        delegation: DelegationId(2),
        kind: SeatKind::Observer,
        host: false,
    };
    UnverifiedShape {
        format: Format::Video,
        rehearsal: false,
        starts_at_ms: None,
        minutes: None,
        seats: vec![
            SeatShape {
                id: SeatId(1),
                ..seat()
            },
            other,
        ],
    }
}

fn detail() -> CallDetail {
    let (phase, seated) = (Phase::Open, 1);
    CallDetail {
        summary: CallSummary {
            info: call(),
            phase,
            delegations: 1,
            seats: 1,
            seated,
            convened_at_ms: NOW,
        },
        seats: vec![seat()],
        plan: Some(sealed()),
        statuses: vec![status()],
        links: vec![1],
        doors: Doors::Open,
    }
}

fn lines<T: Serialize>(messages: &[T]) -> String {
    let line = |message| serde_json::to_string(message).unwrap() + "\n";
    messages.iter().map(line).collect()
}

/// The words a tagged enum or an enum of names has on the wire, as its TypeScript has them.
fn words(typescript: &str, before: &str) -> BTreeSet<String> {
    let after = |part: &str| part.split('"').next().map(str::to_owned);
    typescript.split(before).skip(1).filter_map(after).collect()
}

#[test]
fn every_client_message_is_written_like_this() {
    let messages = client_messages();
    insta::assert_snapshot!("client_messages", lines(&messages));
    let known = words(&C::inline(&Config::new()), "\"type\": \"");
    let sampled = messages.iter().map(|m| m.kind().to_owned()).collect();
    assert_eq!(known, sampled, "a type of message has no sample here");
    for message in messages {
        let text = serde_json::to_string(&message).unwrap();
        assert!(C::parse(&text) == Ok(message), "{text}");
    }
}

#[test]
fn every_server_message_is_written_like_this() {
    let messages = server_messages();
    insta::assert_snapshot!("server_messages", lines(&messages));
    let known = words(&S::inline(&Config::new()), "\"type\": \"");
    let sampled = messages.iter().map(|m| m.kind().to_owned()).collect();
    assert_eq!(known, sampled, "a type of message has no sample here");
    for message in messages {
        let text = serde_json::to_string(&message).unwrap();
        assert!(
            serde_json::from_str::<S>(&text).unwrap() == message,
            "{text}"
        );
    }
}

#[test]
fn every_error_code_has_this_number_blame_and_status() {
    let names: BTreeSet<_> = words(&ErrorCode::inline(&Config::new()), "\"")
        .into_iter()
        .filter(|word| !word.trim_matches([' ', '|']).is_empty())
        .collect();
    let mut codes: Vec<ErrorCode> = names
        .iter()
        .map(|name| serde_json::from_value(name.as_str().into()).unwrap())
        .collect();
    codes.sort_by_key(|code| code.close_code());
    let line = |code: &ErrorCode| {
        let (name, blame) = (serde_json::json!(code), serde_json::json!(code.blame()));
        let (name, blame) = (name.as_str().unwrap(), blame.as_str().unwrap());
        format!(
            "{} {name} {blame} {}\n",
            code.close_code(),
            code.http_status()
        )
    };
    let table: String = codes.iter().map(line).collect();
    assert_eq!(codes.len(), 26);
    insta::assert_snapshot!("error_codes", table);
}

#[test]
fn every_body_of_the_convener_interface_is_written_like_this() {
    let token = SeatToken {
        seat: SeatId(1),
        link: 1,
        hash: SecretHash::from_bytes([3; 32]),
        grant: sealed(),
    };
    let id = CallId::from_bytes([7; 16]);
    let new = NewCall {
        id,
        shape: shape(),
        plan: sealed(),
        tokens: vec![token.clone()],
    };
    insta::assert_json_snapshot!("new_call", new);
    insta::assert_json_snapshot!("seat_token", token);
    insta::assert_json_snapshot!("call_detail", detail());
    let text = serde_json::to_string(&new).unwrap();
    assert!(serde_json::from_str::<NewCall>(&text).unwrap() == new);
}
