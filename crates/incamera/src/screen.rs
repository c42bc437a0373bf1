//! What a demo or a rehearsal writes: who comes and goes, progress. Plain lines where there is no terminal.

use std::{
    io::{IsTerminal, stdout},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use participant::Stage;
use serde_json::json;

/// Where progress goes.
pub(crate) enum Screen {
    /// A line that is redrawn, below those that stay.
    Terminal(ProgressBar),
    /// One line per event.
    Plain,
    /// One JSON object per line.
    Json(Instant),
}

impl Screen {
    /// Finds out what kind of output there is.
    pub(crate) fn new(json: bool) -> Self {
        if json {
            return Self::Json(Instant::now());
        }
        if !stdout().is_terminal() {
            return Self::Plain;
        }
        let bar = ProgressBar::new_spinner();
        let style = ProgressStyle::with_template("{spinner} {msg}");
        bar.set_style(style.expect("the template is a constant that parses"));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self::Terminal(bar)
    }

    /// A line for people; nothing in JSON.
    pub(crate) fn say(&self, line: impl AsRef<str>) {
        match self {
            Self::Terminal(bar) => bar.suspend(|| println!("{}", line.as_ref())),
            Self::Plain => println!("{}", line.as_ref()),
            Self::Json(_) => {}
        }
    }

    /// An event for programs; nothing for people.
    pub(crate) fn event(&self, mut event: serde_json::Value) {
        if let Self::Json(start) = self {
            event["t_ms"] = json!(start.elapsed().as_millis() as u64);
            println!("{event}");
        }
    }

    /// A seat came to another place.
    pub(crate) fn arrival(&self, seat: u16, delegation: &str, before: Stage, now: Stage) {
        let (word, kind) = match now {
            Stage::Connecting => ("has lost its connection and tries again", "lost"),
            Stage::GreenRoom if before == Stage::Waiting => ("was not admitted", "refused"),
            Stage::GreenRoom => return,
            Stage::Waiting => ("waits in the antechamber", "waiting"),
            Stage::Seated => ("is at the table", "seated"),
            Stage::Gone => ("has gone", "gone"),
        };
        self.say(format!("  {delegation:<24} {word}"));
        self.event(json!({ "type": kind, "seat": seat, "delegation": delegation }));
    }

    /// How far it is: redrawn on a terminal, said nowhere else.
    pub(crate) fn status(&self, text: String) {
        if let Self::Terminal(bar) = self {
            bar.set_message(text);
        }
    }

    /// No more redrawing.
    pub(crate) fn finish(&self) {
        if let Self::Terminal(bar) = self {
            bar.finish_and_clear();
        }
    }
}
