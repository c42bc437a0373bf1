//! What people do, and which of it can be done now.

use crate::{
    dice::Dice,
    seen::{Call, Seen},
};

/// Calls there are at one time.
const CALLS_MAX: usize = 4;
/// Entries after which a host begins a new group.
const LOG_MAX: usize = 40;
/// Characters of what is sealed: some pages of the database at most.
const SEALED_MAX: u64 = 24_000;

/// One act; a call is named by its id.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    AddConvener(String),
    RemoveConvener(String),
    Convene(String),
    End(String),
    Delete(String),
    Relink(String),
    /// The host sits down for the first time.
    Sit(String),
    Admit(String),
    Doors(String, bool),
    Found(String),
    Commit(String, String),
    Kept(String, String),
    /// The host ends the call.
    Adjourn(String),
}

impl Act {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::AddConvener(_) => "convener add",
            Self::RemoveConvener(_) => "convener remove",
            Self::Convene(_) => "convene",
            Self::End(_) => "end",
            Self::Delete(_) => "delete",
            Self::Relink(_) => "relink",
            Self::Sit(_) => "sit",
            Self::Admit(_) => "admit",
            Self::Doors(..) => "doors",
            Self::Found(_) => "found",
            Self::Commit(..) => "commit",
            Self::Kept(..) => "kept",
            Self::Adjourn(_) => "adjourn",
        }
    }

    /// One that makes sense after what was seen.
    pub(crate) fn choose(seen: &Seen, dice: &mut Dice) -> Self {
        if dice.below(40) == 0 {
            return match seen.conveners.iter().find(|name| name.as_str() != "test") {
                Some(name) => Self::RemoveConvener(name.clone()),
                None => Self::AddConvener(format!("convener {}", dice.below(1_000))),
            };
        }
        let place = usize::try_from(dice.below(CALLS_MAX as u64)).unwrap_or_default();
        match seen.calls.iter().nth(place) {
            Some((id, call)) => Self::in_call(id.clone(), call, dice),
            None => Self::Convene(protocol::CallId::from_bytes(dice.bytes()).to_string()),
        }
    }

    fn in_call(id: String, call: &Call, dice: &mut Dice) -> Self {
        if call.is_over {
            return Self::Delete(id);
        }
        if !call.host {
            return Self::Sit(id);
        }
        if call.group == 0 || call.log.len() >= LOG_MAX {
            return Self::Found(id);
        }
        match dice.below(24) {
            0 => Self::End(id),
            1 => Self::Adjourn(id),
            2 => Self::Delete(id),
            3 | 4 => Self::Relink(id),
            5 => Self::Found(id),
            6..=8 => Self::Doors(id, !call.is_closed),
            9..=11 if !call.guest && !call.is_closed => Self::Admit(id),
            12..=17 => Self::Kept(id, sealed(dice)),
            _ => Self::Commit(id, sealed(dice)),
        }
    }
}

/// What members would have sealed: nobody opens it here.
fn sealed(dice: &mut Dice) -> String {
    let length = usize::try_from(4 * dice.below(SEALED_MAX / 4 - 8)).unwrap_or_default();
    let name = data_encoding::BASE64URL_NOPAD.encode(&dice.bytes::<24>());
    name + &"A".repeat(length)
}
