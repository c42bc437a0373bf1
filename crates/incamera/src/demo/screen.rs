//! What a demo writes: framed links, warnings, progress. Plain lines where there is no terminal.

use std::{
    env,
    io::{IsTerminal, stdout},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use participant::Stage;
use qrcode::{EcLevel, QrCode, render::unicode};
use serde_json::json;

use super::scenario::Scenario;

/// Where progress goes.
pub(super) enum Screen {
    /// A line that is redrawn, below those that stay.
    Terminal(ProgressBar),
    /// One line per event.
    Plain,
    /// One JSON object per line.
    Json(Instant),
}

impl Screen {
    /// Finds out what kind of output there is.
    pub(super) fn new(json: bool) -> Self {
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
    pub(super) fn say(&self, line: impl AsRef<str>) {
        match self {
            Self::Terminal(bar) => bar.suspend(|| println!("{}", line.as_ref())),
            Self::Plain => println!("{}", line.as_ref()),
            Self::Json(_) => {}
        }
    }

    /// An event for programs; nothing for people.
    pub(super) fn event(&self, mut event: serde_json::Value) {
        if let Self::Json(start) = self {
            event["t_ms"] = json!(start.elapsed().as_millis() as u64);
            println!("{event}");
        }
    }

    /// A seat came to another place.
    pub(super) fn arrival(&self, seat: u16, delegation: &str, before: Stage, now: Stage) {
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
    pub(super) fn status(&self, text: String) {
        if let Self::Terminal(bar) = self {
            bar.set_message(text);
        }
    }

    /// No more redrawing.
    pub(super) fn finish(&self) {
        if let Self::Terminal(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// What is said first: the call, and the links in a frame each.
pub(super) fn opening(scenario: &Scenario, host: &str, free: Option<&str>) -> String {
    let info = &scenario.verified.info;
    let mut text = format!(
        "\n{} (rehearsal)\n{} delegations; {} seats are played by this program and wait in the antechamber.\n\
         Sealed end to end: this server passes on what it cannot open.\n",
        info.title,
        scenario.verified.delegations.len(),
        scenario.cast.len()
    );
    text += &framed("The host's link", &scenario.describe(&scenario.host), host);
    if let (Some(seat), Some(link)) = (&scenario.free, free) {
        text += &framed(
            "The free seat's link, for a second person",
            &scenario.describe(seat),
            link,
        );
    }
    text += "\nOpen the host's link, enter, and admit those who wait. Ctrl-C here ends the rehearsal.\n";
    text
}

/// A link between two rules: a box at its sides would be copied with it.
fn framed(what: &str, who: &str, link: &str) -> String {
    let rule = "─".repeat(78);
    format!("\n{rule}\n{what} ({who})\n\n{link}\n{rule}\n")
}

/// What somebody at another machine needs to know, with the link to photograph.
pub(super) fn lan(fingerprint: &str, link: &str) -> String {
    let mut text = format!(
        "\nOther machines will warn that the connection is not private: this server made its\n\
         certificate itself. Go on only if the browser shows this SHA-256 fingerprint:\n\n{}\n",
        wrapped(fingerprint)
    );
    if let Ok(code) = QrCode::with_error_correction_level(link, EcLevel::L) {
        let picture = code
            .render::<unicode::Dense1x2>()
            .dark_color(unicode::Dense1x2::Light)
            .light_color(unicode::Dense1x2::Dark)
            .build();
        text += &format!("\nThe free seat's link for a phone's camera:\n\n{picture}\n");
    }
    text
}

/// Sixteen bytes a line.
fn wrapped(fingerprint: &str) -> String {
    let (first, second) = fingerprint.split_at(fingerprint.len().min(48));
    format!("  {first}\n  {second}")
}

/// Opens the host's link if this machine has a screen. `false` if it has none.
pub(super) fn open_browser(link: &str) -> bool {
    let has_screen = cfg!(target_os = "macos")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| env::var_os(name).is_some_and(|v| !v.is_empty()));
    has_screen && open::that_detached(link).is_ok()
}
