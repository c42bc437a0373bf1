//! Sessions around a delivery service, on a fake clock. The service does what `call` does with sealed
//! messages, and nothing with their content; `tamper` makes it dishonest.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use protocol::{
    CallId, ClientMessage, ErrorCode, ErrorMessage, Sealed, SeatId, ServerMessage,
    http::NewCall,
    plan::UnverifiedPlan,
    sealed::{Class, Entry, LogState},
    shape::SeatShape,
    types::{Doors, Presence, SeatStatus, Waiting},
};

use crate::{
    convene,
    grant::open_grant,
    keys::Device,
    link::{CallSecret, Link, LinkKey},
    media::{envelope::Kind, kid::Stream},
    session::{
        Act, Candidate, FrameRefused, Memory, Output, Session, TextMessage, View,
        identity::VerifiedKnock, membership::Changes,
    },
};

/// Milliseconds of one step of the clock.
pub(super) const STEP_MS: u64 = 50;
/// Messages of the service arrive after this long.
const DELAY_MS: u64 = 20;

/// A machine with a link.
#[derive(Clone)]
pub(super) struct Machine {
    pub(super) link: Link,
    pub(super) device: Device,
    pub(super) memory: Memory,
    pub(super) grant: Sealed,
}

/// A running client.
pub(super) struct Client {
    pub(super) session: Session,
    pub(super) seat: SeatId,
    pub(super) place: Place,
    pub(super) texts: Vec<TextMessage>,
    knock: Option<Sealed>,
    /// Group, epoch and place of its last commit, until its welcome comes.
    committed: Option<(u32, u64, u64)>,
    caught_up: bool,
    connected: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Waiting,
    Seated,
    Gone,
}

/// What a dishonest service does with a message for a client: `None` withholds it.
pub(super) type Tamper = Box<dyn FnMut(u64, usize, ServerMessage) -> Vec<ServerMessage>>;

pub(super) struct World {
    pub(super) now: u64,
    /// Clients whose clocks are ahead of `now`: their machines slept, or their clocks were set.
    pub(super) ahead: BTreeMap<usize, u64>,
    pub(super) secret: CallSecret,
    pub(super) call: CallId,
    pub(super) plan: UnverifiedPlan,
    pub(super) new: NewCall,
    pub(super) clients: Vec<Client>,
    pub(super) log: Vec<Entry>,
    pub(super) state: LogState,
    pub(super) doors: Doors,
    pub(super) tamper: Option<Tamper>,
    /// Everything the service was told, for a look at what it holds.
    pub(super) told: Vec<String>,
    /// Seed and most milliseconds that a message may be late; the order to each client stays.
    pub(super) delays: Option<(u64, u64)>,
    /// Clients whose connection is dead, which neither end has noticed: all messages on it are lost.
    pub(super) dead: BTreeSet<usize>,
    /// Whose heartbeats the service passes on to whom no more.
    pub(super) hidden: BTreeSet<(usize, usize)>,
    /// A welcome does not reach the service: its sender is gone right after its commit.
    pub(super) welcomes_lost: bool,
    /// Clients whose messages, both ways, are held up for now.
    stalled: BTreeMap<usize, Stalled>,
    queue: VecDeque<(u64, usize, ServerMessage)>,
    links: BTreeMap<SeatId, u32>,
    removed: BTreeSet<SeatId>,
}

/// What waits on a connection until packets pass again.
#[derive(Default)]
struct Stalled {
    up: Vec<ClientMessage>,
    down: Vec<ServerMessage>,
}

/// A fresh key package of this client.
pub(super) fn package_of(session: &Session) -> VerifiedKnock {
    let sealed = session.me.knock().ok().unwrap();
    let seat = session.me.seat();
    session.me.read_knock(seat, &sealed).ok().unwrap()
}

impl World {
    /// A call of this many seats, each of its own delegation; the first `hosts` are hosts.
    pub(super) fn new(seats: u16, hosts: u16) -> Self {
        let secret = CallSecret::from_bytes([3; 32]);
        let call = CallId::from_bytes([7; 16]);
        let delegation = |n: u16| {
            serde_json::json!({ "name": format!("Delegation {n}"), "short_name": format!("D{n}"),
                "seats": [{ "name": format!("Person {n}"), "title": "Minister", "host": n <= hosts }] })
        };
        let plan = serde_json::json!({ "title": "Consultation",
            "delegations": (1..=seats).map(delegation).collect::<Vec<_>>() });
        let plan: UnverifiedPlan = serde_json::from_value(plan).unwrap();
        let now = 1_700_000_000_000;
        let new = convene::new_call(&secret, &plan, call, now).unwrap();
        let links = (1..=seats).map(|seat| (SeatId(seat), 1)).collect();
        Self {
            now,
            ahead: BTreeMap::new(),
            secret,
            call,
            plan,
            new,
            clients: Vec::new(),
            log: Vec::new(),
            state: LogState::default(),
            doors: Doors::Open,
            tamper: None,
            told: Vec::new(),
            delays: None,
            dead: BTreeSet::new(),
            hidden: BTreeSet::new(),
            welcomes_lost: false,
            stalled: BTreeMap::new(),
            queue: VecDeque::new(),
            links,
            removed: BTreeSet::new(),
        }
    }

    /// A new machine with the current link of a seat.
    pub(super) fn machine(&self, seat: u16) -> Machine {
        let number = self.links[&SeatId(seat)];
        let plan = self.plan.verify(self.call).ok().unwrap();
        let token = convene::seat_token(&self.secret, &plan, SeatId(seat), number, self.now);
        Machine {
            link: Link {
                call: self.call,
                key: LinkKey::Seat(self.secret.seat(self.call, SeatId(seat), number)),
            },
            device: Device::generate().unwrap(),
            memory: Memory::default(),
            grant: token.unwrap().grant,
        }
    }

    /// The convener gives a seat a new link.
    pub(super) fn relink(&mut self, seat: u16) {
        *self.links.get_mut(&SeatId(seat)).unwrap() += 1;
        self.removed.remove(&SeatId(seat));
    }

    pub(super) fn session(&self, machine: &Machine) -> Session {
        let opened = open_grant(&machine.link, &machine.grant).ok().unwrap();
        let candidate = Candidate::new(&machine.link, opened, machine.device.public()).unwrap();
        let signature = machine.device.sign(&candidate.to_sign());
        candidate
            .into_session(self.now, signature, machine.memory.clone())
            .ok()
            .unwrap()
    }

    /// A machine opens the page: gives the client's number. `returning`: the server knows it.
    pub(super) fn arrive(&mut self, machine: &Machine, returning: bool) -> usize {
        let mut session = self.session(machine);
        let seat = session.me.seat();
        if returning {
            for old in self.clients.iter_mut().filter(|c| c.seat == seat) {
                old.place = Place::Gone;
            }
        }
        let enter = session.enter(self.now);
        let host = session.me.is_host();
        let place = if host || returning {
            Place::Seated
        } else {
            Place::Waiting
        };
        self.clients.push(Client {
            session,
            seat,
            place,
            texts: Vec::new(),
            knock: None,
            committed: None,
            caught_up: false,
            connected: true,
        });
        let at = self.clients.len() - 1;
        self.serve_enter(at, enter);
        at
    }

    /// The page goes away without a word.
    pub(super) fn crash(&mut self, at: usize) {
        self.clients[at].place = Place::Gone;
        if self.clients[at].committed.take().is_some() {
            self.tell_who_waits();
        }
        self.tell_statuses();
    }

    /// Whom the last commit of one who is gone may have added waits for an answer still.
    fn tell_who_waits(&mut self) {
        let waits = |at: &usize| self.clients[*at].place == Place::Waiting;
        let waiting: Vec<_> = (0..self.clients.len()).filter(waits).collect();
        let knocks: Vec<_> = waiting
            .into_iter()
            .filter_map(|at| self.knocked(at))
            .collect();
        for host in self.seated() {
            if self.clients[host].session.me.is_host() {
                for knock in &knocks {
                    self.send(host, knock.clone());
                }
            }
        }
    }

    /// The connection of a page breaks; the page lives.
    pub(super) fn disconnect(&mut self, at: usize) {
        let client = &mut self.clients[at];
        (client.connected, client.caught_up) = (false, false);
        let now = self.now + self.ahead.get(&at).copied().unwrap_or(0);
        client.session.handle_disconnected(now);
        self.queue.retain(|(_, to, _)| *to != at);
    }

    /// The page connects again.
    pub(super) fn reconnect(&mut self, at: usize) {
        self.dead.remove(&at);
        self.clients[at].connected = true;
        let now = self.time(at);
        let enter = self.clients[at].session.enter(now);
        self.serve_enter(at, enter);
    }

    /// What a client's clock says.
    fn time(&self, at: usize) -> u64 {
        self.now + self.ahead.get(&at).copied().unwrap_or(0)
    }

    /// Nothing passes on a client's connection for now; nothing is lost.
    pub(super) fn stall(&mut self, at: usize) {
        self.stalled.insert(at, Stalled::default());
    }

    /// All that was held up passes, in order.
    pub(super) fn resume(&mut self, at: usize) {
        let Stalled { up, down } = self.stalled.remove(&at).unwrap();
        for message in up {
            self.serve(at, message);
        }
        for message in down {
            let now = self.time(at);
            self.clients[at].session.handle_message(now, &message);
        }
        self.pump();
    }

    /// Lets time pass.
    pub(super) fn run(&mut self, ms: u64) {
        let end = self.now + ms;
        while self.now < end {
            self.now += STEP_MS;
            self.deliver();
            for at in 0..self.clients.len() {
                if self.clients[at].place != Place::Gone {
                    let now = self.time(at);
                    self.clients[at].session.handle_timeout(now);
                }
            }
            self.pump();
        }
    }

    /// Lets time pass until it is so, at most for this long.
    pub(super) fn until(&mut self, ms: u64, what: &str, mut so: impl FnMut(&Self) -> bool) -> u64 {
        let start = self.now;
        while !so(self) {
            assert!(self.now < start + ms, "not within {ms} ms: {what}");
            self.run(STEP_MS);
        }
        self.now - start
    }

    pub(super) fn act(&mut self, at: usize, act: Act) {
        let now = self.time(at);
        let done = self.clients[at].session.act(now, act);
        assert_eq!(done, Ok(()));
        self.pump();
    }

    pub(super) fn view(&self, at: usize) -> View {
        self.clients[at].session.view()
    }

    /// Everybody at the table is verified by everybody.
    pub(super) fn all_verified(&self) -> bool {
        let seated: Vec<_> = (0..self.clients.len())
            .filter(|at| self.clients[*at].place == Place::Seated)
            .collect();
        seated
            .iter()
            .all(|at| self.view(*at).verified == seated.len())
    }

    /// One client seals a frame of voice and the other opens it.
    pub(super) fn voice(&mut self, from: usize, to: usize) -> Result<SeatId, FrameRefused> {
        let sealed = self.seal(from).expect("it may send");
        self.open(to, &sealed)
    }

    pub(super) fn seal(&mut self, from: usize) -> Option<Vec<u8>> {
        let now = self.time(from);
        let session = &mut self.clients[from].session;
        session
            .seal(now, Stream::Microphone, 0, false, b"voice")
            .ok()
    }

    pub(super) fn open(&mut self, to: usize, sealed: &[u8]) -> Result<SeatId, FrameRefused> {
        let now = self.time(to);
        let opened = self.clients[to].session.open(now, Kind::Voice, sealed)?;
        assert_eq!(opened.frame, b"voice");
        Ok(opened.seat)
    }

    /// A table where all sit, verified; host first.
    pub(super) fn table(seats: u16, hosts: u16) -> (Self, Vec<Machine>) {
        Self::partly_seated(seats, hosts, usize::from(seats))
    }

    /// A table of which only the first so many seats are taken yet.
    pub(super) fn partly_seated(seats: u16, hosts: u16, taken: usize) -> (Self, Vec<Machine>) {
        let mut world = Self::new(seats, hosts);
        let machines: Vec<_> = (1..=seats).map(|seat| world.machine(seat)).collect();
        world.arrive(&machines[0], false);
        world.until(2_000, "the host founds", |w| w.view(0).group == 1);
        for machine in &machines[1..taken] {
            world.arrive(machine, false);
        }
        world.run(200);
        world.act(0, Act::AdmitAllVerified {});
        world.until(5_000, "all are verified", |w| {
            w.clients.iter().all(|c| c.place == Place::Seated) && w.all_verified()
        });
        (world, machines)
    }

    /// A member makes a commit that its own software would not.
    pub(super) fn commit_as(&mut self, at: usize, changes: Changes) {
        let adds = changes.adds.iter().map(|(seat, _)| *seat).collect();
        let session = &mut self.clients[at].session;
        let member = session.member.as_mut().unwrap();
        let made = member.commit(&session.me, changes).ok().unwrap();
        let (group, epoch) = (member.number(), member.epoch());
        let message = ClientMessage::Commit {
            group,
            epoch,
            commit: made.commit,
        };
        self.serve(at, message);
        if let Some(welcome) = made.welcome {
            let message = ClientMessage::GroupWelcome {
                group,
                epoch,
                welcome,
                adds,
            };
            self.serve(at, message);
        }
    }

    // --- the service ---

    fn deliver(&mut self) {
        let mut due = Vec::new();
        self.queue.retain(|(at, to, message)| {
            let now = *at <= self.now;
            if now {
                due.push((*to, message.clone()));
            }
            !now
        });
        for (to, message) in due {
            if self.dead.contains(&to) {
                continue;
            }
            if let Some(stalled) = self.stalled.get_mut(&to) {
                stalled.down.push(message);
                continue;
            }
            if self.clients[to].place != Place::Gone && self.clients[to].connected {
                let now = self.time(to);
                self.clients[to].session.handle_message(now, &message);
            }
        }
        self.pump();
    }

    pub(super) fn send(&mut self, to: usize, message: ServerMessage) {
        let messages = match self.tamper.as_mut() {
            Some(tamper) => tamper(self.now, to, message),
            None => vec![message],
        };
        for message in messages {
            let at = self.arrival(to);
            self.queue.push_back((at, to, message));
        }
    }

    fn arrival(&mut self, to: usize) -> u64 {
        let Some((seed, most)) = self.delays.as_mut() else {
            return self.now + DELAY_MS;
        };
        *seed += 1;
        let at = self.now + DELAY_MS + super::anything::Dice::new(*seed).roll(*most);
        let before = self
            .queue
            .iter()
            .filter(|(_, other, _)| *other == to)
            .map(|(at, ..)| *at);
        before.max().unwrap_or(0).max(at)
    }

    fn pump(&mut self) {
        for at in 0..self.clients.len() {
            while let Some(output) = self.clients[at].session.poll_output() {
                match output {
                    Output::Send(message)
                        if self.clients[at].connected && self.clients[at].place != Place::Gone =>
                    {
                        match self.stalled.get_mut(&at) {
                            _ if self.dead.contains(&at) => {}
                            Some(stalled) => stalled.up.push(message),
                            None => self.serve(at, message),
                        }
                    }
                    Output::Text(text) => self.clients[at].texts.push(text),
                    _ => {}
                }
            }
        }
    }

    fn serve_enter(&mut self, at: usize, enter: ClientMessage) {
        let ClientMessage::Enter { knock } = enter else {
            panic!("not an enter")
        };
        let welcome = self.welcome(at);
        let now = self.time(at);
        self.clients[at].session.handle_message(now, &welcome);
        if self.clients[at].place == Place::Seated {
            self.seat(at);
        }
        if let Some(knock) = knock {
            self.serve(at, ClientMessage::Knock { knock });
        }
    }

    fn welcome(&self, at: usize) -> ServerMessage {
        let seat = self.clients[at].seat;
        let shape = self.new.shape.verify(self.call).unwrap();
        ServerMessage::Welcome {
            protocol: protocol::VERSION,
            call: shape.info,
            seat: shape.seats[usize::from(seat.0) - 1],
            grant: self.new.tokens[0].grant.clone(),
            returning: false,
            now_ms: self.now,
        }
    }

    fn statuses(&self) -> Vec<SeatStatus> {
        let status = |seat: &SeatShape| {
            let sits = self
                .clients
                .iter()
                .any(|c| c.seat == seat.id && c.place == Place::Seated);
            SeatStatus {
                seat: seat.id,
                presence: if sits {
                    Presence::Seated
                } else {
                    Presence::Absent
                },
                since_ms: 0,
                microphone: true,
                camera: true,
                screen: false,
            }
        };
        self.new.shape.seats.iter().map(status).collect()
    }

    fn tell_statuses(&mut self) {
        let statuses = self.statuses();
        for at in self.seated() {
            let statuses = statuses.clone();
            self.send(at, ServerMessage::Changed { statuses });
        }
    }

    fn seat(&mut self, at: usize) {
        self.clients[at].place = Place::Seated;
        let seated = ServerMessage::Seated {
            seats: self.new.shape.seats.clone(),
            plan: self.new.plan.clone(),
            log: self.state,
            statuses: self.statuses(),
            doors: self.doors,
            floor: None,
            opened_at_ms: 0,
        };
        self.send(at, seated);
        let host = self.clients[at].session.me.is_host();
        let knocks: Vec<_> = (0..self.clients.len())
            .filter(|other| *other != at && (host || self.clients[*other].place == Place::Seated))
            .filter_map(|other| self.knocked(other))
            .collect();
        for knocked in knocks {
            self.send(at, knocked);
        }
        self.tell_statuses();
    }

    fn knocked(&self, at: usize) -> Option<ServerMessage> {
        let client = &self.clients[at];
        let waiting = match client.place {
            Place::Waiting => true,
            Place::Seated => false,
            Place::Gone => return None,
        };
        client.knock.clone().map(|knock| ServerMessage::Knocked {
            seat: client.seat,
            waiting,
            knock,
        })
    }

    pub(super) fn seated(&self) -> Vec<usize> {
        let sits = |at: &usize| self.clients[*at].place == Place::Seated;
        (0..self.clients.len()).filter(sits).collect()
    }

    fn wrong_epoch(&mut self, at: usize, kind: &str) {
        let error = ErrorMessage::new(ErrorCode::WrongEpoch, "").answering(kind);
        self.send(at, ServerMessage::Error(error));
    }

    pub(super) fn serve(&mut self, at: usize, message: ClientMessage) {
        self.told.push(serde_json::to_string(&message).unwrap());
        let seat = self.clients[at].seat;
        match message {
            ClientMessage::Knock { knock } => {
                self.clients[at].knock = Some(knock);
                let waiting = self.clients[at].place == Place::Waiting;
                let knocked = self.knocked(at).unwrap();
                for to in self.seated() {
                    if to != at && (!waiting || self.clients[to].session.me.is_host()) {
                        self.send(to, knocked.clone());
                    }
                }
                self.tell_antechamber();
            }
            ClientMessage::Found { group, after } => {
                if after != self.state.group || group <= after {
                    return self.wrong_epoch(at, "found");
                }
                self.log.clear();
                self.clients[at].knock = None;
                self.state = LogState {
                    group,
                    epoch: 0,
                    seq: 0,
                };
                for to in 0..self.clients.len() {
                    self.clients[to].caught_up = false;
                    self.send(to, ServerMessage::Founded { group, by: seat });
                }
            }
            ClientMessage::Commit {
                group,
                epoch,
                commit,
            } => {
                if (group, epoch) != (self.state.group, self.state.epoch) {
                    return self.wrong_epoch(at, "commit");
                }
                self.append(Class::Commit, epoch, commit, at);
                self.state.epoch += 1;
                self.clients[at].committed = Some((group, epoch, self.state.seq));
            }
            ClientMessage::GroupWelcome {
                group,
                epoch,
                welcome,
                adds,
            } => {
                if self.welcomes_lost {
                    return;
                }
                let own = self.clients[at].committed.take();
                let Some((_, _, seq)) = own.filter(|own| (own.0, own.1) == (group, epoch)) else {
                    return self.wrong_epoch(at, "group_welcome");
                };
                for add in adds {
                    let newest = (0..self.clients.len()).rev().find(|c| {
                        self.clients[*c].seat == add
                            && self.clients[*c].knock.is_some()
                            && self.clients[*c].place != Place::Gone
                    });
                    if let Some(to) = newest {
                        self.clients[to].knock = None;
                        let welcome = welcome.clone();
                        self.send(
                            to,
                            ServerMessage::GroupWelcome {
                                group,
                                seq,
                                welcome,
                            },
                        );
                    }
                }
            }
            ClientMessage::Kept {
                group,
                epoch,
                sealed,
            } => {
                if (group, epoch) != (self.state.group, self.state.epoch) {
                    return self.wrong_epoch(at, "kept");
                }
                self.append(Class::Kept, epoch, sealed, at);
            }
            ClientMessage::Passing { group, sealed } => {
                for to in self.seated() {
                    if to != at && !self.hidden.contains(&(at, to)) {
                        self.send(
                            to,
                            ServerMessage::Passing {
                                group,
                                sealed: sealed.clone(),
                            },
                        );
                    }
                }
            }
            ClientMessage::CatchUp { group, after } => {
                if group != self.state.group {
                    return self.wrong_epoch(at, "catch_up");
                }
                let missed: Vec<_> = self.log.iter().filter(|e| e.seq > after).cloned().collect();
                for entry in missed {
                    self.send(at, ServerMessage::Ordered(entry));
                }
                self.clients[at].caught_up = true;
                let log = self.state;
                self.send(at, ServerMessage::CaughtUp { log });
            }
            ClientMessage::Admit { seat } => {
                let waits = |c: &Client| c.seat == seat && c.place == Place::Waiting;
                if let Some(newcomer) = self.clients.iter().position(waits) {
                    for old in self
                        .clients
                        .iter_mut()
                        .filter(|c| c.seat == seat && c.place == Place::Seated)
                    {
                        old.place = Place::Gone;
                    }
                    self.seat(newcomer);
                    self.tell_antechamber();
                }
            }
            ClientMessage::Remove { seat } => {
                for gone in self.clients.iter_mut().filter(|c| c.seat == seat) {
                    gone.place = Place::Gone;
                }
                self.removed.insert(seat);
                self.tell_statuses();
            }
            ClientMessage::SetDoors { doors } => self.doors = doors,
            _ => {}
        }
    }

    fn tell_antechamber(&mut self) {
        let waits = |c: &&Client| c.place == Place::Waiting;
        let waiting = self.clients.iter().filter(waits).map(|c| Waiting {
            seat: c.seat,
            since_ms: 0,
            occupied: false,
        });
        let waiting: Vec<_> = waiting.collect();
        for to in self.seated() {
            if self.clients[to].session.me.is_host() {
                let waiting = waiting.clone();
                self.send(to, ServerMessage::Antechamber { waiting });
            }
        }
    }

    fn append(&mut self, class: Class, epoch: u64, sealed: Sealed, from: usize) {
        self.state.seq += 1;
        let entry = Entry {
            seq: self.state.seq,
            group: self.state.group,
            epoch,
            class,
            sealed,
        };
        self.log.push(entry.clone());
        for to in self.seated() {
            if self.clients[to].caught_up {
                let (seq, group) = (entry.seq, entry.group);
                let message = match class {
                    Class::Commit if to == from => ServerMessage::Taken { seq, group, epoch },
                    _ => ServerMessage::Ordered(entry.clone()),
                };
                self.send(to, message);
            }
        }
    }
}
