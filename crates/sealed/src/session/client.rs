//! What a client is in all its circles at once: its connection to the server, who it is told sits where, what it has
//! to say. Who it is to others stands in [`super::identity`].

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use protocol::{
    CircleId, ClientMessage, GroupRef, Sealed, SeatId,
    sealed::LogState,
    shape::SeatShape,
    types::{Doors, Presence, SeatStatus},
};

use super::{Output, identity::Identity, view::People};
use crate::{convene::open_plan_with, message::DoorsAct};

/// No client is left alone for so long but by sleep: its machine's, or its page's.
const SLEPT_MS: u64 = 5_000;

/// One client.
pub(super) struct Client {
    pub(super) now: u64,
    pub(super) me: Arc<Identity>,
    pub(super) code: [u8; 16],
    /// The plan's, once it was opened.
    pub(super) people: Option<People>,
    pub(super) plan_refused: bool,
    /// The doors, as hosts say among themselves.
    pub(super) doors: DoorsAct,
    // What the server says.
    pub(super) connected: bool,
    pub(super) seated: bool,
    /// In the antechamber, since.
    pub(super) waiting_since: Option<u64>,
    pub(super) server_doors: Doors,
    pub(super) seats: BTreeMap<SeatId, (SeatShape, Presence)>,
    /// Where the logs of circles stood when the server last said so unasked.
    pub(super) groups: BTreeMap<CircleId, LogState>,
    /// Who asked for a place in a circle that this client may join and has not joined yet.
    pub(super) knocks_before: BTreeMap<CircleId, BTreeMap<SeatId, Sealed>>,
    /// Counts the connections to the server.
    pub(super) connection: u32,
    /// Since when it hears what passes, without a break by sleep or network.
    pub(super) listening_since: u64,
    pub(super) leaving: bool,
    pub(super) outputs: VecDeque<Output>,
}

impl Client {
    pub(super) fn new(now: u64, me: Arc<Identity>) -> Self {
        Self {
            now,
            me,
            code: [0; 16],
            people: None,
            plan_refused: false,
            doors: DoorsAct::default(),
            connected: true,
            seated: false,
            waiting_since: None,
            server_doors: Doors::Open,
            seats: BTreeMap::new(),
            groups: BTreeMap::new(),
            knocks_before: BTreeMap::new(),
            connection: 0,
            listening_since: now,
            leaving: false,
            outputs: VecDeque::new(),
        }
    }

    /// Every input comes with the time; it never goes back. Who slept has heard nobody meanwhile, and
    /// draws no conclusions from that.
    pub(super) fn pass_to(&mut self, now: u64) -> u64 {
        if now > self.now.saturating_add(SLEPT_MS) {
            self.listening_since = now;
        }
        self.now = self.now.max(now);
        self.now
    }

    pub(super) fn send(&mut self, message: ClientMessage) {
        self.outputs.push_back(Output::Send(message));
    }

    /// A new connection, of one who is in no room yet.
    pub(super) fn connected(&mut self) {
        (self.connected, self.seated, self.waiting_since) = (true, false, None);
        self.knocks_before.clear();
        self.connection = self.connection.wrapping_add(1);
    }

    pub(super) fn disconnected(&mut self) {
        (self.connected, self.seated, self.waiting_since) = (false, false, None);
    }

    /// Somebody began a group.
    pub(super) fn note_group(&mut self, group: GroupRef) {
        let log = LogState {
            group,
            ..LogState::default()
        };
        self.groups.insert(group.circle, log);
    }

    /// Somebody knocks at a circle that this client has not joined. Of seats of its delegation only, one knock each.
    pub(super) fn note_knock(&mut self, circle: CircleId, seat: SeatId, knock: &Sealed) {
        let shape = self.seats.get(&seat).map(|(shape, _)| shape);
        let own = circle.takes(self.me.delegation());
        if own && shape.is_some_and(|shape| circle.takes(shape.delegation)) {
            let knocks = self.knocks_before.entry(circle).or_default();
            knocks.insert(seat, knock.clone());
        }
    }

    /// Of a circle, as far as the server said.
    pub(super) fn log_of(&self, circle: CircleId) -> LogState {
        let none = GroupRef { circle, number: 0 };
        let log = self.groups.get(&circle).copied();
        log.unwrap_or(LogState {
            group: none,
            ..LogState::default()
        })
    }

    pub(super) fn learn_seats(&mut self, seats: &[SeatShape], statuses: &[SeatStatus]) {
        let absent = |seat: &SeatShape| (seat.id, (*seat, Presence::Absent));
        self.seats = seats.iter().map(absent).collect();
        self.learn_statuses(statuses);
    }

    pub(super) fn learn_statuses(&mut self, statuses: &[SeatStatus]) {
        for status in statuses {
            if let Some((_, presence)) = self.seats.get_mut(&status.seat) {
                *presence = status.presence;
            }
        }
    }

    pub(super) fn learn_plan(&mut self, plan: &Sealed) {
        if self.people.is_some() {
            return;
        }
        match open_plan_with(&self.me.root, &self.me.knock, self.me.call, plan) {
            Ok((_, verified)) => {
                self.people = Some(People {
                    title: verified.info.title,
                    delegations: verified.delegations,
                    seats: verified.seats,
                });
            }
            Err(_) => self.plan_refused = true,
        }
        self.outputs.push_back(Output::ViewChanged);
    }

    /// What this host does with the doors, or says about them for the first time.
    pub(super) fn set_doors(&mut self, closed: bool) {
        self.doors = DoorsAct {
            number: self.doors.number.saturating_add(1),
            closed: Some(closed),
        };
    }
}
