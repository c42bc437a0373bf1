//! What this client told about its own frames: not told yet, told, told again for those who ask.
//!
//! A heartbeat that was on a connection when it broke never arrives, and its frames would stay without
//! proof. So what was told is kept for as long as somebody may lack it, and whoever does asks.

use std::collections::VecDeque;

use crate::{
    media::Digest,
    message::{AskedFrames, SentFrames},
};

/// Digests told in one heartbeat; what is left goes into the next.
const DIGESTS_MAX: usize = 600;
/// Digests kept while no heartbeat can be sent. A minute of voice and three layers of video.
const UNSENT_MAX: usize = 8_000;
/// Key id, first counter and length of a list take as much room as so many digests: lists may be short.
const HEADER_DIGESTS: usize = 3;
/// Told ones are kept for this long: frames that lack their proof are held against a sender for 15 s.
const KEPT_MS: u64 = 20_000;
/// Told ones that are kept, at most.
const KEPT_MAX: usize = 8_000;
/// What was told again is on its way to whoever else asks within this time.
const UNDER_WAY_MS: u64 = 1_000;

/// The manifests of this client.
#[derive(Default)]
pub(super) struct Told {
    unsent: Vec<SentFrames>,
    /// The oldest first.
    kept: VecDeque<Kept>,
}

struct Kept {
    at: u64,
    sent: SentFrames,
    again_at: Option<u64>,
    asked: bool,
}

impl Told {
    /// Another group: nobody asks for what was told in the old one.
    pub(super) fn forget(&mut self) {
        self.unsent.clear();
        self.kept.clear();
    }

    /// A frame was sealed.
    pub(super) fn note(&mut self, kid: u64, ctr: u64, digest: Digest) {
        let follows = |sent: &&mut SentFrames| {
            sent.kid == kid && sent.first + sent.digests.len() as u64 == ctr
        };
        match self.unsent.iter_mut().find(follows) {
            Some(sent) if sent.digests.len() < UNSENT_MAX => sent.digests.push(digest),
            _ => self.unsent.push(SentFrames {
                kid,
                first: ctr,
                digests: vec![digest],
            }),
        }
    }

    /// Somebody lacks these proofs. What this client did not tell is not for it to prove.
    pub(super) fn be_asked(&mut self, now: u64, asked: &AskedFrames) {
        let end = asked.first.saturating_add(u64::from(asked.count));
        for kept in &mut self.kept {
            let sent = &kept.sent;
            let of_these = sent.kid == asked.kid
                && sent.first < end
                && asked.first < sent.first + sent.digests.len() as u64;
            let under_way = kept.again_at.is_some_and(|at| now < at + UNDER_WAY_MS);
            kept.asked |= of_these && !under_way;
        }
    }

    /// Whether something is to be told again.
    pub(super) fn is_asked(&self) -> bool {
        self.kept.iter().any(|kept| kept.asked)
    }

    /// What the next heartbeat tells: frames sealed since the last one, and in what room is left those
    /// to tell again. Whoever asks takes no room from what is new.
    pub(super) fn take(&mut self, now: u64) -> (Vec<SentFrames>, Vec<SentFrames>) {
        let mut room = DIGESTS_MAX;
        let sent = self.take_new(&mut room);
        let mut again = Vec::new();
        for kept in self.kept.iter_mut().filter(|kept| kept.asked) {
            let size = kept.sent.digests.len() + HEADER_DIGESTS;
            if size > room {
                break;
            }
            room -= size;
            (kept.asked, kept.again_at) = (false, Some(now));
            again.push(kept.sent.clone());
        }
        self.keep(now, &sent);
        (sent, again)
    }

    fn take_new(&mut self, room: &mut usize) -> Vec<SentFrames> {
        let mut told = Vec::new();
        for sent in &mut self.unsent {
            let count = sent.digests.len().min(*room);
            *room -= count;
            if count == 0 {
                continue;
            }
            let rest = sent.digests.split_off(count);
            let digests = std::mem::replace(&mut sent.digests, rest);
            told.push(SentFrames {
                kid: sent.kid,
                first: sent.first,
                digests,
            });
            sent.first += count as u64;
        }
        self.unsent.retain(|sent| !sent.digests.is_empty());
        told
    }

    fn keep(&mut self, now: u64, sent: &[SentFrames]) {
        self.kept.extend(sent.iter().map(|sent| Kept {
            at: now,
            sent: sent.clone(),
            again_at: None,
            asked: false,
        }));
        let mut count: usize = self.kept.iter().map(|kept| kept.sent.digests.len()).sum();
        while let Some(oldest) = self.kept.front()
            && (now > oldest.at + KEPT_MS || count > KEPT_MAX)
        {
            count -= oldest.sent.digests.len();
            self.kept.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(voices: u64) -> Told {
        let mut told = Told::default();
        for ctr in 0..voices {
            told.note(7, ctr, [1; 8]);
        }
        told
    }

    fn asked(kid: u64, first: u64, count: u16) -> AskedFrames {
        AskedFrames { kid, first, count }
    }

    #[test]
    fn what_is_asked_for_is_told_again_once_for_all_who_ask() {
        let mut told = told(25);
        assert_eq!(told.take(1_000).0[0].digests.len(), 25);
        told.be_asked(3_000, &asked(7, 24, 300));
        told.be_asked(3_000, &asked(7, 0, 1));
        assert!(told.is_asked());
        let (sent, again) = told.take(3_000);
        assert_eq!((sent.len(), again.len()), (0, 1));
        told.be_asked(3_900, &asked(7, 0, 1));
        assert!(!told.is_asked(), "it is on its way");
        told.be_asked(4_000, &asked(7, 0, 1));
        assert_eq!(told.take(4_000).1, again);
    }

    #[test]
    fn what_was_never_told_or_long_ago_is_not_told_again() {
        let mut told = told(25);
        told.take(1_000);
        for other in [asked(7, 25, 9), asked(8, 0, 9), asked(7, u64::MAX, 9)] {
            told.be_asked(2_000, &other);
        }
        assert!(!told.is_asked());
        told.take(21_001);
        told.be_asked(21_001, &asked(7, 0, 9));
        assert!(!told.is_asked());
    }

    #[test]
    fn whoever_asks_takes_no_room_from_what_is_new() {
        let mut told = told(500);
        told.take(0);
        for ctr in 500..700 {
            told.note(7, ctr, [2; 8]);
        }
        told.be_asked(0, &asked(7, 0, 500));
        let (sent, again) = told.take(0);
        assert_eq!((sent[0].digests.len(), again.len()), (200, 0));
        assert!(told.is_asked());
        assert_eq!(told.take(0).1[0].digests.len(), 500);
    }
}
