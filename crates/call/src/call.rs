//! The state machine and its API: what comes in, what goes out. Connections arrive in `arrival`, what
//! clients ask for is carried out in `conduct`, sealed messages in `circles` and `knocks`, sitting down
//! and rising in `seating`, telling people about it in `announce`.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use protocol::{
    CircleId, ClientMessage, ErrorCode, ErrorMessage, Sealed, SeatId, SecretHash, ServerMessage,
    http::{CallDetail, CallSummary, Phase},
    sealed::{Entry, LogState},
    shape::VerifiedShape,
};

use crate::{
    announce::{Told, ToldSession},
    antechamber::Antechamber,
    checks,
    microphones::Microphones,
    output::{Change, Output, SessionId},
    permission::{self, Denial},
    record::{CallRecord, SeatRecord, Stored},
    relay::Relay,
    seat::{GRACE_MS, Place, SeatState},
};

/// Smaller differences of two clocks are those of reading them.
const CLOCK_SET_MS: u64 = 100;

/// One call. `handle_*`, [`Call::end`] and [`Call::relink`] take input; after each, drain
/// [`Call::poll_output`] until `None`, then wait until [`Call::poll_timeout`] or the next input.
/// `now` is milliseconds of a clock that nobody sets: durations are counted in it. The time of day,
/// which is told and stored, is ahead of it by what [`Call::tell_time`] said last; until then by
/// nothing. Cloning is cheap enough to do before every input.
#[derive(Clone)]
pub struct Call {
    pub(crate) shape: Arc<VerifiedShape>,
    /// Absent once the call is adjourned.
    pub(crate) plan: Option<Sealed>,
    convened_at: u64,
    /// How far the time of day is ahead of `now`.
    ahead_ms: i64,
    pub(crate) record: CallRecord,
    /// In the order of the plan: seat n is at n - 1.
    pub(crate) seats: Vec<SeatState>,
    pub(crate) sessions: BTreeMap<SessionId, Session>,
    pub(crate) antechamber: Antechamber,
    pub(crate) microphones: Microphones,
    /// Who shares its screen.
    pub(crate) screen: Option<SeatId>,
    /// The table's is always there.
    pub(crate) circles: BTreeMap<CircleId, Relay>,
    /// Number of the newest knock.
    pub(crate) knocks: u64,
    pub(crate) told: Told,
    pub(crate) unsaved_call: bool,
    pub(crate) unsaved_seats: BTreeSet<SeatId>,
    /// What changed about the log, or that all of it goes.
    pub(crate) unsaved_log: VecDeque<Change>,
    pub(crate) outputs: VecDeque<Output>,
}

/// A connection whose access token was good.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) seat: SeatId,
    pub(crate) holder: SecretHash,
    /// Since when the connection it replaces waited: its place in the queue.
    pub(crate) waited_since: Option<u64>,
    pub(crate) told: ToldSession,
    /// Its go / no-go.
    pub(crate) own: checks::Own,
}

impl Call {
    /// A call just convened: doors open, every seat absent and with its first link.
    pub fn new(shape: VerifiedShape, plan: Sealed, convened_at: u64) -> Self {
        let stored = Stored {
            shape,
            plan: Some(plan),
            convened_at,
            record: CallRecord::default(),
            seats: Vec::new(),
            entries: Vec::new(),
        };
        Self::restore(stored, convened_at)
    }

    /// A call from its stored rows. Admitted seats come back as lost, with the full grace.
    pub fn restore(stored: Stored, now: u64) -> Self {
        let Stored { shape, record, .. } = stored;
        let adjourned = record.adjourned_at.is_some();
        let mut states: Vec<_> = shape
            .seats
            .iter()
            .map(|seat| SeatState::new(seat.id))
            .collect();
        for row in stored.seats {
            if let Some(state) = states
                .iter_mut()
                .find(|state| state.record.seat == row.seat)
            {
                *state = SeatState::restore(row, adjourned, now);
            }
        }
        let is_lost = |seat: &SeatId| {
            states
                .iter()
                .any(|s| s.record.seat == *seat && matches!(s.place, Place::Lost { .. }))
        };
        let floor = record.floor.filter(is_lost);
        let mut restored = Self {
            shape: Arc::new(shape),
            plan: stored.plan,
            convened_at: stored.convened_at,
            ahead_ms: 0,
            circles: restore_circles(&record.logs, stored.entries),
            record: CallRecord {
                floor,
                logs: Vec::new(),
                ..record
            },
            seats: states,
            sessions: BTreeMap::new(),
            antechamber: Antechamber::default(),
            microphones: Microphones::default(),
            screen: None,
            knocks: 0,
            told: Told::default(),
            unsaved_call: false,
            unsaved_seats: BTreeSet::new(),
            unsaved_log: VecDeque::new(),
            outputs: VecDeque::new(),
        };
        restored.announce(now);
        restored
    }

    /// How far the time of day (milliseconds since 1970 UTC) is ahead of `now`; somebody may have set it
    /// since the last time.
    pub fn tell_time(&mut self, ahead_ms: i64) {
        if ahead_ms.abs_diff(self.ahead_ms) >= CLOCK_SET_MS {
            self.ahead_ms = ahead_ms;
        }
    }

    /// The time of day that is told or stored for a moment counted in `now`.
    pub(crate) const fn time_of_day(&self, now: u64) -> u64 {
        now.saturating_add_signed(self.ahead_ms)
    }

    /// A client sent this; everything but `hello` belongs here.
    pub fn handle_message(&mut self, now: u64, session: SessionId, message: &ClientMessage) {
        if !self.sessions.contains_key(&session) {
            return; // sent before it saw that it was closed
        }
        if let Err(denial) = self.conduct(now, session, message) {
            let error = ErrorMessage::from(denial).answering_to(message);
            let fatal = error.fatal;
            self.send(session, ServerMessage::Error(error));
            if fatal {
                self.close(session);
            }
        }
        self.finish(now);
    }

    /// A connection is gone without a word.
    pub fn handle_disconnect(&mut self, now: u64, session: SessionId) {
        self.end_mirror(session);
        let Some(state) = self.sessions.remove(&session) else {
            return;
        };
        self.antechamber.leave(session);
        self.forget_in_circles(session);
        if self.seat(state.seat).sitting() == Some(session) {
            self.rise(state.seat, Place::Lost { since: now });
        }
        self.finish(now);
    }

    /// The time of [`Call::poll_timeout`] has come.
    pub fn handle_timeout(&mut self, now: u64) {
        let expired = |state: &&SeatState| match state.place {
            Place::Lost { since } => now >= since.saturating_add(GRACE_MS),
            _ => false,
        };
        let expired: Vec<_> = self
            .seats
            .iter()
            .filter(expired)
            .map(|s| s.record.seat)
            .collect();
        for seat in expired {
            self.rise(seat, Place::Absent);
        }
        self.expire_mirrors(now);
        self.finish(now);
    }

    /// The convener ends the call.
    pub fn end(&mut self, now: u64) {
        if !self.is_adjourned() {
            self.adjourn(now);
            self.finish(now);
        }
    }

    /// The convener gave a seat a new link: the old one is closed, with whoever used it, and a removed
    /// seat can be used again.
    pub fn relink(&mut self, now: u64, seat: SeatId, link: u32) -> Result<(), Denial> {
        let known = self.has_seat(seat);
        let rises = known && link > self.seat(seat).record.link;
        permission::permit_relink(self.phase(), known, rises)?;
        let text = "This link was replaced by a new one: ask the convener for it.";
        let closed = ServerMessage::Error(ErrorMessage::fatal(ErrorCode::LinkClosed, text));
        self.rise(seat, Place::Absent);
        self.dismiss_all(seat, &closed);
        self.store(SeatRecord {
            link,
            ..SeatRecord::new(seat)
        });
        self.finish(now);
        Ok(())
    }

    /// The next thing to do; `None` when all is done. Rows to store come before everything else.
    pub fn poll_output(&mut self) -> Option<Output> {
        if std::mem::take(&mut self.unsaved_call) {
            return Some(Output::Persist(Change::Call(self.stored_record())));
        }
        if let Some(seat) = self.unsaved_seats.pop_first() {
            return Some(Output::Persist(Change::Seat(
                self.seat(seat).record.clone(),
            )));
        }
        if let Some(change) = self.unsaved_log.pop_front() {
            return Some(Output::Persist(change));
        }
        self.outputs.pop_front()
    }

    /// The call's row: where the logs stand is the relays' to say.
    fn stored_record(&self) -> CallRecord {
        let states = self.circles.values().map(Relay::state);
        CallRecord {
            logs: states.filter(|state| state.group.number > 0).collect(),
            ..self.record.clone()
        }
    }

    /// When to call [`Call::handle_timeout`], if nothing else happens before.
    pub fn poll_timeout(&self) -> Option<u64> {
        let due = |state: &SeatState| {
            let Place::Lost { since } = state.place else {
                return None;
            };
            let heir = self.antechamber.who_waits_for(state.record.seat);
            let handover = heir.and_then(|_| self.handover_at(state.record.seat));
            Some(handover.unwrap_or_else(|| since.saturating_add(GRACE_MS)))
        };
        let seats = self.seats.iter().filter_map(due);
        seats.chain(self.mirror_due()).min()
    }

    /// For the convener's list of calls.
    pub fn summary(&self) -> CallSummary {
        let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let seated = self
            .seats
            .iter()
            .filter(|seat| seat.sitting().is_some())
            .count();
        CallSummary {
            info: self.shape.info.clone(),
            phase: self.phase(),
            delegations: self.shape.delegations,
            seats: count(self.shape.seats.len()),
            seated: count(seated),
            convened_at_ms: self.convened_at,
        }
    }

    /// For the convener's view of one call.
    pub fn detail(&self) -> CallDetail {
        CallDetail {
            summary: self.summary(),
            seats: self.shape.seats.clone(),
            plan: self.plan.clone(),
            statuses: self.told.statuses.clone(),
            links: self.seats.iter().map(|seat| seat.record.link).collect(),
            doors: self.record.doors,
        }
    }

    /// What the convener told of it.
    pub fn shape(&self) -> &VerifiedShape {
        &self.shape
    }

    /// It was ended.
    pub const fn is_adjourned(&self) -> bool {
        self.record.adjourned_at.is_some()
    }

    pub(crate) const fn phase(&self) -> Phase {
        match (self.record.adjourned_at, self.record.opened_at) {
            (Some(_), _) => Phase::Adjourned,
            (None, Some(_)) => Phase::Open,
            (None, None) => Phase::Convened,
        }
    }

    /// The end of every input: who can sit down now does, and everybody is told.
    pub(crate) fn finish(&mut self, now: u64) {
        self.seat_heirs(now);
        self.announce(now);
    }
}

/// The table's, and those of the other circles that had a group.
fn restore_circles(logs: &[LogState], entries: Vec<Entry>) -> BTreeMap<CircleId, Relay> {
    let mut of: BTreeMap<CircleId, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        of.entry(entry.group.circle).or_default().push(entry);
    }
    let restore = |state: &LogState| {
        let circle = state.group.circle;
        let entries = of.remove(&circle).unwrap_or_default();
        (circle, Relay::restore(*state, entries))
    };
    let mut circles: BTreeMap<_, _> = logs.iter().map(restore).collect();
    let table = circles.entry(CircleId::TABLE);
    table.or_insert_with(|| Relay::new(CircleId::TABLE));
    circles
}
