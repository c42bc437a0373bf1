//! Two machines in one group, through a relay that does what a server does.

use std::time::Duration;

use super::*;
use crate::frames::{Kind, Layer, Stream};
use protocol::{
    CallId, CircleId, SeatId,
    http::NewCall,
    plan::UnverifiedPlan,
    sealed::{Class, Entry, LogState},
    shape::CallShape,
    types::{Doors, Format},
};
use sealed::{
    convene,
    grant::OpenError,
    keys::Device,
    link::{CallSecret, HOST_LINK_NUMBER, Link, LinkKey},
};

const CALL: CallId = CallId::from_bytes([7; 16]);

/// Two seats, the first a host's, and what a server keeps for them.
struct Scene {
    now: Instant,
    call: NewCall,
    seats: [Sealing; 2],
    log: LogState,
    texts: Vec<(usize, String)>,
    /// Passing messages are lost.
    deaf: bool,
    /// Entries of the log do not reach the second seat yet.
    withheld: Option<Vec<ServerMessage>>,
    admitted: u32,
}

fn secret() -> CallSecret {
    CallSecret::from_bytes([3; 32])
}

fn link(secret: &CallSecret, seat: u16) -> Link {
    let key = LinkKey::Seat(secret.seat(CALL, SeatId(seat), HOST_LINK_NUMBER));
    Link { call: CALL, key }
}

fn machine(seat: u16) -> Machine {
    Machine {
        link: link(&secret(), seat),
        device: Device::generate().unwrap(),
        memory: Memory::default(),
    }
}

fn new_call() -> NewCall {
    let plan: UnverifiedPlan = serde_json::from_value(serde_json::json!({
        "title": "Talks",
        "delegations": [
            { "name": "One", "seats": [{ "name": "Ada", "title": "Chair", "host": true }] },
            { "name": "Two", "seats": [{ "name": "Bo" }] },
        ],
    }))
    .unwrap();
    convene::new_call(&secret(), &plan, CALL, 0).unwrap()
}

fn welcome(call: &NewCall, seat: usize) -> ServerMessage {
    ServerMessage::Welcome {
        protocol: protocol::VERSION,
        call: CallShape {
            id: CALL,
            format: Format::Video,
            rehearsal: true,
            starts_at_ms: None,
            minutes: None,
        },
        seat: call.shape.seats[seat],
        grant: call.tokens[seat].grant.clone(),
        returning: false,
        now_ms: 0,
    }
}

impl Scene {
    fn new() -> Self {
        let start = Instant::now();
        let sealing = |seat| {
            Sealing::new(
                (start, 0),
                machine(seat),
                Habits::new(seat == 1, Some(true), false),
            )
        };
        let mut scene = Self {
            now: start,
            call: new_call(),
            seats: [sealing(1), sealing(2)],
            log: LogState::default(),
            texts: Vec::new(),
            deaf: false,
            withheld: None,
            admitted: 0,
        };
        for seat in 0..2 {
            let message = welcome(&scene.call, seat);
            scene.tell(seat, message);
        }
        scene
    }

    /// Both in the group, and both let send.
    fn together() -> Self {
        let mut scene = Self::new();
        scene.sit(0);
        let enter = scene.seats[1].enter(scene.now).unwrap();
        scene.said(1, enter);
        scene.run(3_000);
        assert!(scene.seats.iter().all(Sealing::may_send));
        scene
    }

    fn tell(&mut self, seat: usize, message: ServerMessage) {
        if let (1, Some(withheld), ServerMessage::Ordered(_)) = (seat, &mut self.withheld, &message)
        {
            withheld.push(message);
            return;
        }
        let now = self.now;
        self.seats[seat].handle_message(now, &message).unwrap();
    }

    fn sit(&mut self, seat: usize) {
        let message = ServerMessage::Seated {
            seats: self.call.shape.seats.clone(),
            plan: self.call.plan.clone(),
            logs: vec![self.log],
            statuses: Vec::new(),
            doors: Doors::Open,
            floor: None,
            opened_at_ms: 0,
        };
        self.tell(seat, message);
    }

    /// Time passes, and everything said is passed on.
    fn run(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while self.now < end {
            self.pass_on();
            self.now += Duration::from_millis(10);
            for seat in &mut self.seats {
                if seat.next_at().is_some_and(|at| at <= self.now) {
                    seat.handle_timeout(self.now);
                }
            }
        }
        self.pass_on();
    }

    fn pass_on(&mut self) {
        for seat in [0, 1, 0, 1, 0, 1] {
            let mut frames = Vec::new();
            while let Some(output) = self.seats[seat].poll_output() {
                match output {
                    Output::Send(message) => self.said(seat, message),
                    Output::Text(text) => self.texts.push((seat, text.text)),
                    Output::Frame(frame) => frames.push(frame),
                    Output::View | Output::Memory => {}
                }
            }
            assert!(frames.is_empty(), "a frame nobody asked for");
        }
    }

    fn said(&mut self, from: usize, message: ClientMessage) {
        let number = SeatId(from as u16 + 1);
        match message {
            ClientMessage::Found { group, .. } => {
                self.log.group = group;
                for seat in 0..2 {
                    let by = number;
                    self.tell(seat, ServerMessage::Founded { group, by });
                }
            }
            ClientMessage::Enter { knock: Some(knock) } | ClientMessage::Knock { knock, .. } => {
                let (seat, waiting) = (number, true);
                let knocked = ServerMessage::Knocked {
                    circle: CircleId::TABLE,
                    seat,
                    waiting,
                    knock,
                };
                self.tell(1 - from, knocked);
            }
            ClientMessage::Commit { commit, .. } => {
                self.append(from, Class::Commit, commit);
                self.log.epoch += 1;
            }
            ClientMessage::GroupWelcome { welcome, .. } => {
                let LogState { group, seq, .. } = self.log;
                let welcome = ServerMessage::GroupWelcome {
                    group,
                    seq,
                    welcome,
                };
                self.tell(1, welcome);
            }
            ClientMessage::Kept { sealed, .. } => self.append(from, Class::Kept, sealed),
            ClientMessage::Passing { group, sealed } if !self.deaf => {
                self.tell(1 - from, ServerMessage::Passing { group, sealed });
            }
            ClientMessage::CatchUp { .. } => {
                let log = self.log;
                self.tell(from, ServerMessage::CaughtUp { log });
            }
            ClientMessage::Admit { .. } => {
                self.admitted += 1;
                self.sit(1);
            }
            _ => {}
        }
    }

    fn append(&mut self, from: usize, class: Class, sealed: Sealed) {
        self.log.seq += 1;
        let LogState { group, epoch, seq } = self.log;
        let entry = Entry {
            seq,
            group,
            epoch,
            class,
            sealed,
        };
        for seat in 0..2 {
            let message = match class {
                Class::Commit if seat == from => ServerMessage::Taken { seq, group, epoch },
                _ => ServerMessage::Ordered(entry.clone()),
            };
            self.tell(seat, message);
        }
    }

    /// A voice frame of the first seat, sealed, as it comes to the second.
    fn voice(&mut self, data: u8) -> UnverifiedFrame {
        let sent = self.seats[0].seal(self.now, voice(&[data])).unwrap();
        UnverifiedFrame {
            mid: "0".into(),
            kind: Kind::Voice,
            time: u64::from(data),
            contiguous: true,
            data: sent.frame.into_bytes().into(),
        }
    }

    /// A picture of the first seat, sealed, as it comes to the second.
    fn picture(&mut self, data: &[u8]) -> UnverifiedFrame {
        let frame = PlainFrame {
            stream: Stream::Camera(Layer::Half),
            time: 9,
            key: true,
            data: data.to_vec(),
        };
        let sent = self.seats[0].seal(self.now, frame).unwrap();
        UnverifiedFrame {
            mid: "3".into(),
            kind: Kind::Picture,
            time: sent.frame.time(),
            contiguous: true,
            data: sent.frame.into_bytes().into(),
        }
    }
}

fn voice(data: &[u8]) -> PlainFrame {
    PlainFrame {
        stream: Stream::Microphone,
        time: 0,
        key: false,
        data: data.to_vec(),
    }
}

#[test]
fn a_frame_opens_once_with_its_seat_and_not_if_it_was_touched() {
    let mut scene = Scene::together();
    let frame = scene.picture(b"a picture");
    let text = String::from_utf8_lossy(&frame.data).into_owned();
    assert!(!text.contains("picture"));
    let copy = |data: Arc<[u8]>| UnverifiedFrame {
        data,
        mid: "3".into(),
        ..frame_of("3")
    };
    let mut touched = frame.data.to_vec();
    *touched.last_mut().unwrap() ^= 1;
    let (now, second) = (scene.now, &mut scene.seats[1]);
    assert!(second.open(now, copy(touched.into())).is_empty());
    let opened = second.open(now, copy(frame.data.clone()));
    let [opened] = opened.try_into().ok().unwrap();
    assert_eq!(
        (opened.seat, opened.key, opened.contiguous),
        (1, true, false)
    );
    assert_eq!(opened.data, b"a picture");
    assert!(
        second.open(now, copy(frame.data.clone())).is_empty(),
        "twice"
    );
    let arrived = second.arrived();
    assert_eq!((arrived.opened, arrived.late), (1, 0));
    assert_eq!(arrived.refused.values().collect::<Vec<_>>(), [&1, &1]);
}

fn frame_of(mid: &str) -> UnverifiedFrame {
    UnverifiedFrame {
        mid: mid.into(),
        kind: Kind::Picture,
        time: 0,
        contiguous: true,
        data: [].into(),
    }
}

#[test]
fn nothing_is_sealed_outside_the_group_and_nothing_unsealed_comes_out() {
    let mut scene = Scene::new();
    for seat in &mut scene.seats {
        assert!(seat.seal(scene.now, voice(b"a voice")).is_none());
        assert_eq!(seat.unsent(), 1);
        let mut plain = frame_of("1");
        plain.data = (*b"a picture").into();
        assert!(seat.open(scene.now, plain).is_empty());
    }
    // A picture in the clear is nothing to a member either.
    let mut scene = Scene::together();
    let mut plain = frame_of("1");
    plain.data = (*b"a picture").into();
    assert!(scene.seats[1].open(scene.now, plain).is_empty());
    assert_eq!(scene.seats[1].arrived().refused.len(), 1);
}

#[test]
fn a_frame_of_an_epoch_on_its_way_waits_and_opens_when_it_is_there() {
    let mut scene = Scene::together();
    scene.withheld = Some(Vec::new());
    let language = "en".to_owned();
    scene.seats[0]
        .act_in(scene.now, CircleId::TABLE, Act::CheckWords { language })
        .unwrap();
    scene.run(1_600); // the first seat has moved on, without the second
    let (first, second) = (scene.picture(b"one"), scene.picture(b"two"));
    assert!(scene.seats[1].open(scene.now, first).is_empty());
    assert!(scene.seats[1].open(scene.now, second).is_empty());
    let withheld = scene.withheld.take().unwrap();
    for message in withheld {
        scene.tell(1, message);
    }
    let mut opened = Vec::new();
    while let Some(output) = scene.seats[1].poll_output() {
        match output {
            Output::Frame(frame) => opened.push(frame.data),
            Output::Send(message) => scene.said(1, message),
            _ => {}
        }
    }
    assert_eq!(opened, [b"one", b"two"]);
    // Withheld for longer, it is dropped, and counted.
    scene.run(2_000);
    scene.withheld = Some(Vec::new());
    let language = "en".to_owned();
    scene.seats[0]
        .act_in(scene.now, CircleId::TABLE, Act::CheckWords { language })
        .unwrap();
    scene.run(1_600);
    let third = scene.picture(b"three");
    assert!(scene.seats[1].open(scene.now, third).is_empty());
    scene.run(510);
    let arrived = scene.seats[1].arrived();
    assert_eq!((arrived.late, arrived.refused.len()), (1, 0));
}

#[test]
fn frames_wait_for_the_one_that_proves_them_and_come_before_it() {
    let mut scene = Scene::together();
    let mut frames: Vec<_> = (0..20).map(|n| scene.voice(n)).collect();
    // Those that would have proven the rest from the start are lost.
    frames.drain(..3);
    for frame in frames {
        assert!(scene.seats[1].open(scene.now, frame).is_empty());
    }
    let rest: Vec<_> = (20..30).map(|n| scene.voice(n)).collect();
    let mut shown = Vec::new();
    for frame in rest {
        let opened = scene.seats[1].open(scene.now, frame);
        shown.extend(opened.into_iter().map(|frame| frame.data[0]));
    }
    assert_eq!(shown, (3..30).collect::<Vec<_>>());
    // What nothing proves is dropped, and counted as late.
    scene.run(3_000);
    let alone: Vec<_> = (30..34).map(|n| scene.voice(n)).collect();
    let alone = alone.into_iter().last().unwrap();
    assert!(scene.seats[1].open(scene.now, alone).is_empty());
    let later = scene.now + Duration::from_millis(2_010);
    scene.seats[1].handle_timeout(later);
    let arrived = scene.seats[1].arrived();
    assert_eq!((arrived.late, arrived.refused.len()), (1, 0));
}

#[test]
fn the_first_frame_of_an_epoch_asks_for_a_key_frame() {
    let mut scene = Scene::together();
    let frame = |key| PlainFrame {
        stream: Stream::Camera(Layer::Quarter),
        time: 0,
        key,
        data: vec![1],
    };
    let now = scene.now;
    let mut wanted = |key| {
        scene.seats[0]
            .seal(now, frame(key))
            .unwrap()
            .key_frame_wanted
    };
    assert_eq!([false, false, true].map(&mut wanted), [true, false, false]);
}

#[test]
fn whoever_has_a_good_invitation_is_admitted_once_and_words_are_answered_once() {
    let mut scene = Scene::together();
    assert_eq!(scene.admitted, 1);
    let language = "de".to_owned();
    scene.seats[0]
        .act_in(scene.now, CircleId::TABLE, Act::CheckWords { language })
        .unwrap();
    scene.run(1_000);
    let checks = scene
        .seats
        .each_ref()
        .map(|s| s.view().unwrap().check.clone().unwrap());
    assert_eq!(checks[0].words, checks[1].words);
    assert!(checks.iter().all(|check| check.own == Some(true)));
    assert_eq!(scene.seats[0].last_words(), scene.seats[1].last_words());
    let text = "Good morning".to_owned();
    scene.seats[1]
        .act_in(scene.now, CircleId::TABLE, Act::Text { text })
        .unwrap();
    scene.run(500);
    assert_eq!(scene.texts.len(), 2);
}

#[test]
fn a_grant_of_another_call_or_seat_is_no_way_in() {
    let (call, start) = (new_call(), Instant::now());
    let fresh = |machine| Sealing::new((start, 0), machine, Habits::new(false, None, false));
    let mut stranger = Machine {
        link: link(&CallSecret::from_bytes([4; 32]), 1),
        ..machine(1)
    };
    stranger.memory = Memory::default();
    let refused = fresh(stranger).handle_message(start, &welcome(&call, 0));
    assert!(matches!(
        refused,
        Err(SealingError::Grant(OpenError::NotOurs))
    ));
    let ServerMessage::Welcome { grant, .. } = welcome(&call, 0) else {
        panic!()
    };
    let mut lie = welcome(&call, 1);
    if let ServerMessage::Welcome { grant: sent, .. } = &mut lie {
        *sent = grant;
    }
    let mut seat = fresh(machine(1));
    let refused = seat.handle_message(start, &lie);
    assert!(matches!(refused, Err(SealingError::OtherSeat)));
    assert!(seat.enter(start).is_none());
}
