//! The two tagged enums of the signalling connection, and how text becomes one.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    checks::{Checks, SeatChecks},
    error::{ErrorCode, ErrorMessage},
    id::{CircleId, SeatId},
    limits,
    sealed::{Entry, GroupRef, LogState, Sealed},
    secret::{AccessToken, Holder},
    shape::{CallShape, SeatShape},
    types::{AudioSlot, Doors, SeatStatus, Tile, VideoSlot, Waiting},
};

/// From a client to the server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// First message: which protocol, which seat, which machine.
    Hello {
        /// [`crate::VERSION`].
        protocol: u16,
        /// Derived from the link's secret.
        token: AccessToken,
        /// This machine's holder secret for this seat.
        holder: Holder,
        /// It reads packed messages.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        packed: bool,
    },
    /// Asks to be admitted (from the green room), or to take the seat again after a break.
    Enter {
        /// A sealed key package to be added to the group with. Absent: this client is a member still.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        knock: Option<Sealed>,
    },
    /// Asks the members for a place in the circle's group, again or with a fresh key package: the table's in the
    /// antechamber and at the table, another circle's at the table. Replaces the last one there.
    Knock {
        /// Which circle's.
        circle: CircleId,
        /// The sealed key package.
        knock: Sealed,
    },
    /// At the table: begins a new group of a circle, with the own seat as the only member. The table's is for hosts, a
    /// delegation's for its principals.
    Found {
        /// Its number is above that of the circle's current group.
        group: GroupRef,
        /// Number of the group it follows, as the server said last; 0 before the first.
        after: u32,
    },
    /// Moves the group from one epoch to the next. Taken if `group` and `epoch` are the current ones.
    Commit {
        /// The group.
        group: GroupRef,
        /// Epoch it was made in.
        #[ts(type = "number")]
        epoch: u64,
        /// The MLS commit.
        commit: Sealed,
    },
    /// The MLS welcome of all whom the own last commit adds, behind it: who is a member already does not wait for so
    /// much more on a narrow line. That of a commit which was not taken is for nobody.
    GroupWelcome {
        /// The group.
        group: GroupRef,
        /// Epoch the commit was made in.
        #[ts(type = "number")]
        epoch: u64,
        /// The MLS welcome.
        welcome: Sealed,
        /// Seats that get it.
        adds: Vec<SeatId>,
    },
    /// A sealed message for all members, those who are away included.
    Kept {
        /// The group.
        group: GroupRef,
        /// Epoch it was made in.
        #[ts(type = "number")]
        epoch: u64,
        /// An MLS application message.
        sealed: Sealed,
    },
    /// A sealed message for all who are at the table now; never stored.
    Passing {
        /// The group.
        group: GroupRef,
        /// An MLS application message.
        sealed: Sealed,
    },
    /// Asks for the log after this entry, and for all that follows. Nothing of the log is sent before.
    CatchUp {
        /// The group.
        group: GroupRef,
        /// Place of the last entry this client has; 0 for none.
        #[ts(type = "number")]
        after: u64,
    },
    /// Asks whether the connection still lives; answered by `clock` at once, at any time after `welcome`.
    Ping {},
    /// Gives the seat up by choice; coming back needs a new admission.
    Leave {},
    /// Opens or closes the own microphone, or turns it to another circle.
    Microphone {
        /// Open it.
        open: bool,
        /// Whom it speaks to: the table, or the own delegation only.
        #[serde(default, skip_serializing_if = "CircleId::is_table")]
        #[ts(optional, as = "Option<CircleId>")]
        circle: CircleId,
    },
    /// Says whether the own camera sends.
    Camera {
        /// It sends.
        on: bool,
    },
    /// Says whether the own screen is shared.
    Screen {
        /// It is.
        on: bool,
    },
    /// Host: lets a waiting seat in, or moves an occupied seat to the newcomer.
    Admit {
        /// Which.
        seat: SeatId,
    },
    /// Host: closes the microphone of a seat that does not notice its noise. It is told, and may open it again.
    Mute {
        /// Which.
        seat: SeatId,
    },
    /// Host: sends a waiting seat away; its link stays good.
    Refuse {
        /// Which.
        seat: SeatId,
    },
    /// Host: takes a seat from the table and closes its link.
    Remove {
        /// Which.
        seat: SeatId,
    },
    /// Host: opens or closes the doors.
    SetDoors {
        /// The new state.
        doors: Doors,
    },
    /// Host: gives the floor, or takes it back with `null`.
    GiveFloor {
        /// To whom.
        seat: Option<SeatId>,
    },
    /// Host: ends the call for everybody.
    Adjourn {},
    /// WebRTC offer. A higher `generation` than before is a new PeerConnection; the same one
    /// renegotiates (more transceivers, ICE restart).
    Offer {
        /// From 1, counts the PeerConnections of this WebSocket connection.
        generation: u32,
        /// RFC 8866 text.
        sdp: String,
    },
    /// All pictures the client shows now, most important first. Replaces the last `view`.
    View {
        /// At most [`limits::TILES_MAX`].
        tiles: Vec<Tile>,
    },
    /// What this client checked of itself; replaces the last `checks`. Hosts at the table are told.
    Checks {
        /// All of it.
        checks: Checks,
    },
    /// Before the table: opens a mirror for [`limits::MIRROR_MS`], two connections to measure the way
    /// with. What comes on the first goes back on the second.
    Mirror {
        /// Offer of the connection that sends, RFC 8866 text.
        up: String,
        /// Offer of the one that receives.
        down: String,
    },
}

/// From the server to a client.
#[derive(Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Answers `hello`: the link is good. The client shows its green room, or sends `enter` at once
    /// if `returning`.
    Welcome {
        /// [`crate::VERSION`].
        protocol: u16,
        /// The call.
        call: CallShape,
        /// The own seat.
        seat: SeatShape,
        /// The own grant, sealed under the link's secret.
        grant: Sealed,
        /// This machine was admitted to this seat before and may return without being asked for.
        returning: bool,
        /// Server's clock, milliseconds since 1970 UTC.
        #[ts(type = "number")]
        now_ms: u64,
    },
    /// Answers `enter`: in the antechamber; a host was told if one is there. Sent again when any of it changes.
    Waiting {
        /// Whether the host can admit now.
        doors: Doors,
        /// Another machine has this seat; the host decides.
        occupied: bool,
        /// A host is at the table: somebody can admit.
        host: bool,
        /// The seat is a host's, its machine is gone, and no other host is there to decide: in so many
        /// milliseconds it is this machine's, unless the other is back before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        free_in_ms: Option<u64>,
    },
    /// At the table: everything a client needs to draw it. Comes before any `changed`.
    Seated {
        /// In order of precedence of delegations, then of the plan.
        seats: Vec<SeatShape>,
        /// The plan with all names, sealed under the call's knock key and signed by its root key.
        plan: Sealed,
        /// Where the table's log stands, and those of the other circles this seat may be in and that have a group.
        logs: Vec<LogState>,
        /// One per seat.
        statuses: Vec<SeatStatus>,
        /// The doors.
        doors: Doors,
        /// Who has the floor.
        floor: Option<SeatId>,
        /// When the first seat sat down, milliseconds since 1970 UTC.
        #[ts(type = "number")]
        opened_at_ms: u64,
    },
    /// Have at least this many `recvonly` transceivers, then send an `offer`.
    Negotiate {
        /// Audio transceivers for other seats' voices.
        audio: u16,
        /// Video transceivers for other seats' pictures.
        video: u16,
    },
    /// Answers `offer`.
    Answer {
        /// Of the offer.
        generation: u32,
        /// RFC 8866 text.
        sdp: String,
    },
    /// What arrives on which transceiver from now on; replaces the last `slots`.
    Slots {
        /// Transceivers not listed are silent.
        audio: Vec<AudioSlot>,
        /// Transceivers not listed are dark.
        video: Vec<VideoSlot>,
    },
    /// Which voice to send from now on: somebody who hears this seat has a bad line, or nobody has. A new
    /// PeerConnection begins with the one for bad lines, if its client has it.
    Voice {
        /// The one for bad lines: packets of 120 ms at 8 to 10 kbit/s.
        narrow: bool,
    },
    /// Some seats changed.
    Changed {
        /// Their new statuses.
        statuses: Vec<SeatStatus>,
    },
    /// The doors changed.
    DoorsChanged {
        /// Their new state.
        doors: Doors,
    },
    /// The floor changed.
    FloorChanged {
        /// Who has it now.
        floor: Option<SeatId>,
    },
    /// Hosts: who waits, longest first; replaces the last `antechamber`.
    Antechamber {
        /// Empty when nobody waits.
        waiting: Vec<Waiting>,
    },
    /// Hosts: what the clients of these seats checked of themselves. Of seats not named nothing
    /// changed; before the first, nothing is known of any.
    Checked {
        /// Whose, and what.
        seats: Vec<SeatChecks>,
    },
    /// Answers `mirror`.
    Mirrored {
        /// To the connection that sends, RFC 8866 text.
        up: String,
        /// To the one that receives.
        down: String,
    },
    /// Somebody asks for a place in the group of a circle. Hosts are told of those in the antechamber, everybody
    /// at the table who may be in that circle of those at the table. Told again to whoever sits down before it is
    /// answered.
    Knocked {
        /// Which circle's.
        circle: CircleId,
        /// The seat whose link was used.
        seat: SeatId,
        /// It is in the antechamber: only a host may add it.
        waiting: bool,
        /// The sealed key package.
        knock: Sealed,
    },
    /// Somebody who may began a new group of a circle; its log is empty.
    Founded {
        /// The group.
        group: GroupRef,
        /// Whose seat did.
        by: SeatId,
    },
    /// An entry of the log, in order and without gaps after `catch_up`; to its own sender too, but for commits.
    Ordered(Entry),
    /// The own commit is this entry of the log, which is not sent back: a commit is the largest message there is.
    /// To a connection that reads on, in place of `ordered`.
    Taken {
        /// Place in the log.
        #[ts(type = "number")]
        seq: u64,
        /// The group.
        group: GroupRef,
        /// Epoch it was made in.
        #[ts(type = "number")]
        epoch: u64,
    },
    /// All that was asked for with `catch_up` was sent; entries follow as they come.
    CaughtUp {
        /// Where the log stands.
        log: LogState,
    },
    /// A sealed message that is not stored.
    Passing {
        /// The group.
        group: GroupRef,
        /// An MLS application message.
        sealed: Sealed,
    },
    /// The answer to the own knock: a place in the group.
    GroupWelcome {
        /// The group.
        group: GroupRef,
        /// Place in the log of the commit that added this client; ask for what follows.
        #[ts(type = "number")]
        seq: u64,
        /// The MLS welcome.
        welcome: Sealed,
    },
    /// To the sitting seat: another machine uses this seat's link; the host was asked.
    SeatClaimed {},
    /// The own microphone was closed to make room for a host or the floor holder.
    MicrophoneClosed {
        /// Who needed it.
        by: SeatId,
    },
    /// A host closed the own microphone; it can be opened again.
    Muted {
        /// Which host.
        by: SeatId,
    },
    /// Every [`limits::CLOCK_INTERVAL_MS`], and in answer to `ping`: the connection lives, and the server's time.
    Clock {
        /// Milliseconds since 1970 UTC.
        #[ts(type = "number")]
        now_ms: u64,
    },
    /// The server stops: keep the table on screen and reconnect after this long.
    GoingAway {
        /// Milliseconds to wait before the first attempt.
        retry_after_ms: u32,
    },
    /// A host took this seat from the table; the connection ends.
    Removed {},
    /// The call was ended; the connection ends.
    Adjourned {},
    /// Something did not work.
    Error(ErrorMessage),
}

impl ClientMessage {
    /// Parses one WebSocket text message. Bounds the size before parsing, then every field.
    pub fn parse(text: &str) -> Result<Self, ErrorMessage> {
        if text.len() > limits::MESSAGE_BYTES_MAX {
            return Err(too_large(limits::MESSAGE_BYTES_MAX));
        }
        let message: Self = serde_json::from_str(text).map_err(|e| {
            let place = format!("line {} column {}", e.line(), e.column());
            let why = format!(
                "The message is not one this server knows ({place}); see docs/protocol.md."
            );
            ErrorMessage::new(ErrorCode::BadMessage, why)
        })?;
        message
            .check(text.len())
            .map_err(|e| e.answering_to(&message))?;
        Ok(message)
    }

    /// The `type` tag.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Hello { .. } => "hello",
            Self::Enter { .. } => "enter",
            Self::Knock { .. } => "knock",
            Self::Found { .. } => "found",
            Self::Commit { .. } => "commit",
            Self::GroupWelcome { .. } => "group_welcome",
            Self::Kept { .. } => "kept",
            Self::Passing { .. } => "passing",
            Self::CatchUp { .. } => "catch_up",
            Self::Ping {} => "ping",
            Self::Leave {} => "leave",
            Self::Microphone { .. } => "microphone",
            Self::Camera { .. } => "camera",
            Self::Screen { .. } => "screen",
            Self::Mute { .. } => "mute",
            Self::Admit { .. } => "admit",
            Self::Refuse { .. } => "refuse",
            Self::Remove { .. } => "remove",
            Self::SetDoors { .. } => "set_doors",
            Self::GiveFloor { .. } => "give_floor",
            Self::Adjourn {} => "adjourn",
            Self::Offer { .. } => "offer",
            Self::View { .. } => "view",
            Self::Checks { .. } => "checks",
            Self::Mirror { .. } => "mirror",
        }
    }

    /// The circle it is about, if it is about one; `enter` knocks at the table's door.
    pub const fn circle(&self) -> Option<CircleId> {
        match self {
            Self::Knock { circle, .. } => Some(*circle),
            Self::Found { group, .. }
            | Self::Commit { group, .. }
            | Self::GroupWelcome { group, .. }
            | Self::Kept { group, .. }
            | Self::Passing { group, .. }
            | Self::CatchUp { group, .. } => Some(group.circle),
            _ => None,
        }
    }

    fn check(&self, bytes: usize) -> Result<(), ErrorMessage> {
        let bad = |text: &str| Err(ErrorMessage::new(ErrorCode::BadMessage, text));
        match self {
            Self::Offer { sdp, .. } if sdp.len() > limits::SDP_BYTES_MAX => {
                Err(too_large(limits::SDP_BYTES_MAX))
            }
            Self::Offer { generation: 0, .. } => bad("Generations count from 1."),
            Self::Offer { .. } => Ok(()),
            Self::Found { group, after } if group.number <= *after => {
                bad("A new group's number is above that of the one before.")
            }
            Self::Commit { commit, .. } => bounded(commit, limits::COMMIT_CHARS_MAX),
            Self::GroupWelcome { welcome, adds, .. } => {
                bounded(welcome, limits::COMMIT_CHARS_MAX)?;
                if adds.is_empty() || adds.len() > limits::SEATS_MAX {
                    return bad(
                        "A welcome is for one seat at least, and for no more than a call has.",
                    );
                }
                Ok(())
            }
            Self::Kept { sealed, .. } => bounded(sealed, limits::KEPT_CHARS_MAX),
            Self::Mirror { up, down }
                if up.len().max(down.len()) > limits::MIRROR_SDP_BYTES_MAX =>
            {
                Err(too_large(limits::MIRROR_SDP_BYTES_MAX))
            }
            Self::Mirror { .. } => Ok(()),
            _ if bytes > limits::SMALL_MESSAGE_BYTES_MAX => {
                Err(too_large(limits::SMALL_MESSAGE_BYTES_MAX))
            }
            Self::Passing { sealed, .. } => bounded(sealed, limits::PASSING_CHARS_MAX),
            Self::Knock { knock, .. } | Self::Enter { knock: Some(knock) } => {
                bounded(knock, limits::KNOCK_CHARS_MAX)
            }
            Self::View { tiles } if tiles.len() > limits::TILES_MAX => {
                bad("More tiles than the server can fill.")
            }
            Self::View { tiles } if tiles.iter().any(|t| t.height == 0 || t.height > 4320) => {
                bad("A tile is 1 to 4320 pixels high.")
            }
            Self::Checks { checks } if !checks.is_possible() => bad("More was lost than was sent."),
            _ => Ok(()),
        }
    }
}

impl ServerMessage {
    /// The `type` tag.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Welcome { .. } => "welcome",
            Self::Waiting { .. } => "waiting",
            Self::Seated { .. } => "seated",
            Self::Negotiate { .. } => "negotiate",
            Self::Answer { .. } => "answer",
            Self::Slots { .. } => "slots",
            Self::Voice { .. } => "voice",
            Self::Changed { .. } => "changed",
            Self::DoorsChanged { .. } => "doors_changed",
            Self::FloorChanged { .. } => "floor_changed",
            Self::Antechamber { .. } => "antechamber",
            Self::Checked { .. } => "checked",
            Self::Mirrored { .. } => "mirrored",
            Self::Knocked { .. } => "knocked",
            Self::Founded { .. } => "founded",
            Self::Ordered(_) => "ordered",
            Self::Taken { .. } => "taken",
            Self::CaughtUp { .. } => "caught_up",
            Self::Passing { .. } => "passing",
            Self::GroupWelcome { .. } => "group_welcome",
            Self::SeatClaimed {} => "seat_claimed",
            Self::MicrophoneClosed { .. } => "microphone_closed",
            Self::Muted { .. } => "muted",
            Self::Clock { .. } => "clock",
            Self::GoingAway { .. } => "going_away",
            Self::Removed {} => "removed",
            Self::Adjourned {} => "adjourned",
            Self::Error(_) => "error",
        }
    }
}

/// Only the type: names, keys and addresses (in SDP) are not for logs.
impl fmt::Debug for ClientMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

/// Only the type: names and addresses (in SDP) are not for logs.
impl fmt::Debug for ServerMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

fn bounded(sealed: &Sealed, max: usize) -> Result<(), ErrorMessage> {
    if sealed.text_len() > max {
        return Err(too_large(max));
    }
    Ok(())
}

pub(crate) fn too_large(max: usize) -> ErrorMessage {
    ErrorMessage::fatal(
        ErrorCode::TooLarge,
        format!("The message is longer than {max} bytes."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kind_is_the_tag_on_the_wire() {
        let message = ClientMessage::SetDoors {
            doors: Doors::Closed,
        };
        let json = serde_json::to_value(&message).unwrap();
        assert_eq!(json["type"], message.kind());
    }

    #[test]
    fn unknown_types_fields_and_broken_json_are_named_bad_without_echo() {
        for text in [
            "",
            "{",
            "[]",
            r#"{"type":"fly"}"#,
            r#"{"type":"enter","x":1}"#,
            r#"{"type":"admit","seat":-1}"#,
        ] {
            let e = ClientMessage::parse(text).unwrap_err();
            assert_eq!(e.code, ErrorCode::BadMessage, "{text}");
            assert!(!e.text.contains("fly"));
        }
    }

    #[test]
    fn only_offers_and_commits_may_be_large() {
        let sdp = "x".repeat(limits::SMALL_MESSAGE_BYTES_MAX * 2);
        let offer = serde_json::to_string(&ClientMessage::Offer { generation: 1, sdp }).unwrap();
        assert!(ClientMessage::parse(&offer).is_ok());
        let padded = format!(
            r#"{{"type":"enter"{}}}"#,
            " ".repeat(limits::SMALL_MESSAGE_BYTES_MAX)
        );
        assert_eq!(
            ClientMessage::parse(&padded).unwrap_err().code,
            ErrorCode::TooLarge
        );
    }

    #[test]
    fn a_mirror_takes_no_more_than_two_short_offers() {
        let parse = |bytes: usize| {
            let (up, down) = ("v=0".to_owned(), "x".repeat(bytes));
            let text = serde_json::to_string(&ClientMessage::Mirror { up, down }).unwrap();
            ClientMessage::parse(&text).map_err(|e| e.code)
        };
        assert!(parse(limits::MIRROR_SDP_BYTES_MAX).is_ok());
        let too_long = parse(limits::MIRROR_SDP_BYTES_MAX + 1);
        assert!(too_long == Err(ErrorCode::TooLarge));
    }

    #[test]
    fn checks_that_cannot_be_are_bad() {
        for checks in [
            r#"{"loss_permille":1001}"#,
            r#"{"up_kbps":-1}"#,
            r#"{"up_kbps":4294967296}"#,
            r#"{"clock_ms":3000000000}"#,
            r#"{"camera":"stolen"}"#,
            r#"{"way":"pigeon"}"#,
            r#"{"code":"c0de"}"#,
            r#"{"name":"Ben"}"#,
        ] {
            let text = format!(r#"{{"type":"checks","checks":{checks}}}"#);
            let error = ClientMessage::parse(&text).map_err(|e| e.code);
            assert!(error == Err(ErrorCode::BadMessage), "{checks}");
        }
    }

    proptest! {
        #[test]
        fn parsing_any_text_never_panics(text in ".{0,300}") {
            let _ = ClientMessage::parse(&text);
        }
    }
}
