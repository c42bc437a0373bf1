//! The entries of the logs of a call's circles, between rows and what they mean. The SQL is in the engines' `log`.

use protocol::{
    CircleId, GroupRef, Sealed,
    sealed::{Class, Entry},
};

use super::StoreError;

/// Circle, number of the group, sequence number, epoch, class, and what is sealed.
pub(super) type EntryRow = (i64, i64, i64, i64, String, String);

pub(super) fn entry(row: EntryRow) -> Result<Entry, StoreError> {
    let (circle, number, seq, epoch, class, sealed) = row;
    let damaged = || StoreError::Damaged("log entry");
    Ok(Entry {
        group: GroupRef {
            circle: CircleId(u8::try_from(circle).map_err(|_| damaged())?),
            number: u32::try_from(number).map_err(|_| damaged())?,
        },
        seq: seq.cast_unsigned(),
        epoch: epoch.cast_unsigned(),
        class: match &*class {
            "commit" => Class::Commit,
            "kept" => Class::Kept,
            _ => return Err(damaged()),
        },
        sealed: Sealed::from_text(&sealed).ok_or_else(damaged)?,
    })
}

/// As it is stored.
pub(super) const fn class(class: Class) -> &'static str {
    match class {
        Class::Commit => "commit",
        Class::Kept => "kept",
    }
}
