//! The delivery service of a [`World`]: what `call` does with sealed messages, for each circle.

use protocol::{
    CircleId, ClientMessage, ErrorCode, ErrorMessage, GroupRef, Sealed, ServerMessage,
    sealed::{Class, Entry, LogState},
    shape::SeatShape,
    types::{Presence, SeatStatus, Waiting},
};

use super::world::{Client, Place, World};

/// The log of one circle's group.
#[derive(Default)]
pub(super) struct Log {
    pub(super) state: LogState,
    pub(super) entries: Vec<Entry>,
}

/// What the service knows of a client in one circle.
#[derive(Default)]
pub(super) struct Standing {
    pub(super) knock: Option<Sealed>,
    /// Group, epoch and place of its last commit, until its welcome comes.
    pub(super) committed: Option<(GroupRef, u64, u64)>,
    pub(super) caught_up: bool,
}

impl World {
    /// Of the table.
    pub(super) fn log(&mut self) -> &mut Log {
        self.log_of(CircleId::TABLE)
    }

    pub(super) fn log_of(&mut self, circle: CircleId) -> &mut Log {
        self.circles.entry(circle).or_insert_with(|| {
            let mut log = Log::default();
            log.state.group.circle = circle;
            log
        })
    }

    fn standing(&mut self, at: usize, circle: CircleId) -> &mut Standing {
        self.clients[at].standing.entry(circle).or_default()
    }

    /// Whether the service takes this client for one that may be in the circle.
    fn may_be_in(&self, at: usize, circle: CircleId) -> bool {
        let shape = &self.new.shape.seats[usize::from(self.clients[at].seat.0) - 1];
        circle.takes(shape.delegation) || self.cross_wired
    }

    pub(super) fn serve_enter(&mut self, at: usize, enter: ClientMessage) {
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
            let circle = CircleId::TABLE;
            self.serve(at, ClientMessage::Knock { circle, knock });
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

    pub(super) fn statuses(&self) -> Vec<SeatStatus> {
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

    pub(super) fn tell_statuses(&mut self) {
        let statuses = self.statuses();
        for at in self.seated() {
            let statuses = statuses.clone();
            self.send(at, ServerMessage::Changed { statuses });
        }
    }

    pub(super) fn seat(&mut self, at: usize) {
        self.clients[at].place = Place::Seated;
        let seated = ServerMessage::Seated {
            seats: self.new.shape.seats.clone(),
            plan: self.new.plan.clone(),
            logs: self.logs_for(at),
            statuses: self.statuses(),
            doors: self.doors,
            floor: None,
            opened_at_ms: 0,
        };
        self.send(at, seated);
        let host = self.clients[at].session.table.me.is_host();
        let knocks: Vec<_> = (0..self.clients.len())
            .filter(|other| *other != at && (host || self.clients[*other].place == Place::Seated))
            .filter_map(|other| self.knocked(other, CircleId::TABLE))
            .collect();
        for knocked in knocks {
            self.send(at, knocked);
        }
        self.tell_statuses();
    }

    fn logs_for(&mut self, at: usize) -> Vec<LogState> {
        self.log();
        let logs = self.circles.iter();
        let may = logs.filter(|(circle, _)| self.may_be_in(at, **circle));
        may.map(|(_, log)| log.state).collect()
    }

    pub(super) fn knocked(&self, at: usize, circle: CircleId) -> Option<ServerMessage> {
        let client = &self.clients[at];
        let waiting = match client.place {
            Place::Waiting => true,
            Place::Seated => false,
            Place::Gone => return None,
        };
        let knock = client.standing.get(&circle)?.knock.clone();
        knock.map(|knock| ServerMessage::Knocked {
            circle,
            seat: client.seat,
            waiting,
            knock,
        })
    }

    pub(super) fn seated(&self) -> Vec<usize> {
        let sits = |at: &usize| self.clients[*at].place == Place::Seated;
        (0..self.clients.len()).filter(sits).collect()
    }

    fn refuse(&mut self, at: usize, message: &ClientMessage) {
        let error = ErrorMessage::new(ErrorCode::WrongEpoch, "").answering_to(message);
        self.send(at, ServerMessage::Error(error));
    }

    pub(super) fn serve(&mut self, at: usize, message: ClientMessage) {
        self.told.push(serde_json::to_string(&message).unwrap());
        let seat = self.clients[at].seat;
        let circle = message.circle().unwrap_or_default();
        if !self.may_be_in(at, circle) {
            return;
        }
        match &message {
            ClientMessage::Knock { knock, .. } => {
                self.standing(at, circle).knock = Some(knock.clone());
                let waiting = self.clients[at].place == Place::Waiting;
                let knocked = self.knocked(at, circle).unwrap();
                for to in self.seated() {
                    let decides = !waiting || self.clients[to].session.table.me.is_host();
                    if to != at && decides && self.may_be_in(to, circle) {
                        self.send(to, knocked.clone());
                    }
                }
                self.tell_antechamber();
            }
            ClientMessage::Found { group, after } => {
                if *after != self.log_of(circle).state.group.number || group.number <= *after {
                    return self.refuse(at, &message);
                }
                self.standing(at, circle).knock = None;
                let state = LogState {
                    group: *group,
                    epoch: 0,
                    seq: 0,
                };
                let entries = Vec::new();
                *self.log_of(circle) = Log { state, entries };
                for to in 0..self.clients.len() {
                    self.standing(to, circle).caught_up = false;
                    if self.may_be_in(to, circle) {
                        let group = *group;
                        self.send(to, ServerMessage::Founded { group, by: seat });
                    }
                }
            }
            ClientMessage::Commit {
                group,
                epoch,
                commit,
            } => {
                if self.is_stale(*group, *epoch) {
                    return self.refuse(at, &message);
                }
                self.append(Class::Commit, *group, commit.clone(), at);
                let state = &mut self.log_of(circle).state;
                state.epoch += 1;
                let seq = state.seq;
                self.standing(at, circle).committed = Some((*group, *epoch, seq));
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
                let own = self.standing(at, circle).committed.take();
                let Some((_, _, seq)) = own.filter(|own| (own.0, own.1) == (*group, *epoch)) else {
                    return self.refuse(at, &message);
                };
                for add in adds {
                    let newest = (0..self.clients.len()).rev().find(|c| {
                        let client = &self.clients[*c];
                        client.seat == *add
                            && client.place != Place::Gone
                            && self.knocked(*c, circle).is_some()
                    });
                    if let Some(to) = newest {
                        self.standing(to, circle).knock = None;
                        let (group, welcome) = (*group, welcome.clone());
                        let answer = ServerMessage::GroupWelcome {
                            group,
                            seq,
                            welcome,
                        };
                        self.send(to, answer);
                    }
                }
            }
            ClientMessage::Kept {
                group,
                epoch,
                sealed,
            } => {
                if self.is_stale(*group, *epoch) {
                    return self.refuse(at, &message);
                }
                self.append(Class::Kept, *group, sealed.clone(), at);
            }
            ClientMessage::Passing { group, sealed } => {
                for to in self.seated() {
                    let hears = self.may_be_in(to, circle) && !self.hidden.contains(&(at, to));
                    if to != at && hears {
                        let (group, sealed) = (*group, sealed.clone());
                        self.send(to, ServerMessage::Passing { group, sealed });
                    }
                }
            }
            ClientMessage::CatchUp { group, after } => {
                let log = self.log_of(circle);
                if *group != log.state.group {
                    return self.refuse(at, &message);
                }
                let missed = log.entries.iter().filter(|e| e.seq > *after);
                let mut told: Vec<_> = missed.cloned().map(ServerMessage::Ordered).collect();
                told.push(ServerMessage::CaughtUp { log: log.state });
                self.standing(at, circle).caught_up = true;
                for message in told {
                    self.send(at, message);
                }
            }
            ClientMessage::Admit { seat } => {
                let waits = |c: &Client| c.seat == *seat && c.place == Place::Waiting;
                if let Some(newcomer) = self.clients.iter().position(waits) {
                    for old in self
                        .clients
                        .iter_mut()
                        .filter(|c| c.seat == *seat && c.place == Place::Seated)
                    {
                        old.place = Place::Gone;
                    }
                    self.seat(newcomer);
                    self.tell_antechamber();
                }
            }
            ClientMessage::Remove { seat } => {
                for gone in self.clients.iter_mut().filter(|c| c.seat == *seat) {
                    gone.place = Place::Gone;
                }
                self.removed.insert(*seat);
                self.tell_statuses();
            }
            ClientMessage::SetDoors { doors } => self.doors = *doors,
            _ => {}
        }
    }

    pub(super) fn tell_antechamber(&mut self) {
        let waits = |c: &&Client| c.place == Place::Waiting;
        let waiting = self.clients.iter().filter(waits).map(|c| Waiting {
            seat: c.seat,
            since_ms: 0,
            occupied: false,
        });
        let waiting: Vec<_> = waiting.collect();
        for to in self.seated() {
            if self.clients[to].session.table.me.is_host() {
                let waiting = waiting.clone();
                self.send(to, ServerMessage::Antechamber { waiting });
            }
        }
    }

    fn is_stale(&mut self, group: GroupRef, epoch: u64) -> bool {
        let state = self.log_of(group.circle).state;
        (group, epoch) != (state.group, state.epoch)
    }

    fn append(&mut self, class: Class, group: GroupRef, sealed: Sealed, from: usize) {
        let log = self.log_of(group.circle);
        log.state.seq += 1;
        let (seq, epoch) = (log.state.seq, log.state.epoch);
        let entry = Entry {
            seq,
            group,
            epoch,
            class,
            sealed,
        };
        log.entries.push(entry.clone());
        for to in self.seated() {
            if self.standing(to, group.circle).caught_up {
                let message = match class {
                    Class::Commit if to == from => ServerMessage::Taken { seq, group, epoch },
                    _ => ServerMessage::Ordered(entry.clone()),
                };
                self.send(to, message);
            }
        }
    }
}
