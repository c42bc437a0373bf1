//! All runs of all shapes: servers take turns, so that what changes on the machine meets them alike.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use serde_json::Value;

use crate::{
    drivers::{Installed, Kind},
    limit,
    run::{self, Run},
    shape::Shape,
};

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Server(Kind),
    /// One call for each packet.
    LimitSendto,
    /// One call for each burst.
    Limit,
}

impl Entry {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Server(kind) => kind.name(),
            Self::LimitSendto => "limit-sendto",
            Self::Limit => "limit",
        }
    }
}

/// One run's figures by name, or why there are none that count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample {
    pub(crate) figures: BTreeMap<String, f64>,
    pub(crate) srtp: Option<String>,
    pub(crate) invalid: Vec<String>,
}

/// All runs of one shape.
pub(crate) struct Played {
    pub(crate) shape: Shape,
    pub(crate) samples: Vec<(Entry, Vec<Sample>)>,
}

/// What to do.
pub(crate) struct Plan {
    pub(crate) shapes: Vec<Shape>,
    pub(crate) servers: Vec<Kind>,
    pub(crate) runs: usize,
    pub(crate) window: Duration,
}

/// Does it, and says on standard error how it goes.
pub(crate) fn play(plan: &Plan, installed: &Installed) -> Vec<Played> {
    let mut entries = vec![Entry::LimitSendto, Entry::Limit];
    entries.extend(plan.servers.iter().map(|&kind| Entry::Server(kind)));
    plan.shapes
        .iter()
        .map(|shape| {
            let mut samples: Vec<_> = entries.iter().map(|&entry| (entry, Vec::new())).collect();
            for round in 1..=plan.runs {
                for (entry, taken) in &mut samples {
                    let sample = take(*entry, installed, shape, plan.window);
                    eprintln!(
                        "{}, run {round}, {}: {}",
                        shape.name,
                        entry.name(),
                        told(&sample)
                    );
                    taken.push(sample);
                }
            }
            Played {
                shape: shape.clone(),
                samples,
            }
        })
        .collect()
}

fn take(entry: Entry, installed: &Installed, shape: &Shape, window: Duration) -> Sample {
    let taken = match entry {
        Entry::Server(kind) => run::run(kind, installed, shape, window).and_then(sample),
        Entry::LimitSendto | Entry::Limit => {
            let figures = limit::measure(shape, entry == Entry::Limit);
            figures.and_then(|figures| numbers(&figures, Sample::default()))
        }
    };
    taken.unwrap_or_else(|error| Sample {
        invalid: vec![format!("{error:#}")],
        ..Sample::default()
    })
}

fn sample(run: Run) -> Result<Sample> {
    let with = Sample {
        srtp: Some(run.srtp.clone()),
        invalid: run.invalid.clone(),
        ..Sample::default()
    };
    numbers(&run, with)
}

/// The numbers among a struct's fields, by name.
fn numbers(figures: &impl serde::Serialize, with: Sample) -> Result<Sample> {
    let mut sample = with;
    if let Value::Object(fields) = serde_json::to_value(figures)? {
        let numbers = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_f64()?)));
        sample.figures = numbers.collect();
    }
    Ok(sample)
}

fn told(sample: &Sample) -> String {
    let number = |name: &str| sample.figures.get(name).copied().unwrap_or(f64::NAN);
    let mut text = format!(
        "{:.2} us/packet, {:.1} % delivered",
        number("cpu_us_per_packet"),
        number("delivered_percent")
    );
    if sample.figures.contains_key("load_cores") {
        text += &format!(
            ", {:.0} packets/s, delay {:.0}/{:.0} us, warm after {:.1} s, load {:.0} %",
            number("packets_per_second"),
            number("delay_us_p50"),
            number("delay_us_p99"),
            number("warm_up_s"),
            100.0 * number("load_cores")
        );
    }
    if !sample.invalid.is_empty() {
        text += &format!(". Does not count: {}", sample.invalid.join("; "));
    }
    text
}
