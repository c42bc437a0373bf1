//! Where a rehearsal is held, and the places in it: an own server, somebody's server, or a call that was
//! convened already.

use std::{path::Path, time::Duration};

use participant::network::profile::Profile;
use protocol::{CallId, types::Format, types::SeatKind};
use sealed::{
    convene,
    link::{self, CallSecret, HOST_LINK_NUMBER, Link, LinkKey},
};
use serde::Deserialize;
use server::clock::now_ms;
use tokio::runtime::Runtime;

use super::{Options, limits::Limits};
use crate::{
    exit::Failure,
    reach::Server,
    scenario::{Act, Scenario, Script, Thresholds},
    stage::{self, Stage},
};

/// Minutes of a call of which nothing but links is known.
const MINUTES: u64 = 5;

/// One seat to be played.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) seat: u16,
    pub(super) delegation: String,
    pub(super) host: bool,
    pub(super) observer: bool,
    pub(super) link: String,
    pub(super) network: Profile,
    pub(super) thresholds: Thresholds,
}

impl Place {
    /// What must hold for it.
    pub(super) fn limits(&self) -> Limits {
        Limits::of(&self.network).but(&self.thresholds)
    }

    /// What must hold for what it sees and hears of another seat.
    pub(super) fn limits_towards(&self, sender: &Self) -> Limits {
        Limits::between(&self.network, &sender.network, &self.thresholds)
    }
}

/// Where it is held.
pub(super) struct Hall {
    server: Held,
    url: String,
    scenario: Option<Scenario>,
    places: Vec<Place>,
    /// What the links' file says, if it does.
    format: Option<Format>,
    certificates: Vec<Vec<u8>>,
    /// All seats are on a network that the script did not choose.
    other_network: bool,
}

enum Held {
    Own(Box<Stage>),
    Theirs(Box<Server>, CallId),
    Convened,
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

impl Hall {
    /// Makes everything ready for the players.
    pub(super) fn open(
        runtime: &Runtime,
        options: &Options,
        file: Option<&Path>,
    ) -> Result<Self, Failure> {
        let id = link::new_call_id().map_err(Failure::failed)?;
        let wrong = |error: anyhow::Error| Failure::usage(format!("{error:#}"));
        let scenario = file.map(|file| Scenario::load(Some(file), id).map_err(wrong));
        let scenario = scenario.transpose()?;
        if scenario.as_ref().is_some_and(|s| s.played().len() < 2) {
            return Err(too_few());
        }
        let certificates = options.reach.certificates()?;
        let mut hall = match (&options.links, scenario) {
            (Some(links), scenario) => Self::convened(links, scenario)?,
            (None, Some(scenario)) if options.reach.is_given() => {
                Self::theirs(options, scenario, id)?
            }
            (None, Some(scenario)) => Self::own(runtime, scenario, id).map_err(wrong)?,
            (None, None) => return Err(Failure::usage("name a scenario, or --links")),
        };
        hall.certificates = certificates;
        hall.other_network = options.network.is_some();
        let thresholds = hall.thresholds();
        for place in &mut hall.places {
            place.network = options.network.unwrap_or(place.network);
            place.thresholds = thresholds;
        }
        Ok(hall)
    }

    fn own(runtime: &Runtime, scenario: Scenario, id: CallId) -> anyhow::Result<Self> {
        let stage = runtime.block_on(async {
            let stage = Stage::build(id, Some(stage::any_port()?), false).await?;
            stage.convene(&scenario.plan).await?;
            anyhow::Ok(stage)
        })?;
        let places = seats(&scenario, |seat, host| {
            if host {
                stage.host_link(seat)
            } else {
                stage.seat_link(seat)
            }
        });
        Ok(Self {
            url: stage.server().url().to_owned(),
            server: Held::Own(Box::new(stage)),
            scenario: Some(scenario),
            places,
            format: None,
            certificates: Vec::new(),
            other_network: false,
        })
    }

    fn theirs(options: &Options, scenario: Scenario, id: CallId) -> Result<Self, Failure> {
        let server = options.reach.clone().find()?;
        let secret = CallSecret::generate().map_err(Failure::failed)?;
        let call =
            convene::new_call(&secret, &scenario.plan, id, now_ms()).map_err(Failure::failed)?;
        let _: protocol::http::CallDetail = server.post("/calls", &call)?;
        let places = seats(&scenario, |seat, host| {
            let key = if host {
                let secret = secret.clone();
                LinkKey::Host { seat, secret }
            } else {
                LinkKey::Seat(secret.seat(id, seat, HOST_LINK_NUMBER))
            };
            Link { call: id, key }.url(&server.origin)
        });
        Ok(Self {
            url: server.origin.clone(),
            server: Held::Theirs(Box::new(server), id),
            scenario: Some(scenario),
            places,
            format: None,
            certificates: Vec::new(),
            other_network: false,
        })
    }

    fn convened(links: &Path, scenario: Option<Scenario>) -> Result<Self, Failure> {
        let place = links.display();
        let text = std::fs::read_to_string(links)
            .map_err(|error| Failure::usage(format!("cannot read the links {place}: {error}")))?;
        let mut printed = match serde_json::from_str::<Printed>(&text) {
            Ok(printed) => printed,
            Err(_) => Printed {
                format: None,
                links: lines(&text),
            },
        };
        printed.links.sort_by_key(|seat| !seat.host);
        let mut places: Vec<_> = printed.links.into_iter().map(Place::from).collect();
        let first = places.first().ok_or_else(|| {
            Failure::usage(format!("{place} has no links: one a line, or as JSON"))
        })?;
        let url = first
            .link
            .split("/c/")
            .next()
            .unwrap_or_default()
            .to_owned();
        for place in &places {
            Link::parse_url(&place.link).map_err(Failure::usage)?;
        }
        if places.len() < 2 {
            return Err(too_few());
        }
        if places.iter().all(|place| !place.host) {
            let who = "no link is the host's (its part behind # begins with `host.`)";
            return Err(Failure::usage(format!(
                "{place}: {who}, so nobody would be admitted"
            )));
        }
        for place in &mut places {
            let written = scenario.as_ref().and_then(|s| s.network_of(place.seat));
            place.network = written.unwrap_or(place.network);
        }
        Ok(Self {
            server: Held::Convened,
            url,
            scenario,
            places,
            format: printed.format,
            certificates: Vec::new(),
            other_network: false,
        })
    }

    /// What is played, if a file says so.
    pub(super) fn scenario(&self) -> Option<&Scenario> {
        self.scenario.as_ref()
    }

    /// The seats, the host's first.
    pub(super) fn places(&self) -> &[Place] {
        &self.places
    }

    /// Certificates (DER) to accept besides those of the system.
    pub(super) fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// Whether all seats are on a network that the script did not choose.
    pub(super) fn is_on_other_network(&self) -> bool {
        self.other_network
    }

    /// Where the server is.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The call's title.
    pub(super) fn title(&self) -> String {
        let title = self.scenario().map(|s| s.verified.info.title.clone());
        title.unwrap_or_else(|| "A call by its links".to_owned())
    }

    /// Whether the call has cameras, if that is known before it is played.
    pub(super) fn format(&self) -> Option<Format> {
        let written = self.scenario().map(|s| s.verified.info.format);
        written.or(self.format)
    }

    /// How long the call takes, unplayed.
    pub(super) fn length(&self) -> Duration {
        let length = self.scenario().map(Scenario::length);
        length.unwrap_or(Duration::from_secs(60 * MINUTES))
    }

    /// How it goes.
    pub(super) fn script(&self) -> Script {
        self.scenario()
            .map(|s| s.script.clone())
            .unwrap_or_default()
    }

    /// The played seat that an act is about.
    pub(super) fn seat_of(&self, act: &Act) -> Option<u16> {
        let seat = self.scenario()?.seat_of(act)?.0;
        self.places.iter().any(|p| p.seat == seat).then_some(seat)
    }

    /// Whether this process is the server too.
    pub(super) fn is_own(&self) -> bool {
        matches!(self.server, Held::Own(_))
    }

    fn thresholds(&self) -> Thresholds {
        self.scenario().map(|s| s.thresholds).unwrap_or_default()
    }

    /// Ends the server, or deletes the call on somebody's.
    pub(super) fn close(self, runtime: &Runtime) -> Result<(), Failure> {
        match self.server {
            Held::Own(stage) => runtime
                .block_on(stage.strike())
                .map_err(|error| Failure::failed(format!("{error:#}"))),
            Held::Theirs(server, call) => server.delete(&format!("/calls/{call}")),
            Held::Convened => Ok(()),
        }
    }
}

fn seats(scenario: &Scenario, link: impl Fn(protocol::SeatId, bool) -> String) -> Vec<Place> {
    let clean = Profile::named("clean").expect("the table has it");
    let place = |seat: &protocol::types::Seat| Place {
        seat: seat.id.0,
        delegation: scenario.delegation(seat).to_owned(),
        host: seat.host,
        observer: seat.kind == SeatKind::Observer,
        link: link(seat.id, seat.id == scenario.host.id),
        network: scenario.network(seat).unwrap_or(clean),
        thresholds: Thresholds::default(),
    };
    scenario.played().iter().map(place).collect()
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

fn too_few() -> Failure {
    Failure::usage("a rehearsal needs two seats at least")
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
            assert!(Hall::convened(&file, None).is_err(), "{text}");
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
        assert!(Hall::convened(&file, None).is_err(), "nobody admits");
        std::fs::write(&file, guests + &link("host.2")).unwrap();
        let hall = Hall::convened(&file, None).ok().unwrap();
        assert_eq!(hall.url(), "https://h.example");
        let seats = hall.places().iter().map(|place| (place.seat, place.host));
        assert!(seats.eq([(2, true), (1, false), (3, false)]));
    }
}
