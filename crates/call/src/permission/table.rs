//! The one table of permissions. `tests/all/snapshots` has it written out.

use protocol::{
    ErrorCode, Sealed,
    http::Phase,
    types::{Doors, Format, Presence},
};

use super::{Action, Belonging, Denial, MicrophoneRoom, Role, Situation, Standing, Target};

/// Whether `action` is allowed in this situation.
pub fn permit(action: Action, s: &Situation) -> Result<(), Denial> {
    use Action as A;
    use ErrorCode as E;
    if s.phase == Phase::Adjourned {
        return Err(call_ended());
    }
    if s.standing == Standing::Removed {
        let text =
            "A host removed this seat and its link is closed. Ask the convener for a new link.";
        return Err(Denial::fatal(E::LinkClosed, text));
    }
    match action {
        A::Connect | A::Leave => Ok(()),
        A::TakeSeat => take_seat(s),
        A::Wait => wait(s),
        A::StopPublishing | A::Negotiate => at_the_table(s),
        A::OpenMicrophone => may_publish(s)
            .and_then(|()| in_the_circle(s))
            .and_then(|()| open_microphone(s)),
        A::StartCamera => may_publish(s).and_then(|()| has_pictures(s)),
        A::ShareScreen => may_publish(s)
            .and_then(|()| has_pictures(s))
            .and_then(|()| share_screen(s)),
        A::SetDoors | A::TakeFloorBack | A::Adjourn => presides(s),
        A::Mute => presides(s).and_then(|()| mute(s)),
        A::Admit => presides(s).and_then(|()| admit(s)),
        A::Refuse => presides(s).and_then(|()| decide_on_waiting(s).map(|_| ())),
        A::Remove => presides(s).and_then(|()| remove(s)),
        A::GiveFloor => presides(s).and_then(|()| give_floor(s)),
        A::Knock => knock(s),
        A::Found => found(s).and_then(|()| current(s, "Another group was begun meanwhile.")),
        A::Commit | A::Keep => in_the_circle(s).and_then(|()| {
            let text = "Another commit came first: follow the log, then make this one again.";
            current(s, text)
        }),
        A::Pass => in_the_circle(s),
        A::CatchUp => in_the_circle(s).and_then(|()| catch_up(s)),
        A::Check => unhurried(s),
        A::Mirror => mirror(s),
        A::SeeChecks => presides(s),
    }
}

/// Whether a link may be used at all, and the grant it opens. `known`: its seat is one of the call's;
/// `current`: the seat was given no newer one. Asked when the connection reaches the call, not when its token was looked up:
/// the convener may have replaced the link in between.
pub fn permit_link(known: bool, current: bool, grant: Option<Sealed>) -> Result<Sealed, Denial> {
    match (known, current) {
        (true, true) => grant.ok_or_else(call_ended),
        (true, false) => Err(Denial::fatal(
            ErrorCode::LinkClosed,
            "This link was replaced by a newer one; ask the host for it.",
        )),
        (false, _) => Err(Denial::fatal(
            ErrorCode::UnknownLink,
            "This link belongs to no seat of this call.",
        )),
    }
}

/// Whether the convener may give a seat this new link. `rises`: its number is above the current one.
pub fn permit_relink(phase: Phase, known: bool, rises: bool) -> Result<(), Denial> {
    use ErrorCode as E;
    if phase == Phase::Adjourned {
        return Err(Denial::new(
            E::CallEnded,
            "The call has ended: its seats get no new links.",
        ));
    }
    if !known {
        return Err(no_such_seat());
    }
    if !rises {
        let text = "The number of a seat's new link must be higher than that of its current one.";
        return Err(Denial::new(E::WrongState, text));
    }
    Ok(())
}

fn call_ended() -> Denial {
    Denial::fatal(
        ErrorCode::CallEnded,
        "The call has ended. Ask its convener for a new one.",
    )
}

fn take_seat(s: &Situation) -> Result<(), Denial> {
    match (s.standing, s.role) {
        (Standing::Waiting | Standing::Seated, _) => already_in(s),
        (Standing::Returning, _) | (Standing::Newcomer, Role::Host) => Ok(()),
        (Standing::Newcomer, _) => Err(Denial::new(
            ErrorCode::NotPermitted,
            "Wait in the antechamber: a host admits.",
        )),
        _ => Err(Denial::new(
            ErrorCode::SeatOccupied,
            "Another machine holds this seat.",
        )),
    }
}

fn wait(s: &Situation) -> Result<(), Denial> {
    match s.standing {
        Standing::Waiting | Standing::Seated => already_in(s),
        Standing::Second => Err(Denial::fatal(
            ErrorCode::SeatOccupied,
            "Another machine is already waiting with this link. Use that one, or close it and try again.",
        )),
        _ => Ok(()),
    }
}

fn already_in(s: &Situation) -> Result<(), Denial> {
    let text = match s.standing {
        Standing::Seated => "You are at the table already.",
        _ => "You are in the antechamber already: wait for a host to admit you.",
    };
    Err(Denial::new(ErrorCode::OutOfOrder, text))
}

fn at_the_table(s: &Situation) -> Result<(), Denial> {
    match s.standing {
        Standing::Seated => Ok(()),
        Standing::Waiting => Err(Denial::new(
            ErrorCode::OutOfOrder,
            "You are still in the antechamber: wait for `seated` before you send this.",
        )),
        _ => Err(Denial::new(
            ErrorCode::OutOfOrder,
            "You are not at the table: send `enter` and wait for `seated` before you send this.",
        )),
    }
}

fn may_publish(s: &Situation) -> Result<(), Denial> {
    if s.role == Role::Observer {
        let text = "An observer's seat watches and listens; it sends no voice and no picture.";
        return Err(Denial::new(ErrorCode::NotPermitted, text));
    }
    at_the_table(s)
}

fn has_pictures(s: &Situation) -> Result<(), Denial> {
    match s.format {
        Format::Video => Ok(()),
        Format::Voice => Err(Denial::new(
            ErrorCode::NotPermitted,
            "This is a voice call: it carries no pictures.",
        )),
    }
}

/// Those whom a full call makes room for.
const fn is_privileged(s: &Situation) -> bool {
    matches!(s.role, Role::Host) || s.floor
}

fn open_microphone(s: &Situation) -> Result<(), Denial> {
    match s.microphones {
        MicrophoneRoom::Free => Ok(()),
        MicrophoneRoom::Full if is_privileged(s) => Ok(()),
        _ => Err(Denial::new(
            ErrorCode::MicrophonesFull,
            "All microphones are taken: the first of `seats` has to mute first.",
        )),
    }
}

fn share_screen(s: &Situation) -> Result<(), Denial> {
    if s.screen_taken && !is_privileged(s) {
        let text =
            "Another seat shares its screen; it has to stop first, or a host gives you the floor.";
        return Err(Denial::new(ErrorCode::WrongState, text));
    }
    Ok(())
}

fn presides(s: &Situation) -> Result<(), Denial> {
    match s.role {
        Role::Host => at_the_table(s),
        _ => Err(Denial::new(
            ErrorCode::NotPermitted,
            "Only a host may do this: ask one.",
        )),
    }
}

fn target(s: &Situation) -> Result<Target, Denial> {
    s.target.ok_or_else(no_such_seat)
}

fn no_such_seat() -> Denial {
    Denial::new(
        ErrorCode::BadMessage,
        "The call has no seat of this number.",
    )
}

/// Admitting and refusing: who waits on the own seat is another host's to judge, if there is one.
fn decide_on_waiting(s: &Situation) -> Result<Target, Denial> {
    let target = target(s)?;
    if !target.waiting {
        let text = "Nobody waits for this seat any more; the last `antechamber` says who does.";
        return Err(Denial::new(ErrorCode::WrongState, text));
    }
    if target.own && s.other_host {
        let text =
            "Somebody uses the link of your own seat: another host at the table decides on it.";
        return Err(Denial::new(ErrorCode::NotPermitted, text));
    }
    Ok(target)
}

fn admit(s: &Situation) -> Result<(), Denial> {
    decide_on_waiting(s)?;
    match s.doors {
        Doors::Open => Ok(()),
        Doors::Closed => Err(Denial::new(
            ErrorCode::DoorsClosed,
            "The doors are closed: open them to admit this seat.",
        )),
    }
}

fn remove(s: &Situation) -> Result<(), Denial> {
    let target = target(s)?;
    if target.own {
        let text = "A host does not remove its own seat: leave instead, or ask another host.";
        return Err(Denial::new(ErrorCode::NotPermitted, text));
    }
    if target.presence == Presence::Removed {
        let text = "This seat was removed before; only the convener can give it a new link.";
        return Err(Denial::new(ErrorCode::WrongState, text));
    }
    Ok(())
}

fn give_floor(s: &Situation) -> Result<(), Denial> {
    let target = target(s)?;
    if target.observer {
        let text = "An observer's seat does not speak and cannot have the floor.";
        return Err(Denial::new(ErrorCode::NotPermitted, text));
    }
    if target.presence != Presence::Seated {
        let text = "This seat is not at the table now: give the floor to one that is.";
        return Err(Denial::new(ErrorCode::WrongState, text));
    }
    Ok(())
}

/// Only ever the closing way: nobody opens another's microphone.
fn mute(s: &Situation) -> Result<(), Denial> {
    let target = target(s)?;
    if target.own {
        let text = "This closes others' microphones: close your own with `microphone`.";
        return Err(Denial::new(ErrorCode::NotPermitted, text));
    }
    if target.observer {
        let text = "An observer's seat sends no voice: there is nothing to mute.";
        return Err(Denial::new(ErrorCode::NotPermitted, text));
    }
    if target.presence != Presence::Seated {
        let text = "This seat is not at the table now: there is nothing to mute.";
        return Err(Denial::new(ErrorCode::WrongState, text));
    }
    Ok(())
}

/// What members of a circle say to each other is for those who may be in it.
fn in_the_circle(s: &Situation) -> Result<(), Denial> {
    if s.belonging == Belonging::Foreign {
        let text = "Your seat does not belong to this circle: each delegation has one of its own, and the table is circle 0.";
        return Err(Denial::new(ErrorCode::NotPermitted, text));
    }
    at_the_table(s)
}

/// Hosts begin the table's group, principals their delegation's.
fn found(s: &Situation) -> Result<(), Denial> {
    match s.belonging {
        Belonging::Table => presides(s),
        Belonging::Delegation { principal: false } => Err(Denial::new(
            ErrorCode::NotPermitted,
            "Only a principal of the delegation may begin its circle: ask one.",
        )),
        Belonging::Delegation { principal: true } | Belonging::Foreign => in_the_circle(s),
    }
}

fn knock(s: &Situation) -> Result<(), Denial> {
    if s.belonging != Belonging::Table {
        return in_the_circle(s).and_then(|()| unhurried(s));
    }
    match s.standing {
        Standing::Seated | Standing::Waiting => unhurried(s),
        _ => Err(Denial::new(
            ErrorCode::OutOfOrder,
            "You are in no room yet: `enter` takes a knock with it.",
        )),
    }
}

fn catch_up(s: &Situation) -> Result<(), Denial> {
    current(
        s,
        "The log does not reach back to that entry of that group: knock with a fresh key package.",
    )?;
    unhurried(s)
}

/// At the table the way is in use, and the client sees how it does.
fn mirror(s: &Situation) -> Result<(), Denial> {
    if s.standing == Standing::Seated {
        let text = "You are at the table: a mirror is for those who are not there yet.";
        return Err(Denial::new(ErrorCode::OutOfOrder, text));
    }
    match s.hasty {
        false => Ok(()),
        true => Err(Denial::new(
            ErrorCode::TooFast,
            "Your seat had a mirror a moment ago: wait a dozen seconds before you ask again.",
        )),
    }
}

/// Compare-and-set: only who knows where the log stands moves it.
fn current(s: &Situation, text: &'static str) -> Result<(), Denial> {
    match s.stale {
        false => Ok(()),
        true => Err(Denial::new(ErrorCode::WrongEpoch, text)),
    }
}

fn unhurried(s: &Situation) -> Result<(), Denial> {
    match s.hasty {
        false => Ok(()),
        true => Err(Denial::new(
            ErrorCode::TooFast,
            "You asked for this less than a second ago: wait a moment before you ask again.",
        )),
    }
}
