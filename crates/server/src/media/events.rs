//! Events on their way to the owner of each seat, without ever waiting for one.

use std::collections::{HashMap, VecDeque};

use sfu::PeerId;
use tokio::sync::mpsc::{Sender, error::TrySendError};

use super::MediaEvent;

/// Events an owner may be behind. One that is further behind does not run any more.
const BACKLOG_MAX: usize = 64;

/// Senders, and what they could not take yet.
#[derive(Default)]
pub(super) struct Events {
    owners: HashMap<PeerId, Owner>,
    /// Owners with something waiting.
    behind: usize,
}

struct Owner {
    sender: Sender<MediaEvent>,
    waiting: VecDeque<MediaEvent>,
}

impl Events {
    pub(super) fn join(&mut self, peer: PeerId, sender: Sender<MediaEvent>) {
        self.leave(peer);
        let waiting = VecDeque::new();
        self.owners.insert(peer, Owner { sender, waiting });
    }

    pub(super) fn leave(&mut self, peer: PeerId) {
        let gone = self.owners.remove(&peer);
        self.behind -= usize::from(gone.is_some_and(|owner| !owner.waiting.is_empty()));
    }

    pub(super) fn send(&mut self, peer: PeerId, event: MediaEvent) {
        let Some(owner) = self.owners.get_mut(&peer) else {
            return;
        };
        let was_behind = !owner.waiting.is_empty();
        if matches!(event, MediaEvent::Slots { .. }) {
            // Only the newest counts.
            owner
                .waiting
                .retain(|e| !matches!(e, MediaEvent::Slots { .. }));
        }
        owner.waiting.push_back(event);
        if owner.waiting.len() > BACKLOG_MAX {
            owner.waiting.pop_front();
        }
        owner.flush();
        self.behind -= usize::from(was_behind);
        self.behind += usize::from(!owner.waiting.is_empty());
    }

    /// Tries again for those who were behind. True if some still are.
    pub(super) fn retry(&mut self) -> bool {
        if self.behind > 0 {
            self.owners.values_mut().for_each(Owner::flush);
            let owners = self.owners.values();
            self.behind = owners.filter(|owner| !owner.waiting.is_empty()).count();
        }
        self.behind > 0
    }
}

impl Owner {
    fn flush(&mut self) {
        while let Some(event) = self.waiting.pop_front() {
            match self.sender.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.waiting.push_front(event);
                    break;
                }
                Err(TrySendError::Closed(_)) => self.waiting.clear(),
            }
        }
    }
}
