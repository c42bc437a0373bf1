//! What a screen shows of the sealing: a pure function of verified state.

mod build;

use std::ops::Deref;

use protocol::{
    CircleId, SeatId,
    types::{Delegation, Doors, Seat, SeatKind},
};
use serde::Serialize;

use super::{FrameCounts, Stage};

/// Everything a screen needs. Times are of the clock the session is given.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct View {
    /// What there is of the table.
    #[serde(flatten)]
    pub table: CircleView,
    /// What there is of the other circles this client has joined, by their numbers.
    pub circles: Vec<CircleView>,
    /// The doors, as a host's signed heartbeat says.
    pub doors: Option<Doors>,
    /// Frames of all circles: how many, and why others were refused.
    pub frames: FrameCounts,
    /// Who is planned for which seat, once the plan was opened.
    pub people: Option<People>,
    /// Hash of the own code.
    pub code: String,
}

/// What is asked of a view without a circle's name is asked of the table's.
impl Deref for View {
    type Target = CircleView;

    fn deref(&self) -> &CircleView {
        &self.table
    }
}

/// One circle, as this client sees it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CircleView {
    /// Which.
    pub circle: CircleId,
    /// Where this client is.
    pub stage: Stage,
    /// Number of the group; 0 outside.
    pub group: u32,
    /// Its epoch.
    pub epoch: u64,
    /// This seat.
    pub me: Me,
    /// This client may let others in and take them out.
    pub leads: bool,
    /// Whether voice, pictures and texts go out.
    pub sending: Sending,
    /// Members that were heard lately and have heard me lately, me included.
    pub verified: usize,
    /// By leaf.
    pub members: Vec<MemberView>,
    /// Who asks in.
    pub waiting: Vec<Claim>,
    /// The words, while they count.
    pub check: Option<CheckView>,
    /// The own texts that have not come back in the log yet, oldest first.
    pub unsent: Vec<UnsentText>,
    /// What is wrong, and with whom.
    pub problems: Vec<Problem>,
}

/// The own place.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Me {
    /// The seat.
    pub seat: SeatId,
    /// The leaf, in the group.
    pub leaf: Option<u16>,
}

/// Whether this client's frames leave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sending {
    /// They do.
    Allowed,
    /// Not yet: no host has confirmed this client.
    Unconfirmed,
    /// Not any more: no sign of a host, or nobody's, for 15 s; the words differ; or a removal is
    /// withheld.
    Stopped,
}

/// A member of the group.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct MemberView {
    /// Its seat.
    pub seat: SeatId,
    /// Its leaf.
    pub leaf: u16,
    /// From its grant.
    pub name: String,
    /// From its grant.
    pub title: String,
    /// From its grant.
    pub delegation: String,
    /// From its grant.
    pub short_name: String,
    /// From its grant.
    pub kind: SeatKind,
    /// From its grant.
    pub host: bool,
    /// It lets others in and takes them out: a host at the table, a head elsewhere.
    pub leads: bool,
    /// How it stands.
    pub state: MemberState,
    /// The seat whose client added it, if this client saw it.
    pub vouched_by: Option<SeatId>,
    /// Hash of the code it says it runs.
    pub code: Option<String>,
}

/// How a member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// Heard lately, and has heard me.
    Verified,
    /// Just added; not heard yet.
    Joining,
    /// Not heard for a moment.
    Silent,
    /// Not heard for 5 s.
    Absent,
    /// Frames in its name were another's, by its own signed word: those are dropped, its own play.
    Forged,
    /// What tells whose its frames are does not come, so they are held back. A matter of the network,
    /// and nobody's fault.
    Unproven,
    /// It said that its words differ.
    Different,
    /// Another machine than before; its frames wait for my word.
    Changed,
}

/// Somebody asks for a place.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// The seat, as the server says.
    pub seat: SeatId,
    /// From its grant; empty without a good one.
    pub name: String,
    /// From its grant.
    pub title: String,
    /// From its grant.
    pub delegation: String,
    /// Its invitation is good.
    pub verified: bool,
    /// It needs nobody's yes: it is put back, or added, by itself.
    pub by_itself: bool,
    /// It sits at the table and needs a host's yes all the same: this client remembers nobody, and it
    /// has no letter.
    pub asks_at_table: bool,
    /// What is wrong.
    pub problem: Option<ClaimProblem>,
}

/// What is wrong with a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimProblem {
    /// Nothing the convener has signed.
    NotAGrant,
    /// The invitation of another seat.
    WrongSeat,
    /// The invitation has expired.
    Expired,
    /// The seat was removed; this link is closed.
    Closed,
    /// Not readable.
    BadPackage,
    /// Its clock and this one are an hour or more apart.
    WrongClock,
    /// Another machine sits on this seat.
    OtherDevice,
}

/// The words.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CheckView {
    /// Six.
    pub words: Vec<String>,
    /// Twenty.
    pub digits: String,
    /// Of the words.
    pub language: String,
    /// Who reads them out.
    pub chair: SeatId,
    /// Until when they count.
    pub until_ms: u64,
    /// What this seat said.
    pub own: Option<bool>,
    /// What all said.
    pub verdicts: Vec<Verdict>,
}

/// A text of the own that is on its way.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct UnsentText {
    /// As in [`super::TextMessage`].
    pub id: String,
    /// When it was written.
    pub since_ms: u64,
    /// The text.
    pub text: String,
}

/// One seat's answer.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whose.
    pub seat: SeatId,
    /// Same or different.
    pub same: bool,
}

/// Something is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What.
    pub kind: ProblemKind,
    /// With whom.
    pub seat: Option<SeatId>,
    /// Since when.
    pub since_ms: u64,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// No sign of a host for 15 s, nor of enough others where there is none: nothing is sent.
    NoHost,
    /// This seat is a host's, and nobody else has answered it for 15 s: nothing is sent.
    Unanswered,
    /// A member is silent.
    Silent,
    /// Frames under a member's name that it did not send: its signed manifest says others.
    ForgedMedia,
    /// Frames of a member are held back: what proves them does not come.
    Unproven,
    /// A person came back on another machine.
    DeviceChanged,
    /// The group was begun anew.
    Recovered,
    /// This client has fallen out of the group and asks to be let back.
    Wedged,
    /// A seat this host has removed is in the group still: the removal does not come back in the log.
    /// Nothing is sent meanwhile.
    RemovalWithheld,
    /// Somebody's words differ.
    WordsDifferent,
    /// Somebody speaks, and nothing of it arrives here.
    Frozen,
    /// Somebody runs other code of the same kind.
    CodeDiffers,
    /// This seat was removed.
    Removed,
    /// The server gave a plan that is not the convener's.
    BadPlan,
}

/// The plan's people.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct People {
    /// The call's title.
    pub title: String,
    /// In order of precedence.
    pub delegations: Vec<Delegation>,
    /// In order of precedence.
    pub seats: Vec<Seat>,
}
