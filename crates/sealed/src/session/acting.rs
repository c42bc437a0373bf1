//! What the person does.

use protocol::{ClientMessage, SeatId, types::Doors};

use super::{Act, ActError, Output, Session, knocks::Needs, outbox::WAITING_MAX};
use crate::{
    message::{DoorsAct, Said, TEXT_BYTES_MAX, TextId},
    sabotage::{self, Fault},
};

impl Session {
    /// What the person does.
    pub fn act(&mut self, now: u64, act: Act) -> Result<(), ActError> {
        self.pass_to(now);
        let now = self.now;
        let host_only = matches!(
            act,
            Act::Admit { .. }
                | Act::AdmitAllVerified {}
                | Act::Remove { .. }
                | Act::SetDoors { .. }
                | Act::CheckWords { .. }
        );
        if host_only && !self.me.is_host() {
            return Err(ActError::NotAHost);
        }
        match act {
            Act::Admit { seat } => self.admit(now, seat)?,
            Act::AdmitAllVerified {} => {
                let claims = self.view().waiting;
                let good = claims
                    .into_iter()
                    .filter(|c| c.verified && c.problem.is_none());
                for claim in good {
                    // It was in the list a moment ago.
                    let _ = self.admit(now, claim.seat);
                }
            }
            Act::Remove { seat } if seat == self.me.seat() => return Err(ActError::OwnSeat),
            Act::Remove { seat } => self.remove(now, seat),
            Act::AcceptDevice { seat } => {
                self.changed.remove(&seat);
            }
            Act::Leave {} => {
                self.say(Said::Leaving)?;
                self.leaving = true;
            }
            Act::Text { text } => {
                let text = text.trim();
                if text.is_empty() || text.len() > TEXT_BYTES_MAX {
                    return Err(ActError::BadText);
                }
                self.write(text.to_owned())?;
            }
            Act::SetDoors { doors } => {
                self.set_doors(doors == Doors::Closed);
                self.send(ClientMessage::SetDoors { doors });
            }
            Act::CheckWords { language } => {
                self.member.as_ref().ok_or(ActError::NotAMember)?;
                self.wishes.check = Some(language);
            }
            Act::Verdict { same } => {
                let epoch = self.checks.current(now).ok_or(ActError::NoCheck)?.epoch;
                self.say(Said::Verdict { epoch, same })?;
                // At once: a service that keeps the word from the table must not keep it from this client.
                if !sabotage::on(Fault::VerdictWaitsForTheLog) {
                    self.checks.answer(now, self.me.seat(), epoch, same);
                }
            }
        }
        self.commit_if_due(now);
        self.say_next(now);
        self.look(now);
        self.outputs.push_back(Output::ViewChanged);
        Ok(())
    }

    fn admit(&mut self, now: u64, seat: SeatId) -> Result<(), ActError> {
        let member = self.member.as_ref().ok_or(ActError::NotAMember)?;
        if seat == self.me.seat() {
            // The own seat goes to another machine: it begins a new group, as no commit can put its
            // maker out.
            self.send(ClientMessage::Admit { seat });
            return Ok(());
        }
        let Some(knock) = self.knocks.get_mut(seat) else {
            // In the group already, by a commit whose maker did not live to tell the server.
            member.leaf_of(seat).ok_or(ActError::NoClaim)?;
            self.send(ClientMessage::Admit { seat });
            return Ok(());
        };
        if let Needs::Refusal(_) = knock.needs(now, member, &self.known) {
            return Err(ActError::NoClaim);
        }
        knock.admitted = true;
        self.wishes.removals.remove(&seat);
        Ok(())
    }

    fn remove(&mut self, now: u64, seat: SeatId) {
        self.send(ClientMessage::Remove { seat });
        let sitting = self
            .member
            .as_ref()
            .and_then(|m| m.leaf_of(seat))
            .map(|(_, leaf)| leaf);
        let asking = self.knocks.iter().find(|(asking, _)| *asking == seat);
        let asking = asking
            .and_then(|(_, knock)| knock.read.as_ref().ok())
            .map(|read| &read.leaf);
        let before = self.known.iter().find(|known| known.seat() == seat);
        if let Some(leaf) = sitting.or(asking).or(before) {
            if self.wishes.removals.is_empty() {
                self.wishes.removing_since = Some(now);
            }
            self.wishes.removals.insert(seat, leaf.grant.link);
        }
        self.knocks.forget(seat);
        self.known.retain(|known| known.seat() != seat);
    }

    pub(super) fn set_doors(&mut self, closed: bool) {
        self.doors = DoorsAct {
            number: self.doors.number.saturating_add(1),
            closed: Some(closed),
        };
        self.next_beat = self.now;
    }

    /// Somebody on the way back into the group may write already.
    fn write(&mut self, text: String) -> Result<(), ActError> {
        if self.member.is_none() && self.wedged_at.is_none() {
            return Err(ActError::NotAMember);
        }
        if self.outbox.texts().count() >= WAITING_MAX {
            return Err(ActError::TooManyTexts);
        }
        let id = TextId::generate().map_err(|_| ActError::NoRandomness)?;
        self.outbox.push(self.now, Said::Text { id, text });
        Ok(())
    }

    /// A message that is kept: sent when the one before has come back.
    fn say(&mut self, said: Said) -> Result<(), ActError> {
        self.member.as_ref().ok_or(ActError::NotAMember)?;
        self.outbox.push(self.now, said);
        Ok(())
    }
}
