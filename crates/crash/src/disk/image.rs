//! One file as the disk has it: what was synced, and what was done since.

/// Which of the unsynced writes a power cut leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// None of them.
    Nothing,
    /// All: the process was killed and the machine went on.
    Everything,
    /// Some, whole sectors each, by this seed.
    Some(u64),
}

/// What a disk writes whole.
const SECTOR: usize = 512;

#[derive(Default)]
pub(super) struct Image {
    /// `None`: the file is not there.
    synced: Option<Vec<u8>>,
    since: Vec<Change>,
}

enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
    Delete,
}

impl Image {
    /// A file that is opened: what is there of it counts as synced if it is seen for the first time.
    pub(super) fn open(&mut self, bytes: impl FnOnce() -> Option<Vec<u8>>) {
        if self.synced.is_none() && self.since.is_empty() {
            self.synced = bytes();
        }
    }

    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) {
        self.since.push(Change::Write(at, bytes.to_vec()));
    }

    pub(super) fn cut(&mut self, length: usize) {
        self.since.push(Change::Cut(length));
    }

    pub(super) fn sync(&mut self) {
        self.synced = self.after_cut(Keep::Everything);
        self.since.clear();
    }

    pub(super) fn delete(&mut self) {
        self.since.push(Change::Delete);
    }

    pub(super) fn after_cut(&self, keep: Keep) -> Option<Vec<u8>> {
        let mut file = self.synced.clone();
        let mut dice = match keep {
            Keep::Nothing => return file,
            Keep::Everything => Dice(None),
            Keep::Some(seed) => Dice(Some(seed | 1)),
        };
        for change in &self.since {
            match change {
                Change::Write(at, bytes) => {
                    for (place, part) in (*at..).step_by(SECTOR).zip(bytes.chunks(SECTOR)) {
                        if dice.keeps() {
                            put(file.get_or_insert_default(), place, part);
                        }
                    }
                }
                Change::Cut(length) if dice.keeps() => {
                    file.get_or_insert_default().resize(*length, 0);
                }
                Change::Delete if dice.keeps() => file = None,
                Change::Cut(_) | Change::Delete => {}
            }
        }
        file
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if file.len() < at + bytes.len() {
        file.resize(at + bytes.len(), 0);
    }
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

/// xorshift64: the same choice for the same seed. `None` keeps all.
struct Dice(Option<u64>);

impl Dice {
    fn keeps(&mut self) -> bool {
        let Some(state) = &mut self.0 else {
            return true;
        };
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state & 0x10000 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_synced_may_be_gone_and_what_was_is_there() {
        let mut image = Image::default();
        image.write(0, b"synced");
        image.sync();
        image.write(0, b"later!");
        image.write(6, b"more");
        assert_eq!(image.after_cut(Keep::Nothing).unwrap(), b"synced");
        assert_eq!(image.after_cut(Keep::Everything).unwrap(), b"later!more");
        image.delete();
        assert_eq!(image.after_cut(Keep::Everything), None);
        assert_eq!(image.after_cut(Keep::Nothing).unwrap(), b"synced");
    }
}
