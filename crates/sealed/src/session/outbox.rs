//! The own messages that are kept, on their way: one at a time, each said again until it has come back
//! in the log. And the texts read of others, so that one that was said twice is shown once.

use std::collections::{BTreeMap, VecDeque};

use protocol::{Sealed, SeatId};

use crate::{
    message::{Said, TextId},
    sabotage::{self, Fault},
};

/// A message that did not come back is said again.
const SAY_AGAIN_MS: u64 = 5_000;
/// Texts of the own that may wait at a time.
pub(super) const WAITING_MAX: usize = 20;
/// Texts remembered of a seat. One is under way at a time, so even two would do.
const READ_MAX: usize = 32;
/// Of one message, how often it was sealed; older ones are lost by then.
const SEALED_MAX: usize = 16;

/// What this client has to say.
#[derive(Default)]
pub(super) struct Outbox {
    unsaid: VecDeque<Waiting>,
    saying: Option<Saying>,
}

struct Waiting {
    said: Said,
    since: u64,
}

struct Saying {
    waiting: Waiting,
    /// Each time it was said it was sealed anew; any of them may arrive.
    sealed: VecDeque<Sealed>,
    at: u64,
}

impl Outbox {
    /// To be said after all others.
    pub(super) fn push(&mut self, now: u64, said: Said) {
        self.unsaid.push_back(Waiting { said, since: now });
    }

    /// To be said next.
    pub(super) fn push_first(&mut self, now: u64, said: Said) {
        self.unsaid.push_front(Waiting { said, since: now });
    }

    /// What to say now, if it is time: the one on its way again, or else the next. Without `texts` those
    /// wait, as whatever else is content does, and let the rest pass.
    pub(super) fn due(&mut self, now: u64, texts: bool) -> Option<&Said> {
        if !texts {
            self.hold_texts();
        }
        match &self.saying {
            Some(saying) => (now >= saying.at + SAY_AGAIN_MS).then_some(&saying.waiting.said),
            None => {
                let next = self.unsaid.front().map(|next| &next.said);
                next.filter(|said| texts || !said.is_text())
            }
        }
    }

    /// Texts to the end, in their order. One that was on its way may come back all the same: then it is said
    /// once more, and read once, by its id.
    fn hold_texts(&mut self) {
        let held = self.saying.take_if(|saying| saying.waiting.said.is_text());
        if let Some(saying) = held {
            self.unsaid.push_front(saying.waiting);
        }
        (self.unsaid.make_contiguous()).sort_by_key(|waiting| waiting.said.is_text());
    }

    /// It was said, sealed like this.
    pub(super) fn said(&mut self, now: u64, sealed: Sealed) {
        if self.saying.is_none() {
            self.saying = self.unsaid.pop_front().map(|waiting| Saying {
                waiting,
                sealed: VecDeque::new(),
                at: now,
            });
        }
        if let Some(saying) = self.saying.as_mut() {
            saying.at = now;
            if saying.sealed.len() == SEALED_MAX {
                saying.sealed.pop_front();
            }
            saying.sealed.push_back(sealed);
        }
    }

    /// What of the own this is that came back.
    pub(super) fn came_back(&mut self, sealed: &Sealed) -> Option<Said> {
        let saying = self.saying.take_if(|saying| saying.sealed.contains(sealed));
        saying.map(|saying| saying.waiting.said)
    }

    /// The one on its way was refused, or its connection broke: it is due at once.
    pub(super) fn again(&mut self) {
        if let Some(saying) = self.saying.as_mut() {
            saying.at = 0;
        }
    }

    /// Another group: texts and letters are for whoever is in it, words were about the one before.
    pub(super) fn change_group(&mut self) {
        if let Some(saying) = self.saying.take() {
            self.unsaid.push_front(saying.waiting);
        }
        self.unsaid
            .retain(|waiting| !matches!(waiting.said, Said::Check { .. } | Said::Verdict { .. }));
    }

    /// This client is out, for good.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The texts among it, with since when they wait; the one on its way first.
    pub(super) fn texts(&self) -> impl Iterator<Item = (TextId, &str, u64)> {
        let saying = self.saying.iter().map(|saying| &saying.waiting);
        saying.chain(&self.unsaid).filter_map(|waiting| {
            let Said::Text { id, text } = &waiting.said else {
                return None;
            };
            Some((*id, text.as_str(), waiting.since))
        })
    }
}

/// The last texts read, by seat.
#[derive(Default)]
pub(super) struct ReadTexts(BTreeMap<SeatId, VecDeque<TextId>>);

impl ReadTexts {
    /// Whether it is new.
    pub(super) fn is_new(&mut self, from: SeatId, id: TextId) -> bool {
        let read = self.0.entry(from).or_default();
        if read.contains(&id) && !sabotage::on(Fault::TextsReadTwice) {
            return false;
        }
        if read.len() == READ_MAX {
            read.pop_front();
        }
        read.push_back(id);
        true
    }
}
