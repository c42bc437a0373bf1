//! The players: native participants on the seats of a hall.

use std::collections::BTreeMap;

use anyhow::Context;
use participant::{
    Act, Control, Kept, Options, Participant, Report, Speech, Stage as Presence,
    network::{Network, direction::Carried, profile::Incident},
};
use tokio::sync::watch;

use crate::{
    rehearse::{hall::Hall, place::Place},
    screen::Screen,
};

/// What is alike for all players.
#[derive(Clone, Copy)]
pub(in crate::rehearse) struct Style {
    /// One has the floor and an open microphone, and so has the host; else all microphones are open.
    pub(in crate::rehearse) floor: bool,
    pub(in crate::rehearse) light: bool,
    pub(in crate::rehearse) visible: usize,
    pub(in crate::rehearse) seed: u64,
}

/// One seat and whoever plays it.
struct Player {
    place: Place,
    network: Network,
    needs_line: bool,
    participant: Option<Participant>,
    reports: Option<watch::Receiver<Report>>,
    /// What its machine kept when it died.
    kept: Option<Kept>,
    presence: Presence,
    gone_for_good: bool,
}

/// All of them.
pub(super) struct Players {
    style: Style,
    players: BTreeMap<u16, Player>,
    host: Option<u16>,
    /// How often figures were taken.
    pub(super) samples: u64,
}

impl Players {
    /// Nobody has come yet. `touched`: something happens to the seat's line.
    pub(super) fn new(hall: &Hall, style: Style, touched: impl Fn(&Place) -> bool) -> Self {
        let player = |place: &Place| Player {
            needs_line: !place.network.is_clean() || touched(place),
            place: place.clone(),
            network: Network::direct(),
            participant: None,
            reports: None,
            kept: None,
            presence: Presence::Connecting,
            gone_for_good: false,
        };
        let places = hall.places().iter();
        Self {
            style,
            host: hall.places().iter().find(|p| p.host).map(|p| p.seat),
            players: places.map(|p| (p.seat, player(p))).collect(),
            samples: 0,
        }
    }

    /// Makes the lines of those who need one; on a runtime.
    pub(super) fn open_lines(&mut self, hall: &Hall) {
        let seed = self.style.seed;
        for place in hall.places() {
            if let Some(player) = self.players.get_mut(&place.seat).filter(|p| p.needs_line) {
                let seed = seed.wrapping_mul(1_000).wrapping_add(u64::from(place.seat));
                player.network = Network::line(&place.network, seed);
            }
        }
    }

    /// Sends a player in, on the machine that it had, if it had one.
    pub(super) fn start(&mut self, hall: &Hall, seat: u16) -> anyhow::Result<()> {
        let style = self.style;
        let Some(player) = self.players.get_mut(&seat) else {
            return Ok(());
        };
        let place = &player.place;
        let options = Options {
            publish: !place.observer,
            auto_host: place.host,
            speech: Speech::Never,
            open_microphone: !style.floor || place.host,
            visible: style.visible,
            light: style.light,
            measure_delay: true,
            certificates: hall.certificates().to_vec(),
            network: player.network.clone(),
            machine: player.kept.take(),
            ..Options::new(place.link.clone(), format!("seat {seat}"))
        };
        let participant = Participant::start(options).context("a seat's link is wrong")?;
        player.reports = Some(participant.reports());
        player.participant = Some(participant);
        Ok(())
    }

    /// The machine of a seat dies.
    pub(super) async fn vanish(&mut self, seat: u16) {
        if let Some(player) = self.players.get_mut(&seat) {
            player.reports = None;
            if let Some(participant) = player.participant.take() {
                player.kept = Some(participant.vanish().await);
            }
        }
    }

    /// A seat leaves and does not come back.
    pub(super) async fn leave_for_good(&mut self, seat: u16) {
        if let Some(player) = self.players.get_mut(&seat) {
            player.gone_for_good = true;
            player.reports = None;
            if let Some(participant) = player.participant.take() {
                participant.leave().await;
            }
        }
    }

    /// Everybody who is still there leaves.
    pub(super) async fn leave(&mut self) {
        let there = self
            .players
            .values_mut()
            .filter_map(|p| p.participant.take());
        let leaving: Vec<_> = there.map(|p| tokio::spawn(p.leave())).collect();
        for left in leaving {
            // A participant that panicked has been reported by the runtime.
            let _ = left.await;
        }
    }

    /// Has a seat do something at the table.
    pub(super) async fn control(&self, seat: u16, what: Control) {
        let participant = self.players.get(&seat).and_then(|p| p.participant.as_ref());
        if let Some(participant) = participant {
            participant.control(what).await;
        }
    }

    /// Has the host do something in the group. `false` if it cannot now.
    pub(super) async fn act(&self, act: Act) -> bool {
        let host = self.host.and_then(|host| self.players.get(&host));
        match host.and_then(|host| host.participant.as_ref()) {
            Some(host) => host.act(act).await.is_ok(),
            None => false,
        }
    }

    /// After `before`, `next` speaks: with the floor and a microphone, where that is the way.
    pub(super) async fn pass_on(&self, before: Option<u16>, next: u16) {
        if let Some(before) = before {
            self.control(before, Control::Speak(false)).await;
            if self.style.floor && self.host != Some(before) {
                self.control(before, Control::Microphone(false)).await;
            }
        }
        if let (true, Some(host)) = (self.style.floor, self.host) {
            let floor = Some(protocol::SeatId(next)).filter(|_| next != host);
            self.control(host, Control::Floor(floor)).await;
            self.control(next, Control::Microphone(true)).await;
        }
        self.control(next, Control::Speak(true)).await;
    }

    /// Everybody's figures now.
    pub(super) fn reports(&self) -> Vec<(u16, Report)> {
        let reports = self.players.iter().filter_map(|(seat, player)| {
            let report = player.reports.as_ref()?.borrow().clone();
            Some((*seat, report))
        });
        reports.collect()
    }

    /// Tells who came and went since the last look.
    pub(super) fn tell_arrivals(&mut self, screen: &Screen) {
        for (seat, player) in &mut self.players {
            let Some(reports) = &player.reports else {
                continue;
            };
            let (before, now) = (player.presence, reports.borrow().stage);
            if now != before {
                player.presence = now;
                screen.arrival(*seat, &player.place.delegation, before, now);
            }
        }
    }

    /// How many are there.
    pub(super) fn count(&self, presence: Presence) -> usize {
        let there = self.players.values().filter(|p| p.reports.is_some());
        there.filter(|p| p.presence == presence).count()
    }

    /// Who sits at the table.
    pub(super) fn seated(&self) -> Vec<u16> {
        let seated = |p: &Player| {
            let reports = p.reports.as_ref();
            reports.is_some_and(|r| r.borrow().stage == Presence::Seated)
        };
        let there = self.players.iter().filter(|(_, p)| seated(p));
        there.map(|(seat, _)| *seat).collect()
    }

    /// Who takes turns: all who may speak and stay.
    pub(super) fn speakers(&self) -> Vec<u16> {
        let may = |p: &Player| !p.place.observer && !p.gone_for_good;
        let speakers = self.players.iter().filter(|(_, p)| may(p));
        speakers.map(|(seat, _)| *seat).collect()
    }

    /// Whether everybody who has arrived so far was admitted once.
    pub(super) fn all_admitted(&self) -> bool {
        let arrived = self.players.values().filter_map(|p| p.reports.as_ref());
        arrived.into_iter().all(|reports| reports.borrow().admitted)
    }

    /// Whether all who are at the table verify each other.
    pub(super) fn all_verified(&self) -> bool {
        let there: Vec<_> = self.players.values().filter(|p| !p.gone_for_good).collect();
        there.iter().all(|p| {
            let reports = p.reports.as_ref();
            reports.is_some_and(|r| r.borrow().group.verified.len() == there.len())
        })
    }

    /// Who left before the end, as planned.
    pub(super) fn left(&self) -> Vec<u16> {
        let left = self.players.iter().filter(|(_, p)| p.gone_for_good);
        left.map(|(seat, _)| *seat).collect()
    }

    /// Whether the call is over for everybody.
    pub(super) fn all_gone(&self) -> bool {
        let over = |p: &Player| {
            let reports = p.reports.as_ref();
            reports.is_some_and(|r| r.borrow().stage == Presence::Gone)
        };
        let mut started = self
            .players
            .values()
            .filter(|p| p.reports.is_some())
            .peekable();
        started.peek().is_some() && started.all(over)
    }

    /// What lines lost, by seat.
    pub(super) fn carried(&self) -> BTreeMap<u16, [Carried; 2]> {
        let of = |(seat, player): (&u16, &Player)| (*seat, player.network.carried());
        self.players.iter().map(of).collect()
    }

    pub(super) fn network(&self, seat: u16) -> Network {
        let player = self.players.get(&seat);
        player.map_or_else(Network::direct, |player| player.network.clone())
    }

    pub(super) fn incident(&self, seat: u16) -> Incident {
        let player = self.players.get(&seat);
        player.map_or(Incident::None, |player| player.place.network.incident)
    }

    pub(super) fn delegation(&self, seat: u16) -> &str {
        let player = self.players.get(&seat);
        player.map_or("", |player| player.place.delegation.as_str())
    }

    pub(super) fn host(&self) -> Option<u16> {
        self.host
    }

    pub(super) fn style(&self) -> Style {
        self.style
    }
}
