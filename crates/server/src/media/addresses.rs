//! Which of our addresses clients are told of, and how they map to the sockets.

use std::{
    collections::HashSet,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use sfu::{LocalAddress, Protocol};

use super::{MediaAddrs, MediaConfig};

/// Addresses of one kind clients are told of at most; machines with many container bridges have
/// dozens.
const INTERFACES_MAX: usize = 8;

/// Addresses told to clients, and those that are really ours.
pub(super) struct Addresses {
    told: Vec<LocalAddress>,
    ours: HashSet<IpAddr>,
}

impl Addresses {
    pub(super) fn new(config: &MediaConfig, bound: &MediaAddrs) -> Self {
        let interfaces = interfaces();
        let mut told = Vec::new();
        let mut tell = |proto, socket: SocketAddr| {
            for ip in ips_of(config, &interfaces, socket) {
                let addr = SocketAddr::new(ip, socket.port());
                let address = LocalAddress { proto, addr };
                if !told.contains(&address) {
                    told.push(address);
                }
            }
        };
        bound
            .udp
            .iter()
            .for_each(|&socket| tell(Protocol::Udp, socket));
        bound
            .tcp
            .iter()
            .for_each(|&socket| tell(Protocol::Tcp, socket));
        if let Some(port) = config.https_port {
            let listeners = bound.udp.iter().chain(&bound.tcp);
            let ips: Vec<_> = listeners.map(SocketAddr::ip).collect();
            for ip in ips {
                tell(Protocol::Tcp, SocketAddr::new(ip, port));
            }
        }
        let ours = interfaces.iter().copied();
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST)];
        let sockets = bound.udp.iter().chain(&bound.tcp).map(SocketAddr::ip);
        let ours = ours.chain(loopback).chain(sockets);
        Self {
            told,
            ours: ours.filter(|ip| !ip.is_unspecified()).collect(),
        }
    }

    pub(super) fn told(&self) -> &[LocalAddress] {
        &self.told
    }

    /// The address a client was told of for a socket address of ours: itself, or behind address
    /// translation the outer one.
    pub(super) fn told_for(&self, proto: Protocol, local: SocketAddr) -> Option<SocketAddr> {
        let mut same = self.told.iter().filter(|told| {
            told.proto == proto
                && told.addr.port() == local.port()
                && told.addr.is_ipv4() == local.is_ipv4()
        });
        let exact = same.clone().find(|told| told.addr == local);
        exact.or_else(|| same.next()).map(|told| told.addr)
    }

    /// The address to send from, if it is really ours; otherwise the kernel chooses.
    pub(super) fn source(&self, told: SocketAddr) -> Option<IpAddr> {
        Some(told.ip()).filter(|ip| self.ours.contains(ip))
    }
}

fn ips_of(config: &MediaConfig, interfaces: &[IpAddr], socket: SocketAddr) -> Vec<IpAddr> {
    let same_family = |ip: &&IpAddr| ip.is_ipv4() == socket.is_ipv4();
    let named: Vec<_> = config
        .advertise
        .iter()
        .filter(same_family)
        .copied()
        .collect();
    // What is named for one family says nothing of the other: that has its own addresses, as without.
    if !named.is_empty() {
        return named;
    }
    if !socket.ip().is_unspecified() {
        return vec![socket.ip()];
    }
    let mut ips: Vec<_> = interfaces.iter().filter(same_family).copied().collect();
    ips.truncate(INTERFACES_MAX);
    if socket.is_ipv4() {
        // Last: for a browser on this machine. Firefox never uses it.
        ips.push(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    ips
}

/// Addresses of this machine that others can reach.
fn interfaces() -> Vec<IpAddr> {
    let all = if_addrs::get_if_addrs().unwrap_or_default();
    let usable = |ip: &IpAddr| match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local(),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unicast_link_local(),
    };
    let mut ips: Vec<_> = all
        .iter()
        .map(if_addrs::Interface::ip)
        .filter(usable)
        .collect();
    ips.dedup();
    ips
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(advertise: &[&str], udp: &str) -> Addresses {
        let config = MediaConfig {
            advertise: advertise.iter().map(|ip| ip.parse().unwrap()).collect(),
            https_port: Some(443),
            ..MediaConfig::default()
        };
        let bound = MediaAddrs {
            udp: vec![udp.parse().unwrap()],
            tcp: vec![],
        };
        Addresses::new(&config, &bound)
    }

    #[test]
    fn behind_translation_clients_are_told_the_outer_address_only() {
        let addresses = addresses(&["203.0.113.7", "2001:db8::7"], "0.0.0.0:5000");
        let told: Vec<_> = addresses
            .told()
            .iter()
            .map(|a| a.addr.to_string())
            .collect();
        assert_eq!(told, ["203.0.113.7:5000", "203.0.113.7:443"]);
        let inner = "10.0.0.5:5000".parse().unwrap();
        let outer = addresses.told_for(Protocol::Udp, inner).unwrap();
        assert_eq!(outer.to_string(), "203.0.113.7:5000");
        assert_eq!(addresses.source(outer), None);
    }

    #[test]
    fn an_address_of_one_family_leaves_those_of_the_other() {
        let own = addresses(&[], "[2001:db8::5]:5000");
        let named = addresses(&["203.0.113.7"], "[2001:db8::5]:5000");
        let told = |addresses: &Addresses| {
            let told = addresses.told().iter().map(|a| a.addr.to_string());
            told.collect::<Vec<_>>()
        };
        assert_eq!(told(&named), told(&own));
        assert_eq!(told(&named), ["[2001:db8::5]:5000", "[2001:db8::5]:443"]);
    }

    #[test]
    fn a_wildcard_is_told_with_loopback_last() {
        let addresses = addresses(&[], "0.0.0.0:5000");
        let mut udp = addresses.told().iter().filter(|a| a.proto == Protocol::Udp);
        assert_eq!(
            udp.next_back().unwrap().addr,
            "127.0.0.1:5000".parse().unwrap()
        );
        assert!(
            addresses
                .source("127.0.0.1:5000".parse().unwrap())
                .is_some()
        );
    }
}
