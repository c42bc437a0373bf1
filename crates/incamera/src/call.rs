//! `incamera call`: convene a call, list calls, look at one, end it, delete it.
//!
//! The secret of a new call is made here, on the convener's machine, and leaves it only in the links
//! that are printed; the server gets hashes of what the links derive, and all names sealed.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use protocol::{
    CallId, SeatId,
    http::{CallDetail, CallSummary, Phase},
    lookalike,
    plan::{UnverifiedPlan, VerifiedPlan},
    shape::CallShape,
    types::{Format, Presence, SeatKind},
};
use sealed::{
    convene,
    link::{self, CallSecret, HOST_LINK_NUMBER, Link, LinkKey},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    exit::Failure,
    reach::{self, Server},
};

/// Convene a call and look after it.
///
/// Names and titles are sealed on this machine before they are sent: the server does not know them, and
/// `list` and `show` cannot print them. The host's link opens them in the browser.
///
/// Reaches a server by --server and the convener key in INCAMERA_KEY, or, on the server's own machine,
/// by --config.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    incamera call new plan.toml --server https://calls.example.org\n  \
    incamera call list --config /etc/incamera/incamera.toml --json\n\n\
    Exit codes: 0 done, 1 failed, 2 wrong usage, configuration or plan, 3 the server cannot be \
    reached, 4 the server refused.")]
pub(crate) struct Options {
    #[command(subcommand)]
    act: Act,
    #[command(flatten)]
    reach: reach::Options,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Act {
    /// Convene the call a file describes and print every seat's link
    ///
    /// The links are printed this once and are not kept: whoever has one can sit on its seat. The
    /// host's link can show all others again in the browser.
    New {
        /// The plan (TOML): title, delegations, seats; docs/deploy.md has an example
        file: PathBuf,
    },
    /// List the calls this convener convened, by id: titles are sealed
    List,
    /// Show a call and which seats are where: by number, since names are sealed
    Show {
        /// Its id, as in the list
        call: CallId,
    },
    /// End a call for everybody in it
    End {
        /// Its id, as in the list
        call: CallId,
    },
    /// End a call and delete what is stored of it
    Delete {
        /// Its id, as in the list
        call: CallId,
    },
}

/// One line of `incamera call new --json`.
#[derive(Serialize)]
struct SeatLink<'a> {
    seat: SeatId,
    delegation: &'a str,
    name: &'a str,
    kind: SeatKind,
    host: bool,
    link: String,
}

/// `GET /api/calls`.
#[derive(Deserialize)]
struct CallList {
    calls: Vec<CallSummary>,
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let json = options.json;
    match options.act {
        Act::New { file } => {
            // The plan first: a mistake in it needs no server to be found.
            let plan = read_plan(&file)?;
            new(&options.reach.find()?, &plan, &file, json)
        }
        Act::List => list(&options.reach.find()?, json),
        Act::Show { call } => show(&options.reach.find()?, call, json),
        Act::End { call } => options
            .reach
            .find()?
            .post_empty(&format!("/calls/{call}/end")),
        Act::Delete { call } => options.reach.find()?.delete(&format!("/calls/{call}")),
    }
}

fn read_plan(file: &Path) -> Result<UnverifiedPlan, Failure> {
    let wrong = |why: String| Failure::usage(format!("{}: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    toml::from_str(&text).map_err(|error| wrong(error.to_string()))
}

fn new(server: &Server, plan: &UnverifiedPlan, file: &Path, json: bool) -> Result<(), Failure> {
    let id = link::new_call_id().map_err(Failure::failed)?;
    let secret = CallSecret::generate().map_err(Failure::failed)?;
    let verified = plan
        .verify(id)
        .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    let call = convene::new_call(&secret, plan, id, clock::wall_ms()).map_err(Failure::failed)?;
    let _: CallDetail = server.post("/calls", &call)?;
    let links = links(&verified, &secret, &server.origin);
    let warnings: Vec<String> = lookalike::alike(&verified)
        .iter()
        .map(ToString::to_string)
        .collect();
    if json {
        println!(
            "{}",
            json!({
                "call": id, "title": verified.info.title, "format": verified.info.format, "links": links,
                "warnings": warnings
            })
        );
        return Ok(());
    }
    println!("{}  {id}", verified.info.title);
    for seat in links {
        let host = if seat.host { "  (host)" } else { "" };
        println!(
            "\n{}, {}{host}\n  {}",
            seat.name, seat.delegation, seat.link
        );
    }
    for warning in warnings {
        eprintln!("\nnote: {warning}: people cannot tell one from the other");
    }
    eprintln!(
        "\nThese links are shown this once. Each opens one seat: send each to its person only."
    );
    Ok(())
}

/// Every seat's link; the first host's is the one that can make the others again.
fn links<'a>(plan: &'a VerifiedPlan, secret: &CallSecret, origin: &str) -> Vec<SeatLink<'a>> {
    let call = plan.info.id;
    let convener = plan.seats.iter().find(|seat| seat.host).map(|seat| seat.id);
    plan.seats
        .iter()
        .map(|seat| {
            let key = if convener == Some(seat.id) {
                LinkKey::Host {
                    seat: seat.id,
                    secret: secret.clone(),
                }
            } else {
                LinkKey::Seat(secret.seat(call, seat.id, HOST_LINK_NUMBER))
            };
            let delegation = plan.delegations.iter().find(|d| d.id == seat.delegation);
            SeatLink {
                seat: seat.id,
                delegation: delegation.map_or("", |d| &d.name),
                name: &seat.name,
                kind: seat.kind,
                host: seat.host,
                link: Link { call, key }.url(origin),
            }
        })
        .collect()
}

fn list(server: &Server, json: bool) -> Result<(), Failure> {
    let CallList { calls } = server.get("/calls")?;
    if json {
        println!("{}", json!({ "calls": calls }));
        return Ok(());
    }
    if calls.is_empty() {
        eprintln!("No calls. Convene one with `incamera call new FILE.toml`.");
    }
    for call in calls {
        let phase = phase(call.phase);
        println!(
            "{}  {phase:9}  {:3} of {:3} seated, {} delegations  {}",
            call.info.id,
            call.seated,
            call.seats,
            call.delegations,
            about(&call.info)
        );
    }
    Ok(())
}

fn show(server: &Server, call: CallId, json: bool) -> Result<(), Failure> {
    let detail: CallDetail = server.get(&format!("/calls/{call}"))?;
    if json {
        println!("{}", json!(detail));
        return Ok(());
    }
    let summary = &detail.summary;
    println!(
        "{call}  {}  ({})",
        about(&summary.info),
        phase(summary.phase)
    );
    for seat in &detail.seats {
        let status = detail.statuses.iter().find(|status| status.seat == seat.id);
        let presence = status.map_or("absent", |status| presence(status.presence));
        let host = if seat.host { " (host)" } else { "" };
        println!(
            "  seat {:<3}  {presence:8}  delegation {:<3}  {}{host}",
            seat.id,
            seat.delegation,
            kind(seat.kind)
        );
    }
    eprintln!("Names are sealed: the server does not know them. The host's link shows them.");
    Ok(())
}

/// What a server knows of a call besides its seats.
fn about(call: &CallShape) -> String {
    let format = match call.format {
        Format::Video => "video",
        Format::Voice => "voice",
    };
    let rehearsal = if call.rehearsal { ", rehearsal" } else { "" };
    let start = call
        .starts_at_ms
        .and_then(|ms| jiff::Timestamp::from_millisecond(ms.cast_signed()).ok())
        .map_or_else(String::new, |start| format!(", {start}"));
    format!("{format}{rehearsal}{start}")
}

const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Convened => "convened",
        Phase::Open => "open",
        Phase::Adjourned => "adjourned",
    }
}

const fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Absent => "absent",
        Presence::Waiting => "waiting",
        Presence::Seated => "seated",
        Presence::Lost => "lost",
        Presence::Removed => "removed",
    }
}

const fn kind(kind: SeatKind) -> &'static str {
    match kind {
        SeatKind::Principal => "principal",
        SeatKind::Staff => "staff",
        SeatKind::Interpreter => "interpreter",
        SeatKind::Observer => "observer",
    }
}
