//! Microphones, cameras, screens, and what the media path is told.

use call::{MediaCommand as M, SessionId};
use protocol::{
    Audience, CircleId, ClientMessage as C, ErrorCode, Publishing, SeatId, ServerMessage as S,
    types::{Source, Tile},
};

use crate::support::{CLOSED, OPEN, Table, may_be_in};

/// Host on seat 1, delegates on 5 to 20 with open microphones, 21 to 24 without.
fn full_hall() -> (Table, SessionId, Vec<SessionId>) {
    let mut table = Table::with("video", 20);
    let host = table.arrive(1, 1);
    let delegates: Vec<_> = (5..25).map(|seat| table.admit(host, seat, 1)).collect();
    for session in &delegates[..16] {
        table.say(*session, OPEN);
    }
    assert_eq!(table.microphones().len(), 16);
    (table, host, delegates)
}

#[test]
fn the_seventeenth_microphone_is_told_who_mutes_first() {
    let (mut table, _, delegates) = full_hall();
    table.say(delegates[0], CLOSED);
    table.say(delegates[0], OPEN);
    table.say(delegates[17], OPEN);
    let error = table.error(delegates[17]).unwrap();
    assert_eq!(error.code, ErrorCode::MicrophonesFull);
    let longest_first: Vec<_> = (6..21).chain([5]).map(SeatId).collect();
    assert_eq!(error.seats, longest_first);
    table.say(delegates[1], CLOSED);
    table.say(delegates[17], OPEN);
    assert!(table.status(22).microphone);
}

#[test]
fn a_host_gets_a_microphone_and_the_one_opened_last_gives_way() {
    let (mut table, host, delegates) = full_hall();
    table.heard(delegates[15]);
    table.say(host, OPEN);
    assert!(matches!(
        table.take(delegates[15])[..],
        [S::MicrophoneClosed { by: SeatId(1) }, S::Changed { .. }]
    ));
    assert!(table.status(1).microphone && !table.status(20).microphone);
    let silent = M::Publish {
        seat: SeatId(20),
        publishing: Publishing::default(),
    };
    assert!(table.media.contains(&silent));
}

#[test]
fn a_host_mutes_a_noisy_seat_which_is_told_and_may_speak_again() {
    let (mut table, host) = Table::presided();
    let noisy = table.admit(host, 2, 1);
    table.say(noisy, OPEN);
    table.heard(noisy);
    table.say(host, C::Mute { seat: SeatId(2) });
    assert!(matches!(
        table.take(noisy)[..],
        [S::Muted { by: SeatId(1) }, S::Changed { .. }]
    ));
    assert!(!table.status(2).microphone);
    let silent = M::Publish {
        seat: SeatId(2),
        publishing: Publishing::default(),
    };
    assert_eq!(table.media.last(), Some(&silent));
    table.say(noisy, OPEN);
    assert!(table.status(2).microphone);
}

#[test]
fn muting_is_only_ever_closing_and_only_a_hosts() {
    let (mut table, host) = Table::presided();
    let (silent, observer) = (table.admit(host, 2, 1), table.admit(host, 4, 1));
    table.say(host, OPEN);
    for session in [host, silent, observer] {
        table.heard(session);
    }
    // It was quicker itself: nothing happens, and it is told nothing.
    table.say(host, C::Mute { seat: SeatId(2) });
    assert!(table.heard(silent).is_empty() && table.heard(host).is_empty());
    assert!(!table.status(2).microphone);
    for (by, seat, code) in [
        (silent, 1, ErrorCode::NotPermitted),
        (observer, 1, ErrorCode::NotPermitted),
        (host, 1, ErrorCode::NotPermitted),
        (host, 4, ErrorCode::NotPermitted),
        (host, 5, ErrorCode::WrongState),
    ] {
        table.say(by, C::Mute { seat: SeatId(seat) });
        assert_eq!(table.error_code(by), Some(code), "seat {seat}");
    }
    assert!(table.status(1).microphone);
}

#[test]
fn the_floor_brings_room_for_a_microphone_but_does_not_open_it() {
    let (mut table, host, delegates) = full_hall();
    table.say(
        host,
        C::GiveFloor {
            seat: Some(SeatId(22)),
        },
    );
    assert!(!table.status(22).microphone);
    table.say(delegates[17], OPEN);
    assert!(table.status(22).microphone && !table.status(20).microphone);
}

#[test]
fn a_voice_for_the_own_delegation_goes_to_its_seats_and_shows_at_nobodys_table() {
    let (mut table, host) = Table::presided();
    let speaker = table.admit(host, 5, 1);
    let own = CircleId(3);
    let whisper = C::Microphone {
        open: true,
        circle: own,
    };
    table.say(speaker, OPEN);
    table.heard(host);
    table.say(speaker, whisper.clone());
    let seats = (1..9).filter(|&seat| table.voice_of(5).has(SeatId(seat)));
    let own_seats = (1..9).filter(|&seat| may_be_in(own, SeatId(seat)));
    assert!(seats.eq(own_seats), "{:?}", table.voice_of(5));
    assert!(!table.status(5).microphone, "it is closed to the table");
    // What is told of it is that the table hears it no more.
    assert!(matches!(table.take(host)[..], [S::Changed { .. }]));
    table.say(speaker, OPEN);
    assert_eq!(table.voice_of(5), Audience::Everybody);
    assert!(table.status(5).microphone);
    table.say(speaker, whisper.clone());
    table.say(host, C::Mute { seat: SeatId(5) });
    assert_eq!(table.voice_of(5), Audience::Nobody);
}

#[test]
fn nobody_speaks_to_another_delegations_circle_or_to_one_there_is_not() {
    let (mut table, host) = Table::presided();
    let speaker = table.admit(host, 5, 1);
    let commands = table.media.len();
    for circle in [1, 2, 100, 255].map(CircleId) {
        table.say(speaker, C::Microphone { open: true, circle });
        assert_eq!(table.error_code(speaker), Some(ErrorCode::NotPermitted));
    }
    assert_eq!(table.media.len(), commands);
}

#[test]
fn opening_twice_changes_nothing_and_tells_nobody() {
    let (mut table, host) = Table::presided();
    table.say(host, OPEN);
    table.heard(host);
    let commands = table.media.len();
    table.say(host, OPEN);
    assert!(table.heard(host).is_empty() && table.media.len() == commands);
}

#[test]
fn one_screen_at_a_time_unless_a_host_or_the_floor_holder_takes_over() {
    let (mut table, host) = Table::presided();
    let (a, b) = (table.admit(host, 2, 1), table.admit(host, 5, 1));
    table.say(a, C::Screen { on: true });
    table.say(b, C::Screen { on: true });
    let error = table.error(b).unwrap();
    assert_eq!(
        (error.code, error.seats),
        (ErrorCode::WrongState, vec![SeatId(2)])
    );
    table.say(
        host,
        C::GiveFloor {
            seat: Some(SeatId(5)),
        },
    );
    table.say(b, C::Screen { on: true });
    assert!(table.status(5).screen && !table.status(2).screen);
    table.say(host, C::Screen { on: true });
    assert!(table.status(1).screen && !table.status(5).screen);
    table.say(b, C::Screen { on: false });
    assert!(
        table.status(1).screen,
        "stopping what was taken over already changes nothing"
    );
}

#[test]
fn an_observer_watches_and_listens() {
    let (mut table, host) = Table::presided();
    let observer = table.admit(host, 4, 1);
    for message in [OPEN, C::Camera { on: true }, C::Screen { on: true }] {
        table.say(observer, message);
        assert_eq!(table.error_code(observer), Some(ErrorCode::NotPermitted));
    }
    table.say(
        observer,
        C::Offer {
            generation: 1,
            sdp: "v=0".into(),
        },
    );
    assert!(matches!(
        table.media.last(),
        Some(M::Offer {
            seat: SeatId(4),
            ..
        })
    ));
}

#[test]
fn a_voice_call_has_microphones_and_no_pictures() {
    let mut table = Table::with("voice", 4);
    let host = table.arrive(1, 1);
    let negotiate = table
        .take(host)
        .into_iter()
        .find_map(|message| match message {
            S::Negotiate { audio, video } => Some((audio, video)),
            _ => None,
        });
    assert_eq!(negotiate, Some((7, 0)));
    for message in [C::Camera { on: true }, C::Screen { on: true }] {
        table.say(host, message);
        assert_eq!(table.error_code(host), Some(ErrorCode::NotPermitted));
    }
    table.say(host, OPEN);
    assert!(table.status(1).microphone);
}

#[test]
fn transceivers_are_as_many_as_others_can_fill_and_bounded() {
    for (more, expected) in [(0, (3, 4)), (27, (16, 26)), (100, (16, 26))] {
        let mut table = Table::with("video", more);
        table.arrive(1, 1);
        let M::Join { audio, video, .. } = table.media[0] else {
            panic!("no join")
        };
        assert_eq!((audio, video), expected);
    }
}

#[test]
fn offers_and_views_pass_only_from_the_table() {
    let (mut table, host) = Table::presided();
    let waiting = table.arrive(2, 1);
    let offer = C::Offer {
        generation: 1,
        sdp: "v=0".into(),
    };
    let before = table.media.len();
    table.say(waiting, offer.clone());
    assert_eq!(table.error_code(waiting), Some(ErrorCode::OutOfOrder));
    assert_eq!(table.media.len(), before);
    let tile = |seat| Tile {
        seat: SeatId(seat),
        source: Source::Camera,
        height: 180,
    };
    table.say(
        host,
        C::View {
            tiles: vec![tile(2), tile(1), tile(77), tile(5)],
        },
    );
    let passed = M::View {
        seat: SeatId(1),
        tiles: vec![tile(2), tile(5)],
    };
    assert_eq!(
        table.media.last(),
        Some(&passed),
        "only other seats of this call"
    );
}

#[test]
fn a_second_hello_is_out_of_order() {
    let (mut table, host) = Table::presided();
    let token = protocol::AccessToken::from_bytes([1; 32]);
    let hello = C::Hello {
        protocol: 1,
        token,
        holder: protocol::Holder::from_bytes([1; 32]),
        packed: false,
    };
    table.say(host, hello);
    assert_eq!(table.error_code(host), Some(ErrorCode::OutOfOrder));
    assert!(table.is_open(host));
}
