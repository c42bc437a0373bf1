//! How many connections there may be, in all and from one network.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{config::Limits, pace::prefix};

/// Counts connections. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Crowd(Arc<Inner>);

struct Inner {
    limits: Limits,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
}

/// A connection's place; given back when the last clone is dropped. A WebSocket keeps one, as it
/// outlives the HTTP connection it came from.
#[derive(Clone)]
pub(crate) struct Place {
    _held: Arc<Held>,
}

struct Held {
    crowd: Crowd,
    network: IpAddr,
}

impl Crowd {
    pub(crate) fn new(limits: Limits) -> Self {
        Self(Arc::new(Inner {
            limits,
            counts: Mutex::default(),
        }))
    }

    /// A place, unless it is full.
    pub(crate) fn admit(&self, from: IpAddr) -> Option<Place> {
        let network = prefix(from);
        let limits = &self.0.limits;
        let mut counts = self.0.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let here = counts.by_network.get(&network).copied().unwrap_or_default();
        if counts.all >= limits.connections || here >= limits.connections_per_address {
            return None;
        }
        counts.all += 1;
        counts.by_network.insert(network, here + 1);
        let crowd = self.clone();
        Some(Place {
            _held: Arc::new(Held { crowd, network }),
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut counts = self
            .crowd
            .0
            .counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        counts.all -= 1;
        if let Some(here) = counts.by_network.get_mut(&self.network) {
            *here -= 1;
            if *here == 0 {
                counts.by_network.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_cannot_take_every_place() {
        let crowd = Crowd::new(Limits {
            connections: 3,
            connections_per_address: 2,
        });
        let (one, other) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        let places = (crowd.admit(one), crowd.admit(one));
        assert!(places.0.is_some() && places.1.is_some() && crowd.admit(one).is_none());
        let third = crowd.admit(other);
        assert!(third.is_some() && crowd.admit(other).is_none());
        drop(places);
        assert!(crowd.admit(one).is_some());
        drop(third);
    }
}
