//! Who is told what. After every input, what each connection was told last is compared with how things
//! are, and only the difference is sent: nobody hears of anything before `seated`, and no act needs to
//! remember whom to tell.

use std::sync::Arc;

use protocol::{
    CircleId, SeatId, ServerMessage,
    checks::Checks,
    sealed::LogState,
    types::{Doors, Presence, SeatStatus, Waiting},
};

use crate::{
    call::Call,
    checks,
    output::{Output, SessionId},
    seat::Place,
};

/// What all who are seated know.
#[derive(Clone, Default)]
pub(crate) struct Told {
    /// One per seat, in the order of the plan.
    pub(crate) statuses: Vec<SeatStatus>,
    doors: Doors,
    floor: Option<SeatId>,
    antechamber: Vec<Waiting>,
    /// For hosts, in the order of the plan.
    checks: Vec<Option<Arc<Checks>>>,
}

/// What one connection knows besides.
#[derive(Clone, Copy, Default)]
pub(crate) struct ToldSession {
    seated: bool,
    claimed: bool,
    waiting: Option<(Doors, bool, bool, Option<u64>)>,
    /// Number of the newest knock there was.
    knocks: u64,
}

struct News {
    changed: Vec<SeatStatus>,
    doors: bool,
    floor: bool,
    antechamber: bool,
    checked: Option<ServerMessage>,
}

impl Call {
    /// Tells everybody what changed since the last time.
    pub(crate) fn announce(&mut self, now: u64) {
        let statuses = self.statuses(now);
        let antechamber = self.antechamber.snapshot(
            |seat| self.is_held(seat, now),
            |since| self.time_of_day(since),
        );
        let checks = self.checks();
        let before = &self.told.statuses;
        let differs = |s: &SeatStatus| !before.contains(s);
        let news = News {
            changed: statuses.iter().copied().filter(differs).collect(),
            doors: self.told.doors != self.record.doors,
            floor: self.told.floor != self.record.floor,
            antechamber: self.told.antechamber != antechamber,
            checked: checks::news(&self.told.checks, &checks),
        };
        let (doors, floor) = (self.record.doors, self.record.floor);
        self.told = Told {
            statuses,
            doors,
            floor,
            antechamber,
            checks,
        };
        for session in self.sessions.keys().copied().collect::<Vec<_>>() {
            self.tell(session, &news, now);
        }
    }

    fn tell(&mut self, session: SessionId, news: &News, now: u64) {
        let Some(state) = self.sessions.get(&session) else {
            return;
        };
        let (seat, mut told) = (state.seat, state.told);
        let mut messages = Vec::new();
        if self.seat(seat).sitting() == Some(session) {
            if told.seated {
                self.tell_news(seat, news, &mut messages);
            } else {
                self.tell_seated(seat, now, &mut messages);
            }
            if (news.checked.is_some() || !told.seated) && self.may_see_checks(session, now) {
                messages.extend(match told.seated {
                    true => news.checked.clone(),
                    false => checks::news(&[], &self.told.checks),
                });
            }
            let claimed = self.antechamber.who_waits_for(seat).is_some();
            if claimed && !told.claimed {
                messages.push(ServerMessage::SeatClaimed {});
            }
            messages.extend(self.knocks_for(session, seat, told.knocks));
            told = ToldSession {
                seated: true,
                claimed,
                waiting: None,
                knocks: self.knocks,
            };
        } else if self.antechamber.who_waits_for(seat) == Some(session) {
            let (doors, occupied) = (self.record.doors, self.is_held(seat, now));
            let host = self.has_host_seated();
            let free_at = self.handover_at(seat).filter(|_| occupied);
            let waiting = (doors, occupied, host, free_at);
            if told.waiting != Some(waiting) {
                let free_in_ms = free_at.map(|at| at.saturating_sub(now));
                messages.push(ServerMessage::Waiting {
                    doors,
                    occupied,
                    host,
                    free_in_ms,
                });
            }
            told.waiting = Some(waiting);
        }
        if let Some(state) = self.sessions.get_mut(&session) {
            state.told = told;
        }
        let send = |message| Output::Send { session, message };
        self.outputs.extend(messages.into_iter().map(send));
    }

    fn tell_seated(&self, seat: SeatId, now: u64, messages: &mut Vec<ServerMessage>) {
        messages.push(ServerMessage::Seated {
            seats: self.shape.seats.clone(),
            plan: self
                .plan
                .clone()
                .expect("forgotten at adjournment, after which nobody sits down"),
            logs: self.logs_for(seat),
            statuses: self.told.statuses.clone(),
            doors: self.record.doors,
            floor: self.record.floor,
            opened_at_ms: self.record.opened_at.unwrap_or(self.time_of_day(now)),
        });
        let (audio, video) = self.transceivers();
        messages.push(ServerMessage::Negotiate { audio, video });
        if self.is_host(seat) {
            messages.push(ServerMessage::Antechamber {
                waiting: self.told.antechamber.clone(),
            });
        }
    }

    /// Where the logs stand of the circles this seat may be in: the table's first, then of those that have a group.
    fn logs_for(&self, seat: SeatId) -> Vec<LogState> {
        let delegation = self.planned(seat).delegation;
        let may = self.circles.iter().filter(|(id, _)| id.takes(delegation));
        let logs = may.map(|(_, relay)| relay.state());
        logs.filter(|log| log.group.number > 0 || log.group.circle == CircleId::TABLE)
            .collect()
    }

    fn tell_news(&self, seat: SeatId, news: &News, messages: &mut Vec<ServerMessage>) {
        if !news.changed.is_empty() {
            messages.push(ServerMessage::Changed {
                statuses: news.changed.clone(),
            });
        }
        if news.doors {
            messages.push(ServerMessage::DoorsChanged {
                doors: self.record.doors,
            });
        }
        if news.floor {
            messages.push(ServerMessage::FloorChanged {
                floor: self.record.floor,
            });
        }
        if news.antechamber && self.is_host(seat) {
            messages.push(ServerMessage::Antechamber {
                waiting: self.told.antechamber.clone(),
            });
        }
    }

    /// How every seat is now; `since_ms` moves only when `presence` does.
    pub(crate) fn statuses(&self, now: u64) -> Vec<SeatStatus> {
        let status = |(at, state): (usize, &crate::seat::SeatState)| {
            let seat = state.record.seat;
            let presence = self.presence(seat);
            let before = self
                .told
                .statuses
                .get(at)
                .filter(|before| before.presence == presence);
            SeatStatus {
                seat,
                presence,
                since_ms: before.map_or(self.time_of_day(now), |before| before.since_ms),
                microphone: self.microphones.speaks_to(seat) == Some(CircleId::TABLE),
                camera: state.camera,
                screen: self.screen == Some(seat),
            }
        };
        self.seats.iter().enumerate().map(status).collect()
    }

    fn has_host_seated(&self) -> bool {
        let seated = |seat: &crate::seat::SeatState| matches!(seat.place, Place::Seated(_));
        let hosts = |seat: &&crate::seat::SeatState| self.is_host(seat.record.seat);
        self.seats.iter().filter(hosts).any(seated)
    }

    pub(crate) fn presence(&self, seat: SeatId) -> Presence {
        match self.seat(seat).place {
            Place::Seated(_) => Presence::Seated,
            Place::Lost { .. } => Presence::Lost,
            Place::Removed => Presence::Removed,
            Place::Absent if self.antechamber.who_waits_for(seat).is_some() => Presence::Waiting,
            Place::Absent => Presence::Absent,
        }
    }
}
