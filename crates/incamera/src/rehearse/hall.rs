//! Where a rehearsal is held, and the places in it: an own server, somebody's server, or a call that was
//! convened already.

use std::{path::Path, time::Duration};

use participant::network::profile::Profile;
use protocol::{CallId, types::Format, types::SeatKind};
use sealed::{
    convene,
    link::{CallSecret, HOST_LINK_NUMBER, Link, LinkKey},
};
use server::config::Storage;
use tokio::runtime::Runtime;

use super::{Options, links::Links, place::Place, wrong};
use crate::{
    exit::Failure,
    reach::Server,
    scenario::{Act, Scenario, Script, Thresholds},
    stage::{self, Stage},
};

/// Minutes of a call of which nothing but links is known.
const MINUTES: u64 = 5;

/// Where it is held.
pub(super) struct Hall {
    server: Held,
    url: String,
    scenario: Option<Scenario>,
    places: Vec<Place>,
    /// The call's, if a file says so.
    format: Option<Format>,
    certificates: Vec<Vec<u8>>,
    /// The network of all seats, if the script did not choose it.
    other_network: Option<Profile>,
}

enum Held {
    Own(Box<Stage>),
    Theirs(Box<Server>, CallId),
    Convened,
}

impl Hall {
    /// Makes everything ready for the players.
    pub(super) fn open(
        runtime: &Runtime,
        options: &Options,
        scenario: Option<Scenario>,
    ) -> Result<Self, Failure> {
        if scenario.as_ref().is_some_and(|s| s.played().len() < 2) {
            return Err(too_few());
        }
        let certificates = options.reach.certificates()?;
        let mut hall = match (&options.links, scenario) {
            (Some(links), scenario) => Self::convened(links, scenario)?,
            (None, Some(scenario)) if options.reach.is_given() => Self::theirs(options, scenario)?,
            (None, Some(scenario)) => Self::own(runtime, scenario).map_err(wrong)?,
            (None, None) => return Err(Failure::usage("name a scenario, or --links")),
        };
        hall.certificates = certificates;
        hall.other_network = options.network;
        let thresholds = hall.thresholds();
        for place in &mut hall.places {
            place.network = options.network.unwrap_or(place.network);
            place.thresholds = thresholds;
        }
        Ok(hall)
    }

    fn new(server: Held, url: String, scenario: Option<Scenario>, places: Vec<Place>) -> Self {
        Self {
            server,
            url,
            places,
            format: scenario.as_ref().map(|s| s.verified.info.format),
            scenario,
            certificates: Vec::new(),
            other_network: None,
        }
    }

    fn own(runtime: &Runtime, scenario: Scenario) -> anyhow::Result<Self> {
        let id = scenario.verified.info.id;
        let stage = runtime.block_on(async {
            let port = Some(stage::any_port()?);
            let mut stage = Stage::build(id, port, false, Storage::default()).await?;
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
        let url = stage.server().url().to_owned();
        let server = Held::Own(Box::new(stage));
        Ok(Self::new(server, url, Some(scenario), places))
    }

    fn theirs(options: &Options, scenario: Scenario) -> Result<Self, Failure> {
        let id = scenario.verified.info.id;
        let server = options.reach.clone().find()?;
        let secret = CallSecret::generate().map_err(Failure::failed)?;
        let call = convene::new_call(&secret, &scenario.plan, id, clock::wall_ms())
            .map_err(Failure::failed)?;
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
        let url = server.origin.clone();
        let server = Held::Theirs(Box::new(server), id);
        Ok(Self::new(server, url, Some(scenario), places))
    }

    fn convened(file: &Path, scenario: Option<Scenario>) -> Result<Self, Failure> {
        let Links {
            url,
            format,
            mut places,
        } = Links::read(file)?;
        for place in &mut places {
            let written = scenario.as_ref().and_then(|s| s.network_of(place.seat));
            place.network = written.unwrap_or(place.network);
        }
        let hall = Self::new(Held::Convened, url, scenario, places);
        Ok(Self {
            format: hall.format.or(format),
            ..hall
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

    /// The network of all seats, if the script did not choose it.
    pub(super) fn other_network(&self) -> Option<Profile> {
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
        self.format
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

/// Nobody would be there to be seen and heard.
pub(super) fn too_few() -> Failure {
    Failure::usage("a rehearsal needs two seats at least")
}
