//! What the person does.

use protocol::{CircleId, ClientMessage, SeatId, types::Doors};

use super::{
    Act, ActError, Output, Session, circle::Circle, client::Client, knocks::Needs,
    outbox::WAITING_MAX,
};
use crate::{
    message::{Said, TEXT_BYTES_MAX, TextId},
    sabotage::{self, Fault},
};

impl Session {
    /// What the person does, at the table.
    pub fn act(&mut self, now: u64, act: Act) -> Result<(), ActError> {
        self.act_in(now, CircleId::TABLE, act)
    }

    /// What the person does in a circle: to leave, to see to the doors, and to close seats is for the table.
    pub fn act_in(&mut self, now: u64, circle: CircleId, act: Act) -> Result<(), ActError> {
        self.client.pass_to(now);
        if matches!(act, Act::Leave {}) {
            return self.leave();
        }
        let of_table = matches!(act, Act::Remove { .. } | Act::SetDoors { .. });
        if of_table && circle != CircleId::TABLE {
            return Err(ActError::AtTheTable);
        }
        let (client, circle) = self.circle(circle).ok_or(ActError::NoCircle)?;
        circle.act(client, act)
    }

    /// Out of every circle: who leaves the table leaves all.
    fn leave(&mut self) -> Result<(), ActError> {
        let now = self.client.now;
        self.table.act(&mut self.client, Act::Leave {})?;
        self.client.leaving = true;
        for circle in self.circles.values_mut() {
            // One that is no member has nothing to leave.
            let _ = circle.say(now, Said::Leaving);
        }
        self.settle();
        Ok(())
    }
}

impl Circle {
    fn act(&mut self, client: &mut Client, act: Act) -> Result<(), ActError> {
        let now = client.now;
        let leads_only = matches!(
            act,
            Act::Admit { .. }
                | Act::AdmitAllVerified {}
                | Act::Remove { .. }
                | Act::SetDoors { .. }
                | Act::CheckWords { .. }
        );
        if leads_only && !self.leads() {
            return Err(ActError::NotAHost);
        }
        match act {
            Act::Admit { seat } => self.admit(client, now, seat)?,
            Act::AdmitAllVerified {} => {
                let claims = self.claims(now);
                let good = claims
                    .into_iter()
                    .filter(|c| c.verified && c.problem.is_none());
                for claim in good {
                    // It was in the list a moment ago.
                    let _ = self.admit(client, now, claim.seat);
                }
            }
            Act::Remove { seat } if seat == self.me.seat() => return Err(ActError::OwnSeat),
            Act::Remove { seat } => self.remove(client, now, seat),
            Act::AcceptDevice { seat } => {
                self.changed.remove(&seat);
            }
            Act::Leave {} => self.say(now, Said::Leaving)?,
            Act::Text { text } => {
                let text = text.trim();
                if text.is_empty() || text.len() > TEXT_BYTES_MAX {
                    return Err(ActError::BadText);
                }
                self.write(now, text.to_owned())?;
            }
            Act::SetDoors { doors } => {
                client.set_doors(doors == Doors::Closed);
                self.next_beat = now;
                client.send(ClientMessage::SetDoors { doors });
            }
            Act::CheckWords { language } => {
                self.member.as_ref().ok_or(ActError::NotAMember)?;
                self.wishes.check = Some(language);
            }
            Act::Verdict { same } => {
                let epoch = self.checks.current(now).ok_or(ActError::NoCheck)?.epoch;
                self.say(now, Said::Verdict { epoch, same })?;
                // At once: a service that keeps the word from the table must not keep it from this client.
                if !sabotage::on(Fault::VerdictWaitsForTheLog) {
                    self.checks.answer(now, self.me.seat(), epoch, same);
                }
            }
        }
        self.settle(client);
        client.outputs.push_back(Output::ViewChanged);
        Ok(())
    }

    fn admit(&mut self, client: &mut Client, now: u64, seat: SeatId) -> Result<(), ActError> {
        let member = self.member.as_ref().ok_or(ActError::NotAMember)?;
        if !self.is_table() && seat == self.me.seat() {
            return Err(ActError::OwnSeat);
        }
        if seat == self.me.seat() {
            // The own seat goes to another machine: it begins a new group, as no commit can put its
            // maker out.
            client.send(ClientMessage::Admit { seat });
            return Ok(());
        }
        let Some(knock) = self.knocks.get_mut(seat) else {
            // In the group already, by a commit whose maker did not live to tell the server.
            member.leaf_of(seat).ok_or(ActError::NoClaim)?;
            if self.is_table() {
                client.send(ClientMessage::Admit { seat });
            }
            return Ok(());
        };
        if let Needs::Refusal(_) = knock.needs(now, member, &self.known) {
            return Err(ActError::NoClaim);
        }
        knock.admitted = true;
        self.wishes.removals.remove(&seat);
        Ok(())
    }

    fn remove(&mut self, client: &mut Client, now: u64, seat: SeatId) {
        client.send(ClientMessage::Remove { seat });
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

    /// Somebody on the way back into the group may write already.
    fn write(&mut self, now: u64, text: String) -> Result<(), ActError> {
        if self.member.is_none() && self.wedged_at.is_none() {
            return Err(ActError::NotAMember);
        }
        if self.outbox.texts().count() >= WAITING_MAX {
            return Err(ActError::TooManyTexts);
        }
        let id = TextId::generate().map_err(|_| ActError::NoRandomness)?;
        self.outbox.push(now, Said::Text { id, text });
        Ok(())
    }

    /// A message that is kept: sent when the one before has come back.
    fn say(&mut self, now: u64, said: Said) -> Result<(), ActError> {
        self.member.as_ref().ok_or(ActError::NotAMember)?;
        self.outbox.push(now, said);
        Ok(())
    }
}
