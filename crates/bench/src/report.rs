//! What the runs come to: medians, ratios, a table for people and JSON for programs.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use serde::Serialize;

use crate::{
    drivers::Kind,
    stats::Spread,
    suite::{Entry, Played, Sample},
};

/// Whose figures the others are compared with.
const OURS: &str = Kind::Incamera.name();
const COST: &str = "cpu_us_per_packet";

/// The figures of the tables: name in JSON, for people, decimals.
pub(crate) const SHOWN: [(&str, &str, usize); 15] = [
    (COST, "server CPU per forwarded packet, us", 2),
    ("packets_per_second", "packets a second", 0),
    (
        "packets_per_second_at_one_core",
        "packets a second at one core",
        0,
    ),
    ("delivered_percent", "delivered, %", 2),
    ("lost_percent", "lost by sequence number, %", 3),
    ("delay_us_p50", "delay p50, us", 0),
    ("delay_us_p99", "delay p99, us", 0),
    ("memory_kib_per_seat", "memory per seat, KiB", 0),
    ("own_memory_kib_per_seat", "of it no page of a file, KiB", 0),
    (
        "memory_kib_per_stream",
        "memory per forwarded stream, KiB",
        0,
    ),
    ("connected_ms", "connected after, ms", 1),
    ("first_packet_ms", "first packet after, ms", 1),
    ("warm_up_s", "everything flows after, s", 1),
    ("server_cores", "cores of the server", 2),
    ("load_cores", "cores of the load", 2),
];

/// All of it.
#[derive(Serialize)]
pub(crate) struct Report {
    /// Version of this form.
    pub(crate) bench: u32,
    pub(crate) quick: bool,
    pub(crate) for_publication: bool,
    pub(crate) runs: usize,
    pub(crate) window_s: u64,
    pub(crate) machine: Machine,
    pub(crate) shapes: Vec<ShapeReport>,
    pub(crate) skipped: Vec<Skipped>,
}

/// Where it was measured.
#[derive(Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    /// Load averages when the runs had ended.
    pub(crate) load: String,
}

/// A server that is not here.
#[derive(Serialize)]
pub(crate) struct Skipped {
    pub(crate) server: String,
    pub(crate) why: String,
}

/// One shape.
#[derive(Serialize)]
pub(crate) struct ShapeReport {
    pub(crate) shape: &'static str,
    pub(crate) about: &'static str,
    pub(crate) seats: usize,
    /// To all receivers, as offered.
    pub(crate) packets_per_second: f64,
    /// Our CPU time per packet divided by theirs: below 1 is better than they.
    pub(crate) ratio: BTreeMap<&'static str, f64>,
    pub(crate) servers: Vec<ServerReport>,
}

/// One server, or the limit, in one shape.
#[derive(Serialize)]
pub(crate) struct ServerReport {
    pub(crate) server: &'static str,
    pub(crate) srtp: Option<String>,
    pub(crate) valid_runs: usize,
    /// Why the others do not count.
    pub(crate) invalid: Vec<String>,
    pub(crate) figures: BTreeMap<String, Spread>,
}

impl ShapeReport {
    pub(crate) fn of(played: &Played) -> Self {
        let servers: Vec<_> = played.samples.iter().map(ServerReport::of).collect();
        let cost = |server: &ServerReport| server.figures.get(COST).map(|spread| spread.median);
        let ours = servers.iter().find(|s| s.server == OURS).and_then(cost);
        let others = servers.iter().filter(|server| server.server != OURS);
        let ratio = others
            .filter_map(|s| Some((s.server, ours? / cost(s)?)))
            .collect();
        Self {
            shape: played.shape.name,
            about: played.shape.about,
            seats: played.shape.seats.len(),
            packets_per_second: played.shape.packets_per_second(),
            ratio,
            servers,
        }
    }

    /// Whether there is a figure of ours to speak of.
    pub(crate) fn has_ours(&self) -> bool {
        self.servers
            .iter()
            .any(|s| s.server == OURS && s.valid_runs > 0)
    }
}

impl ServerReport {
    fn of((entry, samples): &(Entry, Vec<Sample>)) -> Self {
        let valid: Vec<_> = samples.iter().filter(|s| s.invalid.is_empty()).collect();
        let names = valid.iter().flat_map(|sample| sample.figures.keys());
        let figures = names.filter_map(|name| {
            let values = valid
                .iter()
                .filter_map(|sample| sample.figures.get(name).copied());
            Some((name.clone(), Spread::of(values)?))
        });
        let figures = figures.collect();
        let invalid = samples.iter().filter(|sample| !sample.invalid.is_empty());
        Self {
            server: entry.name(),
            srtp: samples.iter().find_map(|sample| sample.srtp.clone()),
            valid_runs: valid.len(),
            invalid: invalid.map(|sample| sample.invalid.join("; ")).collect(),
            figures,
        }
    }
}

impl Machine {
    pub(crate) fn here() -> Self {
        let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
        let processor = read("/proc/cpuinfo");
        let name = processor
            .lines()
            .find_map(|l| l.strip_prefix("model name")?.split_once(": "));
        Self {
            processor: name.map_or_else(String::new, |(_, name)| name.to_owned()),
            cores: processor
                .lines()
                .filter(|l| l.starts_with("processor"))
                .count(),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load: read("/proc/loadavg").trim().to_owned(),
        }
    }
}

impl Report {
    /// For people: least / middle / greatest.
    pub(crate) fn table(&self) -> String {
        let mut out = String::new();
        if !self.for_publication {
            out += "Few or short runs: not for publication.\n";
        }
        for shape in &self.shapes {
            let _ = writeln!(
                out,
                "\n{}: {}; {:.0} packets a second to receivers",
                shape.shape, shape.about, shape.packets_per_second
            );
            let names = shape.servers.iter().map(|server| server.server);
            let _ = write!(out, "{:<38}", "");
            names.for_each(|name| _ = write!(out, "{name:>30}"));
            out.push('\n');
            for (name, words, decimals) in SHOWN {
                let _ = write!(out, "{words:<38}");
                for server in &shape.servers {
                    let figure = server.figures.get(name);
                    let text = figure.map_or_else(|| "-".to_owned(), |s| shown(s, decimals));
                    let _ = write!(out, "{text:>30}");
                }
                out.push('\n');
            }
            for (peer, ratio) in &shape.ratio {
                let _ = writeln!(out, "ratio {OURS} / {peer}: {ratio:.2}");
            }
            for server in &shape.servers {
                for why in &server.invalid {
                    let _ = writeln!(out, "a run of {} does not count: {why}", server.server);
                }
            }
        }
        for skipped in &self.skipped {
            let _ = writeln!(
                out,
                "\n{} was not measured: {}",
                skipped.server, skipped.why
            );
        }
        out
    }
}

/// Least / middle / greatest.
pub(crate) fn shown(spread: &Spread, decimals: usize) -> String {
    let Spread { min, median, max } = spread;
    format!("{min:.decimals$} / {median:.decimals$} / {max:.decimals$}")
}

#[cfg(test)]
mod tests;
