//! A call of two members, host and guest, and a service between them that says what the target wants.

use protocol::{
    CallId, CircleId, ClientMessage, GroupRef, Sealed, SeatId, ServerMessage,
    http::NewCall,
    plan::UnverifiedPlan,
    sealed::{Class, Entry, LogState},
};
use sealed::{
    convene,
    grant::open_grant,
    keys::Device,
    link::{CallSecret, Link, LinkKey},
    session::{Act, Candidate, Memory, Output, Session, Stage},
};
use serde_json::json;

pub(crate) const CALL: CallId = CallId::from_bytes([7; 16]);
pub(crate) const GUEST: SeatId = SeatId(2);
const NOW: u64 = 1_700_000_000_000;

pub(crate) struct Members {
    pub(crate) now: u64,
    pub(crate) host: Session,
    pub(crate) guest: Session,
    log: LogState,
}

/// The call secret of every call here.
pub(crate) fn secret() -> CallSecret {
    CallSecret::from_bytes([3; 32])
}

/// Link number 1 of a seat.
pub(crate) fn link(seat: u16) -> Link {
    let key = LinkKey::Seat(secret().seat(CALL, SeatId(seat), 1));
    Link { call: CALL, key }
}

/// What the convener gave the server.
pub(crate) fn convened() -> NewCall {
    let seat = |n: u16| {
        json!({ "name": format!("Delegation {n}"), "short_name": format!("D{n}"),
            "seats": [{ "name": format!("Person {n}"), "title": "Minister", "host": n == 1 }] })
    };
    let plan = json!({ "title": "Consultation", "delegations": [seat(1), seat(2), seat(3)] });
    let plan: UnverifiedPlan = serde_json::from_value(plan).expect("a plan");
    convene::new_call(&secret(), &plan, CALL, NOW).expect("a call")
}

/// A client of this seat that is in no group.
pub(crate) fn outsider(seat: u16) -> Session {
    let link = link(seat);
    let grant = &convened().tokens[usize::from(seat) - 1].grant;
    let opened = open_grant(&link, grant).expect("the own grant");
    let device = Device::generate().expect("random numbers");
    let candidate = Candidate::new(&link, opened, device.public()).expect("random numbers");
    let signature = device.sign(&candidate.to_sign());
    candidate
        .into_session(NOW, signature, Memory::default())
        .expect("a session")
}

impl Members {
    /// Both are in the group.
    pub(crate) fn new() -> Self {
        let mut members = Self {
            now: NOW,
            host: outsider(1),
            guest: outsider(2),
            log: LogState::default(),
        };
        members.found();
        members.admit();
        members
    }

    /// Both are in it still.
    pub(crate) fn are_whole(&self) -> bool {
        [&self.host, &self.guest]
            .iter()
            .all(|session| session.stage() == Stage::Member)
    }

    /// What the server says to the host.
    pub(crate) fn tell_host(&mut self, message: &ServerMessage) {
        self.host.handle_message(self.now, message);
    }

    /// The host reads this as the next entry of the log.
    pub(crate) fn order(&mut self, class: Class, sealed: Sealed) {
        self.log.seq += 1;
        let entry = Entry {
            seq: self.log.seq,
            group: self.log.group,
            epoch: self.log.epoch,
            class,
            sealed,
        };
        self.tell_host(&ServerMessage::Ordered(entry));
    }

    /// Time passes, and all that both want is thrown away: it must not pile up.
    pub(crate) fn settle(&mut self) {
        self.now += 50;
        self.host.handle_timeout(self.now);
        let _ = self.host.view();
        while self.host.poll_output().is_some() {}
        while self.guest.poll_output().is_some() {}
    }

    fn found(&mut self) {
        let _ = self.host.enter(self.now);
        self.tell_host(&welcome(1));
        self.tell_host(&seated(self.log));
        self.host.handle_timeout(self.now);
        self.log.group = GroupRef::table(1);
        let (group, by) = (GroupRef::table(1), SeatId(1));
        self.tell_host(&ServerMessage::Founded { group, by });
        self.tell_host(&ServerMessage::CaughtUp { log: self.log });
        while self.host.poll_output().is_some() {}
    }

    fn admit(&mut self) {
        let ClientMessage::Enter { knock: Some(knock) } = self.guest.enter(self.now) else {
            panic!("it knocks")
        };
        self.guest.handle_message(self.now, &welcome(2));
        let (seat, waiting) = (GUEST, true);
        self.tell_host(&ServerMessage::Knocked {
            circle: CircleId::TABLE,
            seat,
            waiting,
            knock,
        });
        let admitted = self.host.act(self.now, Act::Admit { seat });
        admitted.expect("the host may");
        let (mut commit, mut welcome) = (None, None);
        while let Some(output) = self.host.poll_output() {
            match output {
                Output::Send(ClientMessage::Commit { commit: made, .. }) => commit = Some(made),
                Output::Send(ClientMessage::GroupWelcome { welcome: of, .. }) => welcome = Some(of),
                _ => {}
            }
        }
        let (commit, welcome) = commit.zip(welcome).expect("a commit that adds");
        self.order(Class::Commit, commit);
        self.log.epoch += 1;
        self.guest.handle_message(self.now, &seated(self.log));
        let (group, seq) = (GroupRef::table(1), self.log.seq);
        let told = ServerMessage::GroupWelcome {
            group,
            seq,
            welcome,
        };
        self.guest.handle_message(self.now, &told);
        let log = self.log;
        self.guest
            .handle_message(self.now, &ServerMessage::CaughtUp { log });
        self.settle();
        assert!(self.are_whole(), "both are members");
    }
}

fn welcome(seat: u16) -> ServerMessage {
    let new = convened();
    let shape = new.shape.verify(CALL).expect("a shape");
    let at = usize::from(seat) - 1;
    ServerMessage::Welcome {
        protocol: protocol::VERSION,
        call: shape.info,
        seat: shape.seats[at],
        grant: new.tokens[at].grant.clone(),
        returning: false,
        now_ms: NOW,
    }
}

fn seated(log: LogState) -> ServerMessage {
    let new = convened();
    let statuses = json!(
        new.shape
            .seats
            .iter()
            .map(|seat| json!({ "seat": seat.id, "presence": "seated",
        "since_ms": 0, "microphone": true, "camera": true, "screen": false }))
            .collect::<Vec<_>>()
    );
    ServerMessage::Seated {
        seats: new.shape.seats.clone(),
        plan: new.plan,
        logs: vec![log],
        statuses: serde_json::from_value(statuses).expect("statuses"),
        doors: protocol::types::Doors::Open,
        floor: None,
        opened_at_ms: 0,
    }
}
