//! The links of a call that was convened already, from a file: as `incamera call new --json` prints them,
//! or one a line.

use std::path::Path;

use participant::network::profile::Profile;
use protocol::types::{Format, SeatKind};
use sealed::link::{Link, LinkKey};
use serde::Deserialize;

use super::{hall::too_few, place::Place};
use crate::{exit::Failure, scenario::Thresholds};

/// What the file says.
pub(super) struct Links {
    /// Where the server is.
    pub(super) url: String,
    /// The call's, if the file says so.
    pub(super) format: Option<Format>,
    /// The seats, the host's first, on the machine's own network.
    pub(super) places: Vec<Place>,
}

/// `incamera call new --json`.
#[derive(Deserialize)]
struct Printed {
    format: Option<Format>,
    links: Vec<PrintedLink>,
}

#[derive(Deserialize)]
struct PrintedLink {
    seat: u16,
    delegation: String,
    kind: SeatKind,
    host: bool,
    link: String,
}

impl Links {
    /// Reads the file. A mistake in it is named.
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let name = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|error| Failure::usage(format!("cannot read the links {name}: {error}")))?;
        let mut printed = match serde_json::from_str::<Printed>(&text) {
            Ok(printed) => printed,
            Err(_) => Printed {
                format: None,
                links: lines(&text),
            },
        };
        printed.links.sort_by_key(|seat| !seat.host);
        let first = printed.links.first().ok_or_else(|| {
            Failure::usage(format!("{name} has no links: one a line, or as JSON"))
        })?;
        let url = first.link.split("/c/").next().unwrap_or_default();
        let url = url.to_owned();
        for seat in &printed.links {
            Link::parse_url(&seat.link).map_err(Failure::usage)?;
        }
        if printed.links.len() < 2 {
            return Err(too_few());
        }
        if printed.links.iter().all(|seat| !seat.host) {
            let who = "no link is the host's (its part behind # begins with `host.`)";
            return Err(Failure::usage(format!(
                "{name}: {who}, so nobody would be admitted"
            )));
        }
        Ok(Self {
            url,
            format: printed.format,
            places: printed.links.into_iter().map(Place::from).collect(),
        })
    }
}

/// One link a line, in the order of the seats. The host's says its seat; the others have those left.
fn lines(text: &str) -> Vec<PrintedLink> {
    let links = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let links: Vec<_> = links.map(|link| (link, host_seat(link))).collect();
    let taken: Vec<u16> = links.iter().filter_map(|(_, seat)| *seat).collect();
    let mut left = (1..).filter(|seat| !taken.contains(seat));
    let seat = |(link, host): (&str, Option<u16>)| {
        let seat = host.or_else(|| left.next()).unwrap_or_default();
        PrintedLink {
            seat,
            delegation: format!("Seat {seat}"),
            kind: SeatKind::Principal,
            host: host.is_some(),
            link: link.to_owned(),
        }
    };
    links.into_iter().map(seat).collect()
}

fn host_seat(link: &str) -> Option<u16> {
    match Link::parse_url(link).ok()?.1.key {
        LinkKey::Host { seat, .. } => Some(seat.0),
        LinkKey::Seat(_) => None,
    }
}

impl From<PrintedLink> for Place {
    fn from(printed: PrintedLink) -> Self {
        let clean = Profile::named("clean").expect("the table has it");
        Self {
            seat: printed.seat,
            delegation: printed.delegation,
            host: printed.host,
            observer: printed.kind == SeatKind::Observer,
            link: printed.link,
            network: clean,
            thresholds: Thresholds::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_holds_no_link_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("links");
        for text in ["", "nonsense\n", "{\"links\":[]}"] {
            std::fs::write(&file, text).unwrap();
            assert!(Links::read(&file).is_err(), "{text}");
        }
    }

    #[test]
    fn the_host_is_known_by_its_link_and_without_one_nothing_is_played() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("links");
        let link = |kind: &str| {
            let (call, secret) = ("a".repeat(26), "A".repeat(43));
            format!("https://h.example/c/{call}#{kind}.{secret}\n")
        };
        let guests = link("seat") + "\n" + &link("seat");
        std::fs::write(&file, &guests).unwrap();
        assert!(Links::read(&file).is_err(), "nobody admits");
        std::fs::write(&file, guests + &link("host.2")).unwrap();
        let links = Links::read(&file).ok().unwrap();
        assert_eq!(links.url, "https://h.example");
        let seats = links.places.iter().map(|place| (place.seat, place.host));
        assert!(seats.eq([(2, true), (1, false), (3, false)]));
    }
}
