//! Real sessions around a real [`Call`], on a fake clock: the server's decisions and the clients', with
//! nothing between them but time. Machines outlive their pages; what is stored outlives the server.

use std::collections::{BTreeMap, VecDeque};

use call::{Call, Change, Output as Told, SeatRecord, SessionId, Stored};
use protocol::{
    CallId, ClientMessage, SeatId, SecretHash, ServerMessage,
    http::NewCall,
    plan::{UnverifiedPlan, VerifiedPlan},
    sealed::Entry,
};
use sealed::{
    convene,
    grant::open_grant,
    keys::Device,
    link::{CallSecret, Link, LinkKey},
    media::{envelope::Kind, kid::Stream},
    session::{Act, Candidate, Memory, Output, Sending, Session, Stage, View},
};

const STEP_MS: u64 = 50;
/// A message takes so long, either way.
const DELAY_MS: u64 = 20;

/// A browser profile: what is in its storage.
#[derive(Clone)]
pub(crate) struct Machine {
    seat: SeatId,
    device: Device,
    holder: SecretHash,
    memory: Memory,
}

/// An open page.
struct Page {
    /// None before `welcome`.
    session: Option<Session>,
    connection: Option<SessionId>,
    seated: bool,
}

pub(crate) struct Hall {
    pub(crate) now: u64,
    secret: CallSecret,
    id: CallId,
    plan: VerifiedPlan,
    new: NewCall,
    call: Call,
    stored: (call::CallRecord, BTreeMap<SeatId, SeatRecord>, Vec<Entry>),
    pub(crate) machines: Vec<Machine>,
    pages: BTreeMap<usize, Page>,
    connections: u64,
    to_server: VecDeque<(u64, SessionId, ClientMessage)>,
    to_pages: VecDeque<(u64, SessionId, ServerMessage)>,
    /// The last error each machine was told, for whoever looks for a mistake.
    told: BTreeMap<usize, String>,
    /// What hosts had to click so far.
    pub(crate) clicks: usize,
}

impl Hall {
    /// A call of this many seats, the first of them hosts', each with one machine.
    pub(crate) fn new(seats: u16, hosts: u16) -> Self {
        let (secret, id) = (CallSecret::from_bytes([3; 32]), CallId::from_bytes([7; 16]));
        let delegation = |n: u16| {
            serde_json::json!({ "name": format!("Delegation {n}"), "short_name": format!("D{n}"),
                "seats": [{ "name": format!("Person {n}"), "host": n <= hosts }] })
        };
        let plan = serde_json::json!({ "title": "Consultation",
            "delegations": (1..=seats).map(delegation).collect::<Vec<_>>() });
        let plan: UnverifiedPlan = serde_json::from_value(plan).unwrap();
        let now = 1_700_000_000_000;
        let new = convene::new_call(&secret, &plan, id, now).unwrap();
        let shape = new.shape.verify(id).unwrap();
        let call = Call::new(shape, new.plan.clone(), now);
        let mut hall = Self {
            now,
            secret,
            id,
            plan: plan.verify(id).unwrap_or_else(|_| panic!("a good plan")),
            new,
            call,
            stored: Default::default(),
            machines: Vec::new(),
            pages: BTreeMap::new(),
            connections: 0,
            to_server: VecDeque::new(),
            to_pages: VecDeque::new(),
            told: BTreeMap::new(),
            clicks: 0,
        };
        for seat in 1..=seats {
            hall.new_machine(SeatId(seat));
        }
        hall
    }

    /// A table at which all sit and all are verified; page n is of seat n + 1.
    pub(crate) fn seated(seats: u16, hosts: u16) -> Self {
        let mut hall = Self::new(seats, hosts);
        for machine in 0..usize::from(seats) {
            hall.open(machine);
            hall.run(1_000);
        }
        hall.admit();
        hall.until(5_000, "all are seated and verified", |hall| {
            hall.is_whole(seats.into())
        });
        hall.run(1_500);
        hall.clicks = 0;
        hall
    }

    /// Another browser with a seat's link: nothing of the former is on it.
    pub(crate) fn new_machine(&mut self, seat: SeatId) -> usize {
        let at = self.machines.len();
        self.machines.push(Machine {
            seat,
            device: Device::generate().unwrap(),
            holder: SecretHash::from_bytes([u8::try_from(at).unwrap(); 32]),
            memory: Memory::default(),
        });
        at
    }

    /// The browser forgets what it knew of the group, and nothing else.
    pub(crate) fn forget_memory(&mut self, machine: usize) {
        self.machines[machine].memory = Memory::default();
    }

    pub(crate) fn is_open(&self, machine: usize) -> bool {
        self.pages.contains_key(&machine)
    }

    pub(crate) fn open(&mut self, machine: usize) {
        self.close(machine);
        let page = Page {
            session: None,
            connection: None,
            seated: false,
        };
        self.pages.insert(machine, page);
        self.connect(machine);
    }

    /// Without a word.
    pub(crate) fn close(&mut self, machine: usize) {
        self.cut(machine);
        self.pages.remove(&machine);
    }

    /// The connection breaks; the page lives.
    pub(crate) fn cut(&mut self, machine: usize) {
        let now = self.now;
        let Some(page) = self.pages.get_mut(&machine) else {
            return;
        };
        if let Some(connection) = page.connection.take() {
            page.seated = false;
            if let Some(session) = page.session.as_mut() {
                session.handle_disconnected(now);
            }
            self.forget_connection(connection);
            self.call.handle_disconnect(now, connection);
            self.drain_call();
        }
    }

    pub(crate) fn is_cut(&self, machine: usize) -> bool {
        self.pages
            .get(&machine)
            .is_some_and(|page| page.connection.is_none())
    }

    pub(crate) fn connect(&mut self, machine: usize) {
        if !self.is_open(machine) {
            return;
        }
        self.cut(machine);
        self.connections += 1;
        let connection = SessionId(self.connections);
        let Machine { seat, holder, .. } = self.machines[machine].clone();
        self.pages.get_mut(&machine).unwrap().connection = Some(connection);
        let grant = self.new.tokens[usize::from(seat.0) - 1].grant.clone();
        self.call
            .handle_connect(self.now, connection, seat, 1, Some(grant), holder);
        self.drain_call();
    }

    /// The server stops and starts: all connections break, what was stored is there.
    pub(crate) fn restart(&mut self) {
        let open: Vec<_> = self
            .pages
            .keys()
            .copied()
            .filter(|m| !self.is_cut(*m))
            .collect();
        for machine in &open {
            let page = self.pages.get_mut(machine).unwrap();
            let connection = page.connection.take().unwrap();
            page.seated = false;
            if let Some(session) = page.session.as_mut() {
                session.handle_disconnected(self.now);
            }
            self.forget_connection(connection);
        }
        let (record, seats, entries) = self.stored.clone();
        let stored = Stored {
            shape: self.new.shape.verify(self.id).unwrap(),
            plan: Some(self.new.plan.clone()),
            convened_at: self.now,
            record,
            seats: seats.into_values().collect(),
            entries,
        };
        self.call = Call::restore(stored, self.now);
        for machine in open {
            self.connect(machine);
        }
    }

    fn forget_connection(&mut self, gone: SessionId) {
        self.to_pages.retain(|(_, to, _)| *to != gone);
        self.to_server.retain(|(_, from, _)| *from != gone);
    }

    pub(crate) fn run(&mut self, ms: u64) {
        let end = self.now + ms;
        while self.now < end {
            self.now += STEP_MS;
            self.step();
        }
    }

    pub(crate) fn until(&mut self, ms: u64, what: &str, mut so: impl FnMut(&Self) -> bool) -> u64 {
        let start = self.now;
        while !so(self) {
            let late = self.now >= start + ms;
            assert!(!late, "not within {ms} ms: {what}\n{}", self.describe());
            self.run(STEP_MS);
        }
        self.now - start
    }

    fn step(&mut self) {
        let now = self.now;
        while let Some((_, from, message)) = self.to_server.pop_front_if(|(at, ..)| *at <= now) {
            self.call.handle_message(now, from, &message);
            self.drain_call();
        }
        if self.call.poll_timeout().is_some_and(|at| at <= now) {
            self.call.handle_timeout(now);
            self.drain_call();
        }
        while let Some((_, to, message)) = self.to_pages.pop_front_if(|(at, ..)| *at <= now) {
            self.hear(to, &message);
        }
        for machine in self.pages.keys().copied().collect::<Vec<_>>() {
            if let Some(session) = self.pages.get_mut(&machine).unwrap().session.as_mut() {
                session.handle_timeout(now);
            }
            self.drain_page(machine);
        }
    }

    fn hear(&mut self, to: SessionId, message: &ServerMessage) {
        let now = self.now;
        let Some(machine) = self.page_of(to) else {
            return;
        };
        let page = &self.pages[&machine];
        if let (ServerMessage::Welcome { grant, .. }, None) = (message, &page.session) {
            let Machine {
                seat,
                device,
                memory,
                ..
            } = self.machines[machine].clone();
            let key = LinkKey::Seat(self.secret.seat(self.id, seat, 1));
            let link = Link { call: self.id, key };
            let opened = open_grant(&link, grant).unwrap_or_else(|e| panic!("{e}"));
            let candidate = Candidate::new(&link, opened, device.public()).unwrap();
            let signature = device.sign(&candidate.to_sign());
            let session = candidate.into_session(now, signature, memory).unwrap();
            self.pages.get_mut(&machine).unwrap().session = Some(session);
        }
        let page = self.pages.get_mut(&machine).unwrap();
        let Some(session) = page.session.as_mut() else {
            return;
        };
        session.handle_message(now, message);
        match message {
            ServerMessage::Error(error) => {
                self.told.insert(machine, error.text.clone());
            }
            ServerMessage::Welcome { .. } => {
                let enter = session.enter(now);
                self.to_server.push_back((now + DELAY_MS, to, enter));
            }
            ServerMessage::Seated { .. } => page.seated = true,
            _ => {}
        }
        self.drain_page(machine);
    }

    fn page_of(&self, connection: SessionId) -> Option<usize> {
        let of = |(machine, page): (&usize, &Page)| {
            (page.connection == Some(connection)).then_some(*machine)
        };
        self.pages.iter().find_map(of)
    }

    fn drain_page(&mut self, machine: usize) {
        let page = self.pages.get_mut(&machine).unwrap();
        let (connection, Some(session)) = (page.connection, page.session.as_mut()) else {
            return;
        };
        while let Some(output) = session.poll_output() {
            match (output, connection) {
                (Output::Send(message), Some(from)) => {
                    self.to_server
                        .push_back((self.now + DELAY_MS, from, message));
                }
                (Output::MemoryChanged, _) => {
                    self.machines[machine].memory = session.memory();
                }
                _ => {}
            }
        }
    }

    fn drain_call(&mut self) {
        while let Some(output) = self.call.poll_output() {
            match output {
                Told::Persist(change) => self.store(change),
                Told::Send { session, message } => {
                    self.to_pages
                        .push_back((self.now + DELAY_MS, session, message));
                }
                Told::Close { session } => {
                    if let Some(machine) = self.page_of(session) {
                        let last = self.to_pages.iter().rev().find(|(_, to, _)| *to == session);
                        if let Some((_, _, ServerMessage::Error(error))) = last {
                            self.told.insert(machine, error.text.clone());
                        }
                        // The screen says so; the person opens the link again if it wants to.
                        self.pages.remove(&machine);
                    }
                }
                Told::Media(_) => {}
            }
        }
    }

    fn store(&mut self, change: Change) {
        let (record, seats, entries) = &mut self.stored;
        match change {
            Change::Call(row) => *record = row,
            Change::Seat(row) => {
                seats.insert(row.seat, row);
            }
            Change::Entry(entry) => entries.push(entry),
            Change::LogBegins { group, seq } => {
                entries.retain(|e| e.group == group && e.seq >= seq);
            }
            Change::SealedForgotten => entries.clear(),
        }
    }

    // --- people ---

    pub(crate) fn act(&mut self, machine: usize, act: Act) -> bool {
        let now = self.now;
        let page = self
            .pages
            .get_mut(&machine)
            .and_then(|page| page.session.as_mut());
        let done = page.is_some_and(|session| session.act(now, act).is_ok());
        if self.is_open(machine) {
            self.drain_page(machine);
        }
        done
    }

    /// Hosts let in whoever they are asked about.
    pub(crate) fn admit(&mut self) {
        let hosts: Vec<_> = self
            .open_pages()
            .into_iter()
            .filter(|m| self.is_host(*m))
            .collect();
        for host in hosts {
            let Some(view) = self.view(host) else {
                continue;
            };
            let asked = view
                .waiting
                .iter()
                .filter(|claim| claim.verified && !claim.by_itself);
            for seat in asked.map(|claim| claim.seat).collect::<Vec<_>>() {
                self.clicks += usize::from(self.act(host, Act::Admit { seat }));
            }
        }
    }

    /// Everybody accepts the machines it is asked about; gives how many were asked.
    pub(crate) fn accept_machines(&mut self) -> usize {
        let mut asked = 0;
        for page in self.open_pages() {
            let Some(view) = self.view(page) else {
                continue;
            };
            let changed = view
                .problems
                .iter()
                .filter(|problem| problem.kind == sealed::session::ProblemKind::DeviceChanged);
            for seat in changed
                .filter_map(|problem| problem.seat)
                .collect::<Vec<_>>()
            {
                asked += usize::from(self.act(page, Act::AcceptDevice { seat }));
            }
        }
        asked
    }

    // --- what there is to see ---

    pub(crate) fn is_host(&self, machine: usize) -> bool {
        let seat = self.machines[machine].seat;
        self.plan
            .seats
            .iter()
            .any(|planned| planned.id == seat && planned.host)
    }

    pub(crate) fn open_pages(&self) -> Vec<usize> {
        self.pages.keys().copied().collect()
    }

    /// Of those at the table.
    pub(crate) fn at_the_table(&self) -> Vec<usize> {
        let seated = self.pages.iter().filter(|(_, page)| page.seated);
        seated.map(|(machine, _)| *machine).collect()
    }

    pub(crate) fn view(&self, machine: usize) -> Option<View> {
        Some(self.pages.get(&machine)?.session.as_ref()?.view())
    }

    /// So many are at the table, in one group, verified by each other, and may send.
    pub(crate) fn is_whole(&self, count: usize) -> bool {
        let seated = self.at_the_table();
        seated.len() == count
            && seated.iter().all(|machine| {
                self.view(*machine).is_some_and(|view| {
                    view.stage == Stage::Member
                        && view.verified == count
                        && view.sending == Sending::Allowed
                })
            })
    }

    /// The same, but that machines wait to be accepted.
    pub(crate) fn is_joined(&self, count: usize) -> bool {
        let seated = self.at_the_table();
        let groups: Vec<_> = seated.iter().filter_map(|m| self.view(*m)).collect();
        groups.len() == count
            && groups.iter().all(|view| {
                view.stage == Stage::Member
                    && view.sending == Sending::Allowed
                    && view.members.len() >= count
                    && (view.group, view.epoch) == (groups[0].group, groups[0].epoch)
            })
    }

    /// One says something, the other hears it. As the server does it, the frame goes to all who are here: who
    /// is asked about lacks no manifest because another was asked about before.
    pub(crate) fn hears(&mut self, from: usize, to: usize) -> bool {
        let now = self.now;
        let speaker = self.pages.get_mut(&from).unwrap().session.as_mut().unwrap();
        let Ok(sealed) = speaker.seal(now, Stream::Microphone, 0, false, b"voice") else {
            return false;
        };
        let mut hears = false;
        for (machine, page) in self.pages.iter_mut().filter(|(other, _)| **other != from) {
            if let Some(session) = page.session.as_mut() {
                let opened = session.open(now, Kind::Voice, &sealed);
                let speaker = self.machines[from].seat;
                hears |= *machine == to && opened.is_ok_and(|frame| frame.seat == speaker);
            }
        }
        hears
    }

    pub(crate) fn describe(&self) -> String {
        let line = |(machine, page): (&usize, &Page)| {
            let seat = self.machines[*machine].seat;
            let Some(view) = self.view(*machine) else {
                return format!("{machine} (seat {seat}): no session");
            };
            let waits: Vec<_> = view
                .waiting
                .iter()
                .map(|c| (c.seat.0, c.by_itself))
                .collect();
            let kinds: Vec<_> = view.problems.iter().map(|p| (p.kind, p.seat)).collect();
            let states: Vec<_> = view.members.iter().map(|m| (m.seat.0, m.state)).collect();
            let connected = page.connection.is_some();
            format!(
                "{machine} (seat {seat}): connected {connected}, seated {}, {:?} {:?}, group {} epoch {}, {states:?}, \
                 waiting {waits:?}, problems {kinds:?}",
                page.seated, view.stage, view.sending, view.group, view.epoch
            )
        };
        let lines: Vec<_> = self.pages.iter().map(line).collect();
        format!("{}\nerrors: {:?}", lines.join("\n"), self.told)
    }
}
