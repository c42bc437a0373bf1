//! What the server says, and the members through it: messages in, each to where it belongs; kept
//! messages out. Nothing the server says is believed beyond what it can do anyway: withhold.

use protocol::{
    ClientMessage, ErrorCode, Sealed, ServerMessage,
    sealed::LogState,
    shape::SeatShape,
    types::{Doors, Presence, SeatStatus},
};

use super::{
    Output, People, Session,
    membership::{Membership, Unread},
    pulses,
};
use crate::{
    convene::open_plan_with,
    message::Said,
    sabotage::{self, Fault},
};

/// Messages of later epochs that are kept until their commit comes.
const AHEAD_MAX: usize = 128;
/// A refused commit is made anew after this long.
const AGAIN_MS: u64 = 1_000;
/// The server's budget for what is kept fills up again in about this time.
const TOO_FAST_MS: u64 = 2_000;

impl Session {
    /// The `enter` of this client: with a knock, unless it is a member still.
    pub fn enter(&mut self, now: u64) -> ClientMessage {
        self.pass_to(now);
        let knock = match &self.member {
            Some(_) => None,
            None => self.own_knock(),
        };
        if knock.is_some() {
            self.knocked_at = Some(self.now);
            self.asking_since.get_or_insert(self.now);
        }
        self.leaving = false;
        ClientMessage::Enter { knock }
    }

    /// The connection to the server broke.
    pub fn handle_disconnected(&mut self, now: u64) {
        self.pass_to(now);
        (self.connected, self.seated, self.caught_up) = (false, false, false);
        self.waiting_since = None;
        self.founding = None;
        // If it arrived all the same, the log says so before anything is said again.
        self.outbox.again();
    }

    /// A message of the server; those that do not concern the sealing are ignored.
    pub fn handle_message(&mut self, now: u64, message: &ServerMessage) {
        self.pass_to(now);
        let now = self.now;
        match message {
            ServerMessage::Welcome { .. } => {
                (self.connected, self.seated, self.caught_up) = (true, false, false);
                self.waiting_since = None;
                self.connection = self.connection.wrapping_add(1);
                self.wishes.displaced = 0;
                self.knocks.clear();
            }
            ServerMessage::Waiting { .. } => {
                self.seated = false;
                self.waiting_since.get_or_insert(now);
            }
            ServerMessage::Seated {
                seats,
                plan,
                log,
                statuses,
                doors,
                ..
            } => {
                self.learn_seats(seats, statuses, *doors);
                self.learn_plan(plan);
                self.sit(now, *log);
            }
            ServerMessage::Changed { statuses } => self.learn_statuses(statuses),
            ServerMessage::DoorsChanged { doors } => self.server_doors = *doors,
            ServerMessage::Antechamber { waiting } => {
                let waits = |seat| waiting.iter().any(|w| w.seat == seat);
                let gone = self
                    .knocks
                    .iter()
                    .filter(|(seat, knock)| knock.waiting && !waits(*seat));
                for seat in gone.map(|(seat, _)| seat).collect::<Vec<_>>() {
                    self.knocks.forget_waiting(seat);
                }
            }
            ServerMessage::Knocked {
                seat,
                waiting,
                knock,
            } => {
                self.knocks.heard(now, &self.me, *seat, *waiting, knock);
                self.outputs.push_back(Output::ViewChanged);
            }
            ServerMessage::Founded { group, by } => self.founded(now, *group, *by),
            ServerMessage::GroupWelcome {
                group,
                seq,
                welcome,
            } => self.join(now, *group, *seq, welcome),
            ServerMessage::Ordered(entry) => self.ordered(now, entry),
            ServerMessage::Taken { seq, group, epoch } => self.taken(now, (*group, *epoch), *seq),
            ServerMessage::CaughtUp { log } => self.caught_up_with(now, *log),
            ServerMessage::Passing { group, sealed } => self.passing(now, *group, sealed),
            ServerMessage::Error(error) if error.code == ErrorCode::WrongEpoch => {
                self.wrong_epoch(now, error.in_reply_to.as_deref());
            }
            ServerMessage::Error(error) if error.code == ErrorCode::TooFast => {
                self.too_fast(now, error.in_reply_to.as_deref());
            }
            _ => return,
        }
        if self.connected {
            self.commit_if_due(now);
            self.say_next(now);
            self.beat_if_due(now);
        }
        self.look(now);
    }

    fn learn_seats(&mut self, seats: &[SeatShape], statuses: &[SeatStatus], doors: Doors) {
        let absent = |seat: &SeatShape| (seat.id, (seat.host, Presence::Absent));
        self.presences = seats.iter().map(absent).collect();
        self.learn_statuses(statuses);
        self.server_doors = doors;
    }

    fn learn_statuses(&mut self, statuses: &[SeatStatus]) {
        for status in statuses {
            if let Some((_, presence)) = self.presences.get_mut(&status.seat) {
                *presence = status.presence;
            }
        }
    }

    fn learn_plan(&mut self, plan: &Sealed) {
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

    pub(super) fn ordered_kept(&mut self, now: u64, sealed: &Sealed) {
        if let Some(said) = self.outbox.came_back(sealed) {
            let leaf = self.member.as_ref().map(Membership::own_leaf);
            return self.heard(now, leaf.unwrap_or_default(), said);
        }
        let Some(member) = self.member.as_mut() else {
            return;
        };
        match member.hear(&self.me, sealed) {
            Ok(heard) => self.heard(now, heard.leaf, heard.said),
            // Said twice, as it seemed lost: once is enough.
            Err(Unread::Own) => {}
            Err(_) => self.counters.unread += 1,
        }
    }

    pub(super) fn passing(&mut self, now: u64, group: u32, sealed: &Sealed) {
        let Some(member) = self.member.as_mut().filter(|m| m.number() == group) else {
            return;
        };
        match member.hear(&self.me, sealed) {
            Ok(heard) => {
                let Said::Heartbeat(beat) = heard.said else {
                    self.counters.unread += 1;
                    return;
                };
                let own = member.own_leaf();
                let from_host = member
                    .roster
                    .get(&heard.leaf)
                    .is_some_and(|leaf| leaf.is_host());
                if self.pulses.heard(now, heard.leaf, heard.epoch, own, &beat) {
                    // Somebody new: the sooner it is echoed, the sooner it may send.
                    self.next_beat = now;
                }
                for asked in beat.asked.iter().take(pulses::ASKED_MAX) {
                    self.frames.told.be_asked(now, asked);
                }
                self.settle_proofs();
                if from_host && beat.doors > self.doors {
                    self.doors = beat.doors;
                    self.outputs.push_back(Output::ViewChanged);
                }
            }
            Err(Unread::Ahead) => {
                self.ahead_since.get_or_insert(now);
                if self.ahead.len() < AHEAD_MAX {
                    self.ahead.push_back(sealed.clone());
                }
            }
            Err(Unread::Own) => {}
            Err(Unread::Bad) => self.counters.unread += 1,
        }
    }

    /// A kept message, by a member; the own ones too, once they came back.
    pub(super) fn heard(&mut self, now: u64, leaf: u16, said: Said) {
        let Some(member) = self.member.as_mut() else {
            return;
        };
        let Some(from) = member.roster.get(&leaf) else {
            return;
        };
        let (seat, host) = (from.seat(), from.is_host());
        match said {
            Said::Text { id, text } => {
                if self.read.is_new(seat, id) {
                    self.outputs.push_back(Output::Text(super::TextMessage {
                        id: id.to_string(),
                        from: seat,
                        at_ms: now,
                        text,
                    }));
                }
            }
            Said::Leaving => {
                member.leaving.insert(leaf);
                self.wishes.leaving.insert(leaf, now);
            }
            Said::Check { epoch, language } if host => {
                self.checks.begin(now, seat, epoch, &language);
            }
            Said::Verdict { epoch, same } => {
                self.checks.answer(now, seat, epoch, same);
            }
            Said::Letters(letters) if host => self.take_letter(letters),
            Said::Check { .. } | Said::Letters(_) | Said::Heartbeat(_) => {
                self.counters.unread += 1;
            }
        }
        self.outputs.push_back(Output::ViewChanged);
    }

    fn caught_up_with(&mut self, now: u64, log: LogState) {
        self.log = log;
        let Some(member) = self.member.as_ref().filter(|m| m.number() == log.group) else {
            return;
        };
        if member.seq < log.seq {
            return self.ask_log(now);
        }
        if !self.caught_up {
            self.listening_since = now;
        }
        self.caught_up = true;
        self.asked_log_at = None;
        // What was on its way and is not in the log never arrived.
        if self
            .wishes
            .pending
            .as_ref()
            .is_some_and(|p| p.connection != self.connection)
        {
            self.drop_pending();
        }
        self.next_beat = now;
    }

    /// The server takes no more for the moment: what was refused is said again later.
    fn too_fast(&mut self, now: u64, answering: Option<&str>) {
        match answering {
            Some("commit") => self.drop_pending(),
            // Said again when its time is over, as if it were lost.
            Some("kept") => return,
            Some("knock") => self.knocked_at = Some(now),
            _ => return,
        }
        self.wishes.not_before = now + TOO_FAST_MS;
    }

    fn wrong_epoch(&mut self, now: u64, answering: Option<&str>) {
        match answering {
            // Of one that another came before, and that is forgotten already.
            Some("commit") if self.wishes.displaced > 0 => {
                self.wishes.displaced -= 1;
                return;
            }
            Some("commit") => {
                self.drop_pending();
                // What came first is on its way; if it is withheld, asking faster brings nothing.
                self.wishes.not_before = now + AGAIN_MS;
            }
            Some("kept") => self.outbox.again(),
            Some("found") => self.founding = None,
            // The log no longer reaches back so far: a new place is needed.
            Some("catch_up") => return self.wedge(now),
            _ => return,
        }
        self.ask_log(now);
    }

    /// Says the next message that is kept.
    pub(super) fn say_next(&mut self, now: u64) {
        if !(self.seated && self.caught_up) {
            return;
        }
        let texts = self.may_seal(now) || sabotage::on(Fault::TextsNotHeld);
        let (Some(member), Some(said)) = (self.member.as_mut(), self.outbox.due(now, texts)) else {
            return;
        };
        let (group, epoch) = (member.number(), member.epoch());
        match member.say(&self.me, said) {
            Ok(sealed) => {
                self.outbox.said(now, sealed.clone());
                self.send(ClientMessage::Kept {
                    group,
                    epoch,
                    sealed,
                });
            }
            Err(_) => self.counters.commits_failed += 1,
        }
    }
}
