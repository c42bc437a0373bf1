//! Who may hold how many of a door's places: shares of the whole for an address and the networks around
//! it, so that no line, however many addresses it has, takes them all.
//!
//! ```text
//!   IPv4  /32 an address: one share      /24: two
//!   IPv6  /64 a network:  one share      /56, what one line is given: one      /48, a site: two
//! ```
//!
//! A place is unproven until its holder has shown that it belongs here (a good link, a true STUN check).
//! Where a share is used up, or the whole, the oldest unproven place gives way to the newcomer: whoever
//! belongs here proves it at once, and whoever does not pushes out his own.

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv6Addr},
};

/// An address cut to the length of its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Network(u128, u8);

/// The networks an address is in, and how many shares each has; narrow ones first.
pub(crate) fn networks(address: IpAddr) -> Vec<(Network, usize)> {
    match address.to_canonical() {
        // The room of IPv4 within IPv6 (RFC 4291, 2.5.5.2), so that both fit one type.
        IpAddr::V4(v4) => [(32, 1), (24, 2)]
            .map(|(length, shares)| (cut(v4.to_ipv6_mapped(), 96 + length), shares))
            .to_vec(),
        IpAddr::V6(v6) => [(64, 1), (56, 1), (48, 2)]
            .map(|(length, shares)| (cut(v6, length), shares))
            .to_vec(),
    }
}

fn cut(address: Ipv6Addr, length: u8) -> Network {
    let rest = 128 - u32::from(length);
    Network(u128::from(address) >> rest << rest, length)
}

/// The places of one door.
pub(crate) struct Shares {
    all: usize,
    share: usize,
    places: BTreeMap<u64, Holder>,
    counts: HashMap<Network, usize>,
    last: u64,
}

struct Holder {
    networks: Vec<(Network, usize)>,
    proven: bool,
}

/// A place was given.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) place: u64,
    /// The place that was taken away for it.
    pub(crate) gives_way: Option<u64>,
}

impl Shares {
    /// `all` places, and how many of them are one share.
    pub(crate) fn new(all: usize, share: usize) -> Self {
        Self {
            all,
            share,
            places: BTreeMap::new(),
            counts: HashMap::new(),
            last: 0,
        }
    }

    /// A place for a newcomer; `None` if those who have proven themselves hold all it could have.
    pub(crate) fn take(&mut self, from: IpAddr) -> Option<Taken> {
        let networks = networks(from);
        let is_used_up = |(network, shares): &&(Network, usize)| {
            let held = self.counts.get(network).copied().unwrap_or_default();
            held >= shares * self.share
        };
        let gives_way = if let Some((network, _)) = networks.iter().find(is_used_up) {
            Some(self.oldest_unproven(*network)?)
        } else if self.places.len() >= self.all {
            Some(self.oldest_unproven(self.most_unproven()?)?)
        } else {
            None
        };
        if let Some(place) = gives_way {
            self.give_back(place);
        }
        self.last += 1;
        for (network, _) in &networks {
            *self.counts.entry(*network).or_default() += 1;
        }
        let proven = false;
        self.places.insert(self.last, Holder { networks, proven });
        Some(Taken {
            place: self.last,
            gives_way,
        })
    }

    /// Its holder belongs here.
    pub(crate) fn prove(&mut self, place: u64) {
        if let Some(holder) = self.places.get_mut(&place) {
            holder.proven = true;
        }
    }

    /// The place is free again. Nothing if it was taken away before.
    pub(crate) fn give_back(&mut self, place: u64) {
        let Some(holder) = self.places.remove(&place) else {
            return;
        };
        for (network, _) in holder.networks {
            if let Some(count) = self.counts.get_mut(&network) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(&network);
                }
            }
        }
    }

    fn oldest_unproven(&self, network: Network) -> Option<u64> {
        let within = |holder: &Holder| holder.networks.iter().any(|(of, _)| *of == network);
        let mut places = self.places.iter();
        let found = places.find(|(_, holder)| !holder.proven && within(holder));
        found.map(|(place, _)| *place)
    }

    /// The site with the most unproven places. Looked for only when every place is taken.
    fn most_unproven(&self) -> Option<Network> {
        let mut sites = HashMap::<Network, usize>::new();
        for holder in self.places.values().filter(|holder| !holder.proven) {
            if let Some((site, _)) = holder.networks.last() {
                *sites.entry(*site).or_default() += 1;
            }
        }
        sites
            .into_iter()
            .max_by_key(|site| site.1)
            .map(|site| site.0)
    }
}

/// For tests: the addresses of one line or site, as many as are wanted.
#[cfg(test)]
pub(crate) fn addresses_of(site: &str, length: u8, count: u16) -> Vec<IpAddr> {
    let site: IpAddr = site.parse().unwrap();
    let bits = |n: u16| u128::from(n) << (128 - 16 - u32::from(length));
    let of = |n: u16| match site {
        IpAddr::V4(v4) => IpAddr::V4((u32::from(v4) + u32::from(n)).into()),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) + bits(n))),
    };
    (0..count).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Places held after everybody has tried `rounds` times and keeps what it gets.
    fn flood(shares: &mut Shares, from: &[IpAddr], rounds: usize) {
        for _ in 0..rounds {
            for address in from {
                let _ = shares.take(*address);
            }
        }
    }

    #[test]
    fn no_line_and_no_site_takes_every_place() {
        for (from, most) in [
            (vec![address("192.0.2.1")], 512),
            (addresses_of("192.0.2.0", 24, 256), 1024),
            // Eight /64s of a home line, all of its /56, and a site's /48.
            (addresses_of("2001:db8:0:0::1", 48, 8), 512),
            (addresses_of("2001:db8:0:0::1", 48, 256), 512),
            (addresses_of("2001:db8::1", 48, 4096), 1024),
        ] {
            let mut shares = Shares::new(4096, 512);
            flood(&mut shares, &from, 8192 / from.len() + 1);
            assert_eq!(shares.places.len(), most, "{:?}", from[0]);
            assert!(
                shares
                    .take(address("198.51.100.7"))
                    .unwrap()
                    .gives_way
                    .is_none()
            );
        }
    }

    #[test]
    fn a_seat_gets_in_through_a_flood_of_its_own_network_and_stays() {
        let mut shares = Shares::new(4096, 512);
        let neighbour = address("192.0.2.1");
        flood(&mut shares, &[neighbour], 1_000);
        let seat = shares.take(neighbour).unwrap();
        assert!(seat.gives_way.is_some(), "the oldest made room");
        shares.prove(seat.place);
        flood(&mut shares, &[neighbour], 10_000);
        assert!(shares.places.contains_key(&seat.place));
    }

    #[test]
    fn a_flood_from_many_sites_pushes_out_its_own() {
        let mut shares = Shares::new(100, 20);
        let honest: Vec<_> = ["198.51.100.7", "2001:db8:ffff::1"].map(address).to_vec();
        let places: Vec<_> = honest
            .iter()
            .map(|from| shares.take(*from).unwrap().place)
            .collect();
        shares.prove(places[0]);
        for site in 0..8_u16 {
            let from = addresses_of(&format!("2001:db8:{site:x}::1"), 48, 50);
            flood(&mut shares, &from, 3);
        }
        assert_eq!(shares.places.len(), 100);
        // One proved itself; the other is the only one of its site.
        assert!(places.iter().all(|place| shares.places.contains_key(place)));
    }

    #[test]
    fn who_has_proven_itself_gives_way_to_nobody() {
        let mut shares = Shares::new(10, 2);
        let one = address("192.0.2.1");
        for _ in 0..2 {
            let place = shares.take(one).unwrap().place;
            shares.prove(place);
        }
        assert_eq!(shares.take(one), None);
        shares.give_back(1);
        assert!(shares.take(one).is_some());
        shares.give_back(1);
        assert_eq!(shares.counts.values().max(), Some(&2));
    }
}
