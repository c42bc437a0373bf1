//! The acts of a script, done.

use std::time::Duration;

use participant::{Act, Control, network::profile::Incident};
use protocol::types::Doors;

use super::{Director, Due, now_ms};
use crate::scenario::Kind;

/// A share or an absence is at least so long: shorter ones show nothing.
const LASTS_MIN: Duration = Duration::from_secs(3);

impl Kind {
    /// Whether it happens on a seat's line, which must be there from the start.
    pub(super) fn needs_line(self) -> bool {
        matches!(self, Self::Outage | Self::NewAddress)
    }

    /// Whether all will have words.
    pub(super) fn asks_words(self) -> bool {
        self == Self::CheckWords
    }
}

impl Director<'_> {
    /// Does what the script has at this place.
    pub(super) async fn do_act(&mut self, number: usize) {
        let act = self.script.acts[number].clone();
        let seat = self.hall.seat_of(&act);
        let lasts = act.lasts.map_or(Duration::ZERO, |at| at.0);
        match (act.act, seat) {
            (Kind::CloseDoors, _) => self.doors_wanted = Some(Doors::Closed),
            (Kind::OpenDoors, _) => self.doors_wanted = Some(Doors::Open),
            (Kind::CheckWords, _) => self.words_wanted = true,
            (Kind::Share, Some(seat)) => self.share(seat, lasts).await,
            (Kind::Drop, Some(seat)) => self.drop_out(seat, lasts).await,
            (Kind::Outage, Some(seat)) => self.outage(seat, lasts),
            (Kind::NewAddress, Some(seat)) => self.new_address(seat),
            (Kind::Leave, Some(seat)) => {
                self.happens(seat, "leaves");
                self.watch.forget(seat);
                self.players.leave_for_good(seat).await;
            }
            // Of a seat that is not played here.
            (_, None) => {}
        }
    }

    /// What a seat's network has in store for the middle of the call.
    pub(super) fn network_incident(&mut self, seat: u16) {
        match self.players.incident(seat) {
            Incident::None => {}
            Incident::Outage(time) => self.outage(seat, time),
            Incident::NewAddress => self.new_address(seat),
        }
    }

    /// The host moves the doors as soon as it can; `false` if it cannot now.
    pub(super) async fn set_doors(&mut self, doors: Doors) -> bool {
        if !self.players.act(Act::SetDoors { doors }).await {
            return false;
        }
        let what = if doors == Doors::Closed {
            "closes the doors"
        } else {
            "opens the doors"
        };
        if let Some(host) = self.players.host() {
            self.happens(host, what);
        }
        true
    }

    async fn share(&mut self, seat: u16, lasts: Duration) {
        self.players.control(seat, Control::Screen(true)).await;
        let time = self.tempo.wall(lasts).max(LASTS_MIN);
        self.put_from_now(time, Due::Unshare(seat));
        let there = self.players.seated();
        let recently = |seat| self.watch.recently(seat, now_ms());
        let others = there
            .into_iter()
            .filter(|&other| other != seat && !recently(other) && !recently(seat));
        self.shares.push((seat, others.collect()));
        self.happens(seat, "shares its screen");
    }

    /// Its machine dies; the same one is started again later.
    async fn drop_out(&mut self, seat: u16, lasts: Duration) {
        let incident = self.begin(seat, "drop");
        self.players.vanish(seat).await;
        self.watch.renew(seat);
        self.happens(seat, "drops out");
        let time = self.tempo.wall(lasts).max(LASTS_MIN);
        self.put_from_now(time, Due::Return(seat, incident));
    }

    /// In real time, however fast the script is played.
    fn outage(&mut self, seat: u16, time: Duration) {
        let incident = self.begin(seat, "outage");
        self.players.network(seat).cut(time);
        self.put_from_now(time, Due::IncidentOver(incident));
        self.happens(seat, &format!("has no network for {} s", time.as_secs()));
    }

    fn new_address(&mut self, seat: u16) {
        let incident = self.begin(seat, "new address");
        self.players.network(seat).change_address();
        self.watch.end(incident, now_ms());
        self.happens(seat, "has another address");
    }

    fn begin(&mut self, seat: u16, kind: &'static str) -> usize {
        // Where one has the floor, a voice may stop for other reasons: then only pictures count, and
        // those only if all see all.
        let style = self.players.style();
        let all_seen = self.has_video() && self.hall.places().len() <= style.visible;
        let all_heard = !style.floor;
        let host = self.players.host();
        self.watch.begin(now_ms(), seat, kind, |receiver, sender| {
            all_seen
                || all_heard
                || Some(sender) == host
                || Some(receiver) == host && sender != seat
        })
    }
}
