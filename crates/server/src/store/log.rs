//! The entries of a call's log, between rows and what they mean. The SQL is in the engines' `log`.

use protocol::{
    Sealed,
    sealed::{Class, Entry},
};

use super::StoreError;

/// Group, sequence number, epoch, class, and what is sealed.
pub(super) type EntryRow = (i64, i64, i64, String, String);

pub(super) fn entry((group, seq, epoch, class, sealed): EntryRow) -> Result<Entry, StoreError> {
    let damaged = || StoreError::Damaged("log entry");
    Ok(Entry {
        group: u32::try_from(group).map_err(|_| damaged())?,
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
