//! The ordered log of the current group: the newest entries, bounded in count and in size, for those
//! who were away. What the entries say only members know; `relay` says which are taken.

use std::{collections::VecDeque, sync::Arc};

use protocol::{
    limits::{LOG_CHARS_MAX, LOG_ENTRIES_MAX},
    sealed::{Entry, LogState},
};

/// Entries without gaps, the last one at the place [`LogState`] says. Shared by clones of a call until
/// one of them changes it.
#[derive(Clone, Default)]
pub(crate) struct Log {
    entries: Arc<VecDeque<Entry>>,
    chars: usize,
}

impl Log {
    /// From stored entries. Of those that do not fit together only the newest are kept: whoever needs
    /// an older one is told that the log does not reach back so far.
    pub(crate) fn restore(entries: Vec<Entry>, state: &LogState) -> Self {
        let mut kept = VecDeque::new();
        let mut next = state.seq;
        for entry in entries.into_iter().rev() {
            if entry.group != state.group || entry.seq != next || next == 0 {
                break;
            }
            next -= 1;
            kept.push_front(entry);
        }
        Self {
            chars: kept.iter().map(|entry| entry.sealed.text_len()).sum(),
            entries: Arc::new(kept),
        }
    }

    /// Adds the newest entry; whether older ones had to go for it.
    pub(crate) fn push(&mut self, entry: Entry) -> bool {
        let entries = Arc::make_mut(&mut self.entries);
        self.chars += entry.sealed.text_len();
        entries.push_back(entry);
        let before = entries.len();
        // One entry always stays: its own limit is below the log's.
        while entries.len() > LOG_ENTRIES_MAX || (self.chars > LOG_CHARS_MAX && entries.len() > 1) {
            let oldest = entries.pop_front();
            self.chars -= oldest.map_or(0, |entry| entry.sealed.text_len());
        }
        entries.len() < before
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Place of the oldest entry that is kept.
    pub(crate) fn first(&self) -> Option<u64> {
        self.entries.front().map(|entry| entry.seq)
    }

    /// Whether all entries after this place, of the `last` there are, are kept.
    pub(crate) fn reaches(&self, after: u64, last: u64) -> bool {
        after == last || (after < last && self.first().is_some_and(|first| first <= after + 1))
    }

    /// All entries after this place, oldest first.
    pub(crate) fn after(&self, seq: u64) -> impl Iterator<Item = &Entry> {
        let from = self.entries.partition_point(|entry| entry.seq <= seq);
        self.entries.range(from..)
    }
}

#[cfg(test)]
mod tests {
    use protocol::{GroupRef, Sealed, sealed::Class};

    use super::*;

    fn entry(seq: u64, chars: usize) -> Entry {
        Entry {
            seq,
            group: GroupRef::table(1),
            epoch: seq,
            class: Class::Kept,
            sealed: Sealed::from_text(&"A".repeat(chars)).unwrap(),
        }
    }

    fn state(seq: u64) -> LogState {
        LogState {
            group: GroupRef::table(1),
            epoch: 9,
            seq,
        }
    }

    #[test]
    fn the_oldest_entries_make_room_by_count_and_by_size() {
        let mut log = Log::default();
        for seq in 1..=LOG_ENTRIES_MAX as u64 {
            assert!(!log.push(entry(seq, 4)));
        }
        let next = LOG_ENTRIES_MAX as u64 + 1;
        assert!(log.push(entry(next, 4)));
        assert_eq!(log.first(), Some(2));
        assert!(log.push(entry(next + 1, LOG_CHARS_MAX - 8)));
        assert_eq!(log.first(), Some(next - 1));
        assert!(log.reaches(next - 2, next + 1) && !log.reaches(next - 3, next + 1));
        assert_eq!(log.after(next).count(), 1);
    }

    #[test]
    fn nobody_can_ask_for_what_is_still_to_come() {
        let mut log = Log::default();
        log.push(entry(1, 4));
        assert!(log.reaches(1, 1) && log.reaches(0, 1) && !log.reaches(2, 1));
        assert!(!log.reaches(u64::MAX, 1));
        assert!(Log::default().reaches(0, 0) && !Log::default().reaches(0, 1));
    }

    #[test]
    fn of_stored_entries_with_a_gap_only_the_newest_are_kept() {
        let entries = [1, 2, 4, 5].map(|seq| entry(seq, 4)).to_vec();
        assert_eq!(Log::restore(entries.clone(), &state(5)).first(), Some(4));
        let behind = Log::restore(entries.clone(), &state(6));
        assert!(behind.first().is_none() && !behind.reaches(5, 6));
        let foreign = LogState {
            group: GroupRef::table(2),
            ..state(5)
        };
        assert!(Log::restore(entries, &foreign).first().is_none());
    }

    #[test]
    fn a_clone_keeps_what_it_had() {
        let mut log = Log::default();
        log.push(entry(1, 4));
        let before = log.clone();
        log.push(entry(2, 4));
        assert_eq!((before.after(0).count(), log.after(0).count()), (1, 2));
    }
}
