//! What a demo says to people at its beginning: framed links, warnings.

use std::env;

use qrcode::{EcLevel, QrCode, render::unicode};

use crate::scenario::Scenario;

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
