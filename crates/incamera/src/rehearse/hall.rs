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
    pub(super) limits: Limits,
}

/// Where it is held.
pub(super) struct Hall {
    server: Held,
    url: String,
    scenario: Option<Scenario>,
    places: Vec<Place>,
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
            place.limits = Limits::of(&place.network).but(&thresholds);
        }
        if hall.places.len() < 2 {
            return Err(Failure::usage("a rehearsal needs two seats at least"));
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
            certificates: Vec::new(),
            other_network: false,
        })
    }

    fn convened(links: &Path, scenario: Option<Scenario>) -> Result<Self, Failure> {
        let place = links.display();
        let text = std::fs::read_to_string(links)
            .map_err(|error| Failure::usage(format!("cannot read the links {place}: {error}")))?;
        let mut printed = match serde_json::from_str::<Printed>(&text) {
            Ok(printed) => printed.links,
            Err(_) => lines(&text),
        };
        printed.sort_by_key(|seat| !seat.host);
        let places: Vec<_> = printed.into_iter().map(Place::from).collect();
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
        Ok(Self {
            server: Held::Convened,
            url,
            scenario,
            places,
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

    /// Whether cameras are on.
    pub(super) fn has_video(&self) -> bool {
        let format = self.scenario().map(|s| s.verified.info.format);
        format.is_none_or(|format| format == Format::Video)
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
        limits: Limits::of(&clean),
    };
    scenario.played().iter().map(place).collect()
}

/// One link a line, the host's first.
fn lines(text: &str) -> Vec<PrintedLink> {
    let links = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let seat = |(number, link): (u16, &str)| PrintedLink {
        seat: number,
        delegation: format!("Seat {number}"),
        kind: SeatKind::Principal,
        host: number == 1,
        link: link.to_owned(),
    };
    (1..).zip(links).map(seat).collect()
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
            limits: Limits::of(&clean),
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
        let call = "a".repeat(26);
        let link = |secret: &str| format!("https://h.example/c/{call}#seat.{}", secret.repeat(43));
        std::fs::write(&file, format!("{}\n\n{}\n", link("A"), link("A"))).unwrap();
        let hall = Hall::convened(&file, None).ok().unwrap();
        assert_eq!((hall.url(), hall.places().len()), ("https://h.example", 2));
        assert!(hall.places()[0].host && !hall.places()[1].host);
    }
}
