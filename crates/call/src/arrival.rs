//! `hello`: a connection arrives in the green room, and what it means for the seat's others.

use protocol::{ErrorCode, ErrorMessage, Sealed, SeatId, SecretHash, ServerMessage};

use crate::{
    announce::ToldSession,
    call::{Call, Session},
    checks,
    output::{Output, SessionId},
    permission::{Action, permit_link},
    seat::{GREEN_ROOM_MAX, Place},
};

impl Call {
    /// A connection said `hello`, and its access token is that of this link of `seat`. The link's
    /// `grant` is absent if it was forgotten with all else that was sealed.
    pub fn handle_connect(
        &mut self,
        now: u64,
        session: SessionId,
        seat: SeatId,
        link: u32,
        grant: Option<Sealed>,
        holder: SecretHash,
    ) {
        self.handle_disconnect(now, session); // numbers are not reused; if one is, the old one is gone
        let known = self.has_seat(seat);
        let current = known && self.seat(seat).record.link == link;
        let permitted = permit_link(known, current, grant).and_then(|grant| {
            self.permit_outside(Action::Connect, seat, &holder, now)?;
            Ok(grant)
        });
        let grant = match permitted {
            Ok(grant) => grant,
            Err(denial) => {
                let message = ServerMessage::Error(ErrorMessage::from(denial).answering("hello"));
                self.outputs.push_back(Output::Send { session, message });
                self.outputs.push_back(Output::Close { session });
                return;
            }
        };
        let waited_since = self.replace_sessions_of(seat, &holder, now);
        self.limit_green_room(seat);
        let told = ToldSession::default();
        let message = ServerMessage::Welcome {
            protocol: protocol::VERSION,
            call: self.shape.info.clone(),
            seat: *self.planned(seat),
            grant,
            returning: self.is_admitted(seat, &holder),
            now_ms: self.time_of_day(now),
        };
        self.sessions.insert(
            session,
            Session {
                seat,
                holder,
                waited_since,
                told,
                own: checks::Own::default(),
            },
        );
        self.send(session, message);
        self.finish(now);
    }

    /// A machine that says `hello` again has reloaded: its old connection ends. Says since when that
    /// one waited.
    fn replace_sessions_of(&mut self, seat: SeatId, holder: &SecretHash, now: u64) -> Option<u64> {
        let same = |s: &Session| s.seat == seat && s.holder == *holder;
        let old = self
            .sessions
            .iter()
            .find(|(_, s)| same(s))
            .map(|(&id, _)| id)?;
        let since = self
            .antechamber
            .leave(old)
            .or(self.sessions[&old].waited_since);
        if self.seat(seat).sitting() == Some(old) {
            self.rise(seat, Place::Lost { since: now });
        }
        let text = "This seat was opened again in another window of this machine: go on there.";
        let moved = ErrorMessage::fatal(ErrorCode::SeatMoved, text);
        self.dismiss(old, ServerMessage::Error(moved));
        since
    }

    fn limit_green_room(&mut self, seat: SeatId) {
        let sitting = self.seat(seat).sitting();
        let waiting = self.antechamber.who_waits_for(seat);
        let in_green_room = |(id, session): (&SessionId, &Session)| {
            let elsewhere = Some(*id) == sitting || Some(*id) == waiting;
            (session.seat == seat && !elsewhere).then_some(*id)
        };
        let found: Vec<_> = self.sessions.iter().filter_map(in_green_room).collect();
        if found.len() >= GREEN_ROOM_MAX {
            let text = "Too many machines opened this link and did not enter: try again.";
            let full = ErrorMessage::fatal(ErrorCode::ServerFull, text);
            self.dismiss(found[0], ServerMessage::Error(full));
        }
    }
}
