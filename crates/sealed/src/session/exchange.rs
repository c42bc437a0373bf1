//! What the server says, and the members through it: messages in, each to where it belongs; kept
//! messages out. Nothing the server says is believed beyond what it can do anyway: withhold.

use protocol::{
    CircleId, ClientMessage, ErrorCode, GroupRef, Sealed, ServerMessage, sealed::LogState,
};

use super::{
    Output, Session,
    circle::Circle,
    client::Client,
    membership::{Membership, Unread},
    pulses,
};
use crate::{
    message::Said,
    sabotage::{self, Fault},
};

/// Messages of later epochs that are kept until their commit comes.
const AHEAD_MAX: usize = 128;
/// A refused commit is made anew after this long.
const AGAIN_MS: u64 = 1_000;
/// The server's budget for what is kept fills up again in about this time.
const TOO_FAST_MS: u64 = 2_000;

/// Which circles have something to do after a message.
pub(super) enum Concerned {
    Nobody,
    One(CircleId),
    All,
}

impl Session {
    /// Takes a message of the server.
    pub(super) fn take_message(&mut self, message: &ServerMessage) -> Concerned {
        let now = self.client.now;
        match message {
            ServerMessage::Welcome { .. } => {
                self.client.connected();
                for circle in self.all() {
                    circle.connected();
                }
            }
            ServerMessage::Waiting { .. } => {
                self.client.seated = false;
                self.client.waiting_since.get_or_insert(now);
            }
            ServerMessage::Seated {
                seats,
                plan,
                logs,
                statuses,
                doors,
                ..
            } => {
                self.client.learn_seats(seats, statuses);
                self.client.server_doors = *doors;
                self.client.learn_plan(plan);
                self.sit(now, logs);
            }
            ServerMessage::Changed { statuses } => self.client.learn_statuses(statuses),
            ServerMessage::DoorsChanged { doors } => self.client.server_doors = *doors,
            ServerMessage::Antechamber { waiting } => {
                let waits = |seat| waiting.iter().any(|w| w.seat == seat);
                self.table.knocks.retain_waiting(waits);
            }
            _ => return self.take_group_message(now, message),
        }
        Concerned::All
    }

    /// One that is about the group of one circle. Of a circle this client has not joined it takes nothing.
    fn take_group_message(&mut self, now: u64, message: &ServerMessage) -> Concerned {
        let id = match message {
            ServerMessage::Knocked { circle, .. } => *circle,
            ServerMessage::Founded { group, .. }
            | ServerMessage::GroupWelcome { group, .. }
            | ServerMessage::Taken { group, .. }
            | ServerMessage::Passing { group, .. } => group.circle,
            ServerMessage::Ordered(entry) => entry.group.circle,
            ServerMessage::CaughtUp { log } => log.group.circle,
            ServerMessage::Error(error) => error.circle.unwrap_or_default(),
            _ => return Concerned::Nobody,
        };
        match message {
            ServerMessage::Founded { group, .. } => self.client.note_group(*group),
            ServerMessage::Knocked { seat, knock, .. }
                if id != CircleId::TABLE && !self.circles.contains_key(&id) =>
            {
                self.client.note_knock(id, *seat, knock);
            }
            _ => {}
        }
        let taken = self
            .circle(id)
            .is_some_and(|(client, circle)| circle.take_message(client, now, message));
        match taken {
            true => Concerned::One(id),
            false => Concerned::Nobody,
        }
    }

    fn sit(&mut self, now: u64, logs: &[LogState]) {
        let client = &mut self.client;
        (client.seated, client.waiting_since) = (true, None);
        client.groups = logs.iter().map(|log| (log.group.circle, *log)).collect();
        for circle in std::iter::once(&mut self.table).chain(self.circles.values_mut()) {
            circle.sit(client, now);
        }
    }
}

impl Circle {
    /// A new connection: what was asked on the one before is asked anew.
    pub(super) fn connected(&mut self) {
        self.caught_up = false;
        self.wishes.displaced = 0;
        self.knocks.clear();
    }

    pub(super) fn disconnected(&mut self) {
        self.caught_up = false;
        self.founding = None;
        // If it arrived all the same, the log says so before anything is said again.
        self.outbox.again();
    }

    /// A message of the server about this circle's group; whether it was one.
    pub(super) fn take_message(
        &mut self,
        client: &mut Client,
        now: u64,
        message: &ServerMessage,
    ) -> bool {
        match message {
            ServerMessage::Knocked {
                seat,
                waiting,
                knock,
                ..
            } => {
                self.knocks.heard(now, &self.me, *seat, *waiting, knock);
                client.outputs.push_back(Output::ViewChanged);
            }
            ServerMessage::Founded { group, by } => self.founded(client, now, *group, *by),
            ServerMessage::GroupWelcome {
                group,
                seq,
                welcome,
            } => self.join(client, now, *group, *seq, welcome),
            ServerMessage::Ordered(entry) => self.ordered(client, now, entry),
            ServerMessage::Taken { seq, group, epoch } => {
                self.taken(client, now, (*group, *epoch), *seq);
            }
            ServerMessage::CaughtUp { log } => self.caught_up_with(client, now, *log),
            ServerMessage::Passing { group, sealed } => self.passing(client, now, *group, sealed),
            ServerMessage::Error(error) if error.code == ErrorCode::WrongEpoch => {
                self.wrong_epoch(client, now, error.in_reply_to.as_deref());
            }
            ServerMessage::Error(error) if error.code == ErrorCode::TooFast => {
                self.too_fast(now, error.in_reply_to.as_deref());
            }
            _ => return false,
        }
        true
    }

    pub(super) fn ordered_kept(&mut self, client: &mut Client, now: u64, sealed: &Sealed) {
        if let Some(said) = self.outbox.came_back(sealed) {
            let leaf = self.member.as_ref().map(Membership::own_leaf);
            return self.heard(client, now, leaf.unwrap_or_default(), said);
        }
        let Some(member) = self.member.as_mut() else {
            return;
        };
        match member.hear(&self.me, sealed) {
            Ok(heard) => self.heard(client, now, heard.leaf, heard.said),
            // Said twice, as it seemed lost: once is enough.
            Err(Unread::Own) => {}
            Err(_) => self.counters.unread += 1,
        }
    }

    pub(super) fn passing(
        &mut self,
        client: &mut Client,
        now: u64,
        group: GroupRef,
        sealed: &Sealed,
    ) {
        let Some(member) = self.member.as_mut().filter(|m| m.group() == group) else {
            return;
        };
        match member.hear(&self.me, sealed) {
            Ok(heard) => {
                let Said::Heartbeat(beat) = heard.said else {
                    self.counters.unread += 1;
                    return;
                };
                let own = member.own_leaf();
                let tells_doors = group.circle == CircleId::TABLE && member.leads(heard.leaf);
                if self.pulses.heard(now, heard.leaf, heard.epoch, own, &beat) {
                    // Somebody new: the sooner it is echoed, the sooner it may send.
                    self.next_beat = now;
                }
                for asked in beat.asked.iter().take(pulses::ASKED_MAX) {
                    self.frames.told.be_asked(now, asked);
                }
                self.settle_proofs(client);
                if tells_doors && beat.doors > client.doors {
                    client.doors = beat.doors;
                    client.outputs.push_back(Output::ViewChanged);
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
    pub(super) fn heard(&mut self, client: &mut Client, now: u64, leaf: u16, said: Said) {
        let Some(member) = self.member.as_mut() else {
            return;
        };
        let Some(from) = member.roster.get(&leaf) else {
            return;
        };
        let (seat, leads) = (from.seat(), member.leads(leaf));
        match said {
            Said::Text { id, text } => {
                if self.read.is_new(seat, id) {
                    client.outputs.push_back(Output::Text(super::TextMessage {
                        circle: self.me.circle,
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
            Said::Check { epoch, language } if leads => {
                self.checks.begin(now, seat, epoch, &language);
            }
            Said::Verdict { epoch, same } => {
                self.checks.answer(now, seat, epoch, same);
            }
            Said::Letters(letters) if leads && self.is_table() => self.take_letter(client, letters),
            Said::Check { .. } | Said::Letters(_) | Said::Heartbeat(_) => {
                self.counters.unread += 1;
            }
        }
        client.outputs.push_back(Output::ViewChanged);
    }

    fn caught_up_with(&mut self, client: &mut Client, now: u64, log: LogState) {
        self.log = log;
        let Some(member) = self.member.as_ref().filter(|m| m.group() == log.group) else {
            return;
        };
        if member.seq < log.seq {
            return self.ask_log(client, now);
        }
        if !self.caught_up && self.is_table() {
            client.listening_since = now;
        }
        self.caught_up = true;
        self.asked_log_at = None;
        // What was on its way and is not in the log never arrived.
        if self
            .wishes
            .pending
            .as_ref()
            .is_some_and(|p| p.connection != client.connection)
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

    fn wrong_epoch(&mut self, client: &mut Client, now: u64, answering: Option<&str>) {
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
            Some("catch_up") => return self.wedge(client, now),
            _ => return,
        }
        self.ask_log(client, now);
    }

    /// Says the next message that is kept.
    pub(super) fn say_next(&mut self, client: &mut Client, now: u64) {
        if !(client.seated && self.caught_up) {
            return;
        }
        let texts = self.may_seal(now) || sabotage::on(Fault::TextsNotHeld);
        let (Some(member), Some(said)) = (self.member.as_mut(), self.outbox.due(now, texts)) else {
            return;
        };
        let (group, epoch) = (member.group(), member.epoch());
        match member.say(&self.me, said) {
            Ok(sealed) => {
                self.outbox.said(now, sealed.clone());
                client.send(ClientMessage::Kept {
                    group,
                    epoch,
                    sealed,
                });
            }
            Err(_) => self.counters.commits_failed += 1,
        }
    }
}
