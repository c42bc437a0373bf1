//! What can be seen of a server from outside, as plain values that can be compared.

use std::collections::{BTreeMap, BTreeSet};

use crate::act::Act;

/// A whole server.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) conveners: BTreeSet<String>,
    pub(crate) calls: BTreeMap<String, Call>,
}

/// One call. Seat 1 is its host's, [`GUEST`] the one that asks to be let in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Call {
    pub(crate) is_over: bool,
    pub(crate) is_closed: bool,
    /// The host sat down once: its machine comes back by itself.
    pub(crate) host: bool,
    /// Likewise the guest.
    pub(crate) guest: bool,
    /// Number of the guest's link.
    pub(crate) link: u32,
    pub(crate) group: u32,
    pub(crate) epoch: u64,
    pub(crate) seq: u64,
    /// The log of its group: the epoch of each entry and what was sealed.
    pub(crate) log: Vec<(u64, String)>,
}

/// The guest's seat.
pub(crate) const GUEST: u16 = 3;

impl Seen {
    /// What it looks like after an act.
    pub(crate) fn after(&self, act: &Act) -> Self {
        let mut seen = self.clone();
        seen.change(act);
        seen
    }

    pub(crate) fn change(&mut self, act: &Act) {
        match act {
            Act::AddConvener(name) => drop(self.conveners.insert(name.clone())),
            Act::RemoveConvener(name) => drop(self.conveners.remove(name)),
            Act::Convene(id) => {
                let link = 1;
                let call = Call {
                    link,
                    ..Call::default()
                };
                self.calls.insert(id.clone(), call);
            }
            Act::Delete(id) => drop(self.calls.remove(id)),
            Act::End(id) | Act::Adjourn(id) => self.in_call(id, |call| {
                *call = Call {
                    is_over: true,
                    link: call.link,
                    ..Call::default()
                };
            }),
            Act::Relink(id) => self.in_call(id, |call| {
                call.link += 1;
                call.guest = false;
            }),
            Act::Sit(id) => self.in_call(id, |call| call.host = true),
            Act::Admit(id) => self.in_call(id, |call| call.guest = true),
            Act::Doors(id, closed) => self.in_call(id, |call| call.is_closed = *closed),
            Act::Found(id) => self.in_call(id, |call| {
                call.group += 1;
                (call.epoch, call.seq) = (0, 0);
                call.log.clear();
            }),
            Act::Commit(id, sealed) => self.in_call(id, |call| {
                call.log.push((call.epoch, sealed.clone()));
                call.epoch += 1;
                call.seq += 1;
            }),
            Act::Kept(id, sealed) => self.in_call(id, |call| {
                call.log.push((call.epoch, sealed.clone()));
                call.seq += 1;
            }),
        }
    }

    fn in_call(&mut self, id: &str, change: impl FnOnce(&mut Call)) {
        if let Some(call) = self.calls.get_mut(id) {
            change(call);
        }
    }

    /// The first difference, for people.
    pub(crate) fn difference(&self, found: &Self) -> String {
        if self.conveners != found.conveners {
            return format!(
                "conveners {:?}, found {:?}",
                self.conveners, found.conveners
            );
        }
        let ids: BTreeSet<_> = self.calls.keys().chain(found.calls.keys()).collect();
        for id in ids {
            match (self.calls.get(id), found.calls.get(id)) {
                (Some(_), None) => return format!("call {id} is missing"),
                (None, Some(_)) => return format!("call {id} is there and should not be"),
                (Some(one), Some(other)) if one != other => {
                    return format!("call {id} was {}, found {}", one.summary(), other.summary());
                }
                _ => {}
            }
        }
        "no difference".to_owned()
    }
}

impl Call {
    fn summary(&self) -> String {
        let log: Vec<_> = self
            .log
            .iter()
            .map(|(epoch, sealed)| (epoch, sealed.len()))
            .collect();
        let short = Self {
            log: Vec::new(),
            ..self.clone()
        };
        format!("{short:?} with a log of {} entries {log:?}", self.log.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_is_missing_or_changed_is_a_difference() {
        let id = "x".to_owned();
        let before = Seen::default().after(&Act::Convene(id.clone()));
        let after = before.after(&Act::Commit(id.clone(), "sealed".to_owned()));
        assert!(before != after && before.difference(&after).contains("log of 1"));
        assert!(before.difference(&Seen::default()).contains("missing"));
        assert_eq!(after.calls[&id].epoch, 1);
    }
}
