//! Sessions around a delivery service, on a fake clock. The service does what `call` does with sealed
//! messages, and nothing with their content; `tamper` makes it dishonest.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use protocol::{
    CallId, CircleId, ClientMessage, Sealed, SeatId, ServerMessage, http::NewCall,
    plan::UnverifiedPlan, types::Doors,
};

use super::service::{Log, Standing};
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
    /// What the service knows of it in each circle.
    pub(super) standing: BTreeMap<CircleId, Standing>,
    pub(super) connected: bool,
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
    /// The service's, of each circle.
    pub(super) circles: BTreeMap<CircleId, Log>,
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
    /// Heads of circles let in whoever asks, at each step.
    pub(super) heads_admit: bool,
    /// The service passes what belongs to a circle to everybody, and takes it from anybody.
    pub(super) cross_wired: bool,
    /// Clients whose messages, both ways, are held up for now.
    stalled: BTreeMap<usize, Stalled>,
    queue: VecDeque<(u64, usize, ServerMessage)>,
    links: BTreeMap<SeatId, u32>,
    pub(super) removed: BTreeSet<SeatId>,
}

/// What waits on a connection until packets pass again.
#[derive(Default)]
struct Stalled {
    up: Vec<ClientMessage>,
    down: Vec<ServerMessage>,
}

/// A fresh key package of this client.
pub(super) fn package_of(session: &Session) -> VerifiedKnock {
    let sealed = session.table.me.knock().ok().unwrap();
    let seat = session.table.me.seat();
    session.table.me.read_knock(seat, &sealed).ok().unwrap()
}

impl World {
    /// A call of this many seats, each of its own delegation; the first `hosts` are hosts.
    pub(super) fn new(seats: u16, hosts: u16) -> Self {
        Self::of_delegations(&vec![1; seats.into()], hosts)
    }

    /// A call of delegations with so many seats each, the first two of each its principals; the first `hosts` seats are hosts.
    pub(super) fn of_delegations(sizes: &[u16], hosts: u16) -> Self {
        let secret = CallSecret::from_bytes([3; 32]);
        let call = CallId::from_bytes([7; 16]);
        let mut seats = 0;
        let mut seat = |place: u16| {
            seats += 1;
            let kind = if place < 2 { "principal" } else { "staff" };
            serde_json::json!({ "name": format!("Person {seats}"), "title": "Minister", "kind": kind,
                "host": seats <= hosts })
        };
        let delegation = |(n, size): (usize, &u16)| {
            let n = n + 1;
            serde_json::json!({ "name": format!("Delegation {n}"), "short_name": format!("D{n}"),
                "seats": (0..*size).map(&mut seat).collect::<Vec<_>>() })
        };
        let delegations: Vec<_> = sizes.iter().enumerate().map(delegation).collect();
        let plan = serde_json::json!({ "title": "Consultation", "delegations": delegations });
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
            circles: BTreeMap::new(),
            doors: Doors::Open,
            tamper: None,
            told: Vec::new(),
            delays: None,
            dead: BTreeSet::new(),
            hidden: BTreeSet::new(),
            welcomes_lost: false,
            cross_wired: false,
            heads_admit: false,
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
        let seat = session.table.me.seat();
        if returning {
            for old in self.clients.iter_mut().filter(|c| c.seat == seat) {
                old.place = Place::Gone;
            }
        }
        let enter = session.enter(self.now);
        let host = session.table.me.is_host();
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
            standing: BTreeMap::new(),
            connected: true,
        });
        let at = self.clients.len() - 1;
        self.serve_enter(at, enter);
        at
    }

    /// The page goes away without a word.
    pub(super) fn crash(&mut self, at: usize) {
        self.clients[at].place = Place::Gone;
        let table = self.clients[at]
            .standing
            .entry(CircleId::TABLE)
            .or_default();
        if table.committed.take().is_some() {
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
            .filter_map(|at| self.knocked(at, CircleId::TABLE))
            .collect();
        for host in self.seated() {
            if self.clients[host].session.table.me.is_host() {
                for knock in &knocks {
                    self.send(host, knock.clone());
                }
            }
        }
    }

    /// The connection of a page breaks; the page lives.
    pub(super) fn disconnect(&mut self, at: usize) {
        let client = &mut self.clients[at];
        client.connected = false;
        for standing in client.standing.values_mut() {
            standing.caught_up = false;
        }
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
    pub(super) fn time(&self, at: usize) -> u64 {
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
                    self.let_in_as_head(at);
                }
            }
            self.pump();
        }
    }

    fn let_in_as_head(&mut self, at: usize) {
        let now = self.time(at);
        let session = &mut self.clients[at].session;
        let circles: Vec<_> = session.circles.keys().copied().collect();
        for circle in circles.into_iter().filter(|_| self.heads_admit) {
            // Refused to those who are no heads.
            let _ = session.act_in(now, circle, Act::AdmitAllVerified {});
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

    /// Likewise, of delegations.
    pub(super) fn table_of(sizes: &[u16]) -> (Self, Vec<Machine>) {
        let seats = sizes.iter().sum::<u16>().into();
        Self::of_delegations(sizes, 1).seat_first(seats)
    }

    /// A table of which only the first so many seats are taken yet.
    pub(super) fn partly_seated(seats: u16, hosts: u16, taken: usize) -> (Self, Vec<Machine>) {
        Self::new(seats, hosts).seat_first(taken)
    }

    fn seat_first(self, taken: usize) -> (Self, Vec<Machine>) {
        let mut world = self;
        let seats = world.new.shape.seats.len() as u16;
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
        self.commit_in(CircleId::TABLE, at, changes);
    }

    /// The same in a circle.
    pub(super) fn commit_in(&mut self, circle: CircleId, at: usize, changes: Changes) {
        let adds = changes.adds.iter().map(|(seat, _)| *seat).collect();
        let (_, circle) = self.clients[at].session.circle(circle).unwrap();
        let member = circle.member.as_mut().unwrap();
        let made = member.commit(&circle.me, changes).ok().unwrap();
        let (group, epoch) = (member.group(), member.epoch());
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

    // --- the network ---

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
}
