//! A call with connections played by the test, and the promises that hold after every input, whatever
//! it was: checked in [`promises`], so every scenario and the random test check them all.

mod ledger;
mod promises;

use std::collections::{BTreeMap, BTreeSet};

use call::{Call, CallRecord, MediaCommand, SeatRecord, SessionId, Stored};
use protocol::{
    Audience, CallId, CircleId, ClientMessage, ErrorCode, ErrorMessage, Sealed, SeatId, SecretHash,
    ServerMessage, TrackKind,
    shape::{UnverifiedShape, VerifiedShape},
    types::{Doors, Presence, SeatStatus},
};
use serde_json::json;

use ledger::{Ledger, Room};

pub(crate) const START: u64 = 1_643_036_400_000;

/// Seats: 1 host, 2 delegate, 3 second host, 4 observer, then `more` delegates from 5.
pub(crate) fn shape(format: &str, more: usize) -> VerifiedShape {
    let seat = |id: usize, delegation: usize, kind: &str| {
        let host = id == 1 || id == 3;
        json!({ "id": id, "delegation": delegation, "kind": kind, "host": host })
    };
    let mut seats = vec![
        seat(1, 1, "principal"),
        seat(2, 2, "principal"),
        seat(3, 3, "staff"),
        seat(4, 3, "observer"),
    ];
    seats.extend((5..5 + more).map(|id| seat(id, 3, "principal")));
    let shape = json!({ "format": format, "seats": seats });
    let shape: UnverifiedShape = serde_json::from_value(shape).unwrap();
    shape
        .verify(CallId::from_bytes([7; 16]))
        .unwrap_or_else(|e| panic!("{e}"))
}

/// The sealed plan: like everything sealed, text that means nothing here.
pub(crate) fn plan() -> Sealed {
    sealed("plan")
}

pub(crate) fn sealed(text: &str) -> Sealed {
    Sealed::from_bytes(text.as_bytes())
}

/// The own microphone, to the table.
pub(crate) const OPEN: ClientMessage = microphone(true);
/// The same, closed.
pub(crate) const CLOSED: ClientMessage = microphone(false);

const fn microphone(open: bool) -> ClientMessage {
    let circle = CircleId::TABLE;
    ClientMessage::Microphone { open, circle }
}

pub(crate) fn is_host(seat: SeatId) -> bool {
    [SeatId(1), SeatId(3)].contains(&seat)
}

/// Each of the first two seats is a delegation of its own; all others are the third.
pub(crate) fn may_be_in(circle: CircleId, seat: SeatId) -> bool {
    circle == CircleId::TABLE || u16::from(circle.0) == seat.0.min(3)
}

/// Whether this seat may begin the circle's group.
pub(crate) fn may_begin(circle: CircleId, seat: SeatId) -> bool {
    match circle {
        CircleId::TABLE => is_host(seat),
        _ => may_be_in(circle, seat) && ![SeatId(3), SeatId(4)].contains(&seat),
    }
}

pub(crate) fn holder(machine: u8) -> SecretHash {
    SecretHash::from_bytes([machine; 32])
}

/// One call and everything that came out of it.
pub(crate) struct Table {
    pub(crate) call: Call,
    pub(crate) now: u64,
    format: &'static str,
    more: usize,
    next: u64,
    /// Seat and machine of each connection that was opened.
    pub(crate) sessions: BTreeMap<SessionId, (SeatId, u8)>,
    pub(crate) open: BTreeSet<SessionId>,
    closed: BTreeSet<SessionId>,
    /// Those that were sent `seated` and not closed since.
    pub(crate) seated: BTreeMap<SessionId, Vec<SeatStatus>>,
    /// Machines let in by an `admit`, or sitting on a host's seat, that have not left since.
    admitted: BTreeMap<SeatId, u8>,
    admitting: Option<(SeatId, u8)>,
    waiting: BTreeMap<SeatId, SessionId>,
    pub(crate) inbox: BTreeMap<SessionId, Vec<ServerMessage>>,
    pub(crate) media: Vec<MediaCommand>,
    joined: BTreeSet<SeatId>,
    /// Whose, of which seat, and until when at the latest.
    pub(crate) mirrors: BTreeMap<SessionId, (SeatId, u64)>,
    pub(crate) stored_call: CallRecord,
    pub(crate) stored_seats: BTreeMap<SeatId, SeatRecord>,
    pub(crate) ledger: Ledger,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self::with("video", 4)
    }

    pub(crate) fn with(format: &'static str, more: usize) -> Self {
        let call = Call::new(shape(format, more), plan(), START);
        Self {
            call,
            now: START,
            format,
            more,
            next: 0,
            sessions: BTreeMap::new(),
            open: BTreeSet::new(),
            closed: BTreeSet::new(),
            seated: BTreeMap::new(),
            admitted: BTreeMap::new(),
            admitting: None,
            waiting: BTreeMap::new(),
            inbox: BTreeMap::new(),
            media: Vec::new(),
            joined: BTreeSet::new(),
            mirrors: BTreeMap::new(),
            stored_call: CallRecord::default(),
            stored_seats: BTreeMap::new(),
            ledger: Ledger::new(),
        }
    }

    /// With the host of seat 1 at the table.
    pub(crate) fn presided() -> (Self, SessionId) {
        let mut table = Self::new();
        let host = table.arrive(1, 1);
        (table, host)
    }

    /// `hello` with the seat's link, from one machine.
    pub(crate) fn connect(&mut self, seat: u16, machine: u8) -> SessionId {
        let links = self.call.detail().links;
        let link = links.get(usize::from(seat) - 1).copied().unwrap_or(1);
        self.connect_by(seat, link, machine)
    }

    /// `hello` with this link of the seat, which may have been replaced.
    pub(crate) fn connect_by(&mut self, seat: u16, link: u32, machine: u8) -> SessionId {
        self.next += 1;
        let session = SessionId(self.next);
        self.sessions.insert(session, (SeatId(seat), machine));
        self.open.insert(session);
        let grant = (!self.ledger.of(CircleId::TABLE).is_forgotten)
            .then(|| sealed(&format!("grant {seat} {link}")));
        let (seat, holder) = (SeatId(seat), holder(machine));
        self.call
            .handle_connect(self.now, session, seat, link, grant, holder);
        self.drain();
        session
    }

    /// `hello`, then `enter`.
    pub(crate) fn arrive(&mut self, seat: u16, machine: u8) -> SessionId {
        let session = self.connect(seat, machine);
        self.say(session, ClientMessage::Enter { knock: None });
        session
    }

    /// `hello`, then `enter` with a knock.
    pub(crate) fn arrive_knocking(&mut self, seat: u16, machine: u8) -> (SessionId, Sealed) {
        let session = self.connect(seat, machine);
        let knock = self.key_package();
        let enter = ClientMessage::Enter {
            knock: Some(knock.clone()),
        };
        self.say(session, enter);
        (session, knock)
    }

    /// One nobody had before.
    pub(crate) fn key_package(&mut self) -> Sealed {
        self.next += 1;
        sealed(&format!("key package {}", self.next))
    }

    /// Arrives and is admitted by `host`.
    pub(crate) fn admit(&mut self, host: SessionId, seat: u16, machine: u8) -> SessionId {
        let session = self.arrive(seat, machine);
        self.say(host, ClientMessage::Admit { seat: SeatId(seat) });
        assert!(
            self.seated.contains_key(&session),
            "seat {seat} was not admitted"
        );
        session
    }

    pub(crate) fn say(&mut self, session: SessionId, message: ClientMessage) {
        let passes = self.about_to_pass(session, &message);
        let heard = self.is_open(session).then_some(&message);
        self.ledger.about_to_hear(session, heard);
        self.admitting = self.about_to_admit(session, &message);
        let leaves = matches!(message, ClientMessage::Leave {}) && self.open.contains(&session);
        let (seat, machine) = self.sessions[&session];
        if leaves && self.admitted.get(&seat) == Some(&machine) {
            self.admitted.remove(&seat);
        }
        self.call.handle_message(self.now, session, &message);
        if let ClientMessage::Remove { seat } = message
            && self
                .call
                .detail()
                .statuses
                .iter()
                .any(|s| s.seat == seat && s.presence == Presence::Removed)
        {
            self.admitted.remove(&seat);
        }
        self.drain();
        self.admitting = None;
        if let Some(passes) = passes {
            assert_eq!(
                &passes,
                &self.ledger.passed(),
                "the short way leads elsewhere"
            );
        }
    }

    pub(crate) fn drop_connection(&mut self, session: SessionId) {
        self.open.remove(&session);
        self.forget(session);
        self.call.handle_disconnect(self.now, session);
        self.drain();
    }

    /// Lets time pass, with every timer that falls due.
    pub(crate) fn pass(&mut self, ms: u64) {
        let until = self.now + ms;
        while let Some(at) = self.call.poll_timeout().filter(|&at| at <= until) {
            self.now = self.now.max(at);
            self.call.handle_timeout(self.now);
            self.drain();
            assert_ne!(
                self.call.poll_timeout(),
                Some(at),
                "a timer that never ends"
            );
        }
        self.now = until;
    }

    pub(crate) fn end(&mut self) {
        self.call.end(self.now);
        self.drain();
    }

    pub(crate) fn relink(&mut self, seat: u16, link: u32) -> Result<(), call::Denial> {
        let answer = self.call.relink(self.now, SeatId(seat), link);
        if answer.is_ok() {
            self.admitted.remove(&SeatId(seat));
        }
        self.drain();
        answer
    }

    /// The process dies; a new one reads what was stored.
    pub(crate) fn restart(&mut self) {
        self.call = Call::restore(self.stored(), self.now);
        self.ledger.restarted();
        self.open.clear();
        self.seated.clear();
        self.waiting.clear();
        self.joined.clear();
        self.mirrors.clear();
        self.drain();
    }

    /// All rows, as a new process reads them.
    fn stored(&self) -> Stored {
        Stored {
            shape: shape(self.format, self.more),
            plan: (!self.ledger.of(CircleId::TABLE).is_forgotten).then(plan),
            convened_at: START,
            record: self.stored_call.clone(),
            seats: self.stored_seats.values().cloned().collect(),
            entries: self.ledger.stored(),
        }
    }

    fn forget(&mut self, session: SessionId) {
        self.seated.remove(&session);
        self.waiting.retain(|_, waiting| *waiting != session);
        self.ledger.gone(session);
    }

    fn room(&self, session: SessionId) -> Room {
        if self.seated.contains_key(&session) {
            Room::Table
        } else if self.waiting.values().any(|&waiting| waiting == session) {
            Room::Antechamber
        } else {
            Room::Green
        }
    }

    /// What a session was sent since it was last asked, by kind.
    pub(crate) fn heard(&mut self, session: SessionId) -> Vec<&'static str> {
        self.take(session).iter().map(ServerMessage::kind).collect()
    }

    pub(crate) fn take(&mut self, session: SessionId) -> Vec<ServerMessage> {
        self.inbox.remove(&session).unwrap_or_default()
    }

    /// The last error a session was sent.
    pub(crate) fn error(&mut self, session: SessionId) -> Option<ErrorMessage> {
        self.take(session)
            .into_iter()
            .rev()
            .find_map(|message| match message {
                ServerMessage::Error(error) => Some(error),
                _ => None,
            })
    }

    pub(crate) fn error_code(&mut self, session: SessionId) -> Option<ErrorCode> {
        self.error(session).map(|error| error.code)
    }

    pub(crate) fn status(&self, seat: u16) -> SeatStatus {
        self.call.detail().statuses[usize::from(seat) - 1]
    }

    pub(crate) fn presence(&self, seat: u16) -> Presence {
        self.status(seat).presence
    }

    pub(crate) fn doors(&self) -> Doors {
        self.call.detail().doors
    }

    pub(crate) fn is_open(&self, session: SessionId) -> bool {
        self.open.contains(&session)
    }

    /// Who may be sent this seat's voice, as the media path was told last.
    pub(crate) fn voice_of(&self, seat: u16) -> Audience {
        let told = self.media.iter().rev().find_map(|command| match command {
            MediaCommand::Publish {
                seat: of,
                publishing,
            } if *of == SeatId(seat) => Some(publishing.audience(TrackKind::Microphone).clone()),
            _ => None,
        });
        told.unwrap_or_default()
    }

    pub(crate) fn microphones(&self) -> Vec<SeatId> {
        let statuses = self.call.detail().statuses;
        statuses
            .iter()
            .filter(|s| s.microphone)
            .map(|s| s.seat)
            .collect()
    }

    /// Whom the server's short way sends a passing message to.
    fn about_to_pass(
        &self,
        session: SessionId,
        message: &ClientMessage,
    ) -> Option<BTreeSet<SessionId>> {
        let ClientMessage::Passing { group, .. } = message else {
            return None;
        };
        let receivers = self.call.pass(self.now, session, *group);
        Some(receivers.map(Iterator::collect).unwrap_or_default())
    }

    /// The test's own account of who may come in: whoever waits when a host at the table admits.
    fn about_to_admit(&self, host: SessionId, message: &ClientMessage) -> Option<(SeatId, u8)> {
        let ClientMessage::Admit { seat } = message else {
            return None;
        };
        let presides = self.seated.contains_key(&host) && is_host(self.sessions[&host].0);
        let waiting = self
            .waiting
            .get(seat)
            .filter(|_| presides && self.doors() == Doors::Open)?;
        Some((*seat, self.sessions[waiting].1))
    }
}
