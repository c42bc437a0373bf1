//! How many connections there may be, in all and from one network ([`Shares`]).

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::{config::Limits, shares::Shares};

/// Counts connections. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Crowd(Arc<Mutex<Inner>>);

struct Inner {
    shares: Shares,
    /// Tells the holder of a place that it has to give way.
    holders: HashMap<u64, watch::Sender<bool>>,
}

/// A connection's place; given back when the last clone is dropped. A WebSocket keeps one, as it
/// outlives the HTTP connection it came from.
#[derive(Clone)]
pub(crate) struct Place {
    held: Arc<Held>,
    gone: watch::Receiver<bool>,
}

struct Held {
    crowd: Crowd,
    place: u64,
}

impl Crowd {
    pub(crate) fn new(limits: &Limits) -> Self {
        let shares = Shares::new(limits.connections, limits.connections_per_address);
        Self(Arc::new(Mutex::new(Inner {
            shares,
            holders: HashMap::new(),
        })))
    }

    /// A place, unless those who belong here hold all. The oldest that has not shown yet that it does
    /// may have to give way.
    pub(crate) fn admit(&self, from: IpAddr) -> Option<Place> {
        let mut inner = self.lock();
        let taken = inner.shares.take(from)?;
        if let Some(holder) = taken
            .gives_way
            .and_then(|place| inner.holders.remove(&place))
        {
            holder.send_replace(true);
        }
        let (holder, gone) = watch::channel(false);
        inner.holders.insert(taken.place, holder);
        let held = Arc::new(Held {
            crowd: self.clone(),
            place: taken.place,
        });
        Some(Place { held, gone })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Its holder has a good link: it gives way to nobody any more.
    pub(crate) fn prove(&self) {
        self.held.crowd.lock().shares.prove(self.held.place);
    }

    /// Resolves when it has to give way to a newcomer.
    pub(crate) async fn given_away(&self) {
        let mut gone = self.gone.clone();
        if gone.wait_for(|gone| *gone).await.is_err() {
            // Nobody can take it away any more.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut inner = self.crowd.lock();
        inner.shares.give_back(self.place);
        inner.holders.remove(&self.place);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn the_oldest_gives_way_and_its_holder_hears_of_it() {
        let crowd = Crowd::new(&Limits {
            connections: 3,
            connections_per_address: 2,
        });
        let (one, other) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        let seat = crowd.admit(one).unwrap();
        seat.prove();
        let oldest = crowd.admit(one).unwrap();
        assert!(oldest.given_away().now_or_never().is_none());
        let newcomer = crowd.admit(one).unwrap();
        assert!(oldest.given_away().now_or_never().is_some());
        assert!(seat.given_away().now_or_never().is_none());
        drop(oldest);
        let another = crowd.admit(other).unwrap();
        assert!(newcomer.given_away().now_or_never().is_none());
        for place in [&newcomer, &another] {
            place.prove();
        }
        assert!(crowd.admit(other).is_none(), "all belong here");
        drop(another);
        assert!(crowd.admit(other).is_some());
    }
}
