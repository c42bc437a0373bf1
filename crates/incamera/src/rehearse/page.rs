//! The result as one HTML file that needs nothing else: no script, no foreign origin; for light and dark
//! screens, and for print.

use std::fmt::Write as _;

use super::{
    figures::{SeatFigures, recovery, share},
    outcome::{Outcome, maybe},
    plot::{Plot, clock, round_up},
    watch::Second,
};

/// Faults that are told at once; a call that went wrong has one for every seat.
const FAULTS_SHOWN: usize = 12;

const STYLE: &str = include_str!("page.css");

/// The whole page, one part for each call.
pub(super) fn page(outcomes: &[Outcome]) -> String {
    let title = outcomes.first().map_or("", |o| o.played.title.as_str());
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Rehearsal: {}</title><style>{STYLE}</style></head><body>\n",
        escape(title)
    );
    for outcome in outcomes {
        call(&mut html, outcome);
    }
    html + "</body></html>\n"
}

fn call(html: &mut String, outcome: &Outcome) {
    let played = &outcome.played;
    let format = if played.video { "video" } else { "voice" };
    let (class, verdict) = match (outcome.ok(), played.interrupted) {
        (true, _) => ("pass", "Pass: it would have been a good call."),
        (false, true) => ("fail", "Fail: ended before its time."),
        (false, false) => ("fail", "Fail: not a good call."),
    };
    let _ = write!(
        html,
        "<main><h1>{}</h1><p class=\"facts\">Rehearsal, {format}, {} seats, {} played, seed {}.</p>\
         <p class=\"verdict {class}\">{verdict}</p>",
        escape(&played.title),
        played.places.len(),
        clock(played.seconds as f32),
        played.seed
    );
    if let Some(doubt) = outcome.doubt() {
        let _ = write!(html, "<p class=\"note\">{doubt}</p>");
    }
    let (first, more) = outcome
        .faults
        .split_at(outcome.faults.len().min(FAULTS_SHOWN));
    faults(html, first);
    if !more.is_empty() {
        let _ = write!(html, "<details><summary>{} more</summary>", more.len());
        faults(html, more);
        html.push_str("</details>");
    }
    overview(html, outcome);
    seats(html, outcome);
    curves(html, outcome);
    happened(html, outcome);
    notes(html, outcome);
    html.push_str("</main>\n");
}

fn faults(html: &mut String, faults: &[String]) {
    if !faults.is_empty() {
        let items = faults.iter();
        let items: String = items.map(|f| format!("<li>{}</li>", escape(f))).collect();
        let _ = write!(html, "<ul class=\"faults\">{items}</ul>");
    }
}

/// All seats together.
fn overview(html: &mut String, outcome: &Outcome) {
    let all = outcome.played.watch.own.values();
    let mut seconds: Vec<(f32, Vec<Second>)> = Vec::new();
    for second in all.flat_map(|own| &own.seconds) {
        match seconds
            .iter_mut()
            .find(|(at, _)| (at - second.at).abs() < 0.25)
        {
            Some((_, same)) => same.push(*second),
            None => seconds.push((second.at, vec![*second])),
        }
    }
    seconds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mean = |values: Vec<f32>| {
        let count = values.len() as f32;
        (count > 0.0).then(|| values.iter().sum::<f32>() / count)
    };
    let lost = |s: &[Second]| mean(s.iter().map(|s| s.lost * 100.0).collect());
    let delay = |s: &[Second]| mean(s.iter().filter_map(|s| s.delay_ms).collect());
    type Of<'a> = &'a dyn Fn(&[Second]) -> Option<f32>;
    let kinds: [(&str, &str, &str, Of<'_>, f32); 2] = [
        (
            "lost",
            "Frames that never came, mean of all seats",
            "%",
            &lost,
            1.0,
        ),
        (
            "delay",
            "Delay of pictures from sender to receiver, mean of all seats",
            " ms",
            &delay,
            10.0,
        ),
    ];
    html.push_str("<h2>The call</h2>");
    for (class, caption, unit, of, least) in kinds {
        let values: Vec<_> = seconds.iter().map(|(at, s)| (*at, of(s))).collect();
        if values.iter().all(|(_, value)| value.is_none()) {
            continue;
        }
        let top = round_up(greatest(&values), least);
        let plot = Plot {
            width: 1100.0,
            height: 150.0,
            seconds: outcome.played.seconds as f32,
            top,
            class,
            label: caption.to_owned(),
            bands: &bands(outcome, None),
            axes: Some(unit),
        };
        let svg = plot.draw(&values);
        let _ = write!(
            html,
            "<figure><figcaption>{caption}</figcaption>{svg}</figure>"
        );
    }
}

fn seats(html: &mut String, outcome: &Outcome) {
    html.push_str(
        "<h2>Seats</h2><div class=\"wide\"><table><thead><tr><th>Delegation</th><th class=\"text\">Network</th>\
         <th>First frame<br>ms</th><th>Voices lost<br>%</th><th>Pictures lost<br>%</th><th>late<br>%</th>\
         <th>Longest freeze<br>ms</th><th>Delay<br>p50 / p95 ms</th><th>Back after<br>ms</th><th>Verified</th>\
         <th>Refused</th><th>Up / down<br>kB/s</th></tr></thead><tbody>",
    );
    for seat in &outcome.seats {
        row(html, outcome, seat);
    }
    html.push_str("</tbody></table></div>");
}

fn row(html: &mut String, outcome: &Outcome, seat: &SeatFigures) {
    let rate = |bytes: u64| bytes as f64 / 1000.0 / outcome.played.seconds.max(1.0);
    let class = if seat.faults.is_empty() {
        ""
    } else {
        " class=\"fail\""
    };
    let delay = seat.delay_ms.as_ref();
    let delay = delay.map_or("-".to_owned(), |d| format!("{:.0} / {:.0}", d.p50, d.p95));
    let still = if outcome.played.video {
        seat.longest_freeze_ms
    } else {
        seat.longest_silence_ms
    };
    let tcp = if seat.by_tcp { " (by TCP)" } else { "" };
    let _ = write!(
        html,
        "<tr{class}><td>{}</td><td class=\"text\">{}{tcp}</td><td>{}</td><td>{:.1}</td><td>{:.1}</td>\
         <td>{:.1}</td><td>{still}</td><td>{delay}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.0} / {:.0}</td></tr>",
        escape(&seat.delegation),
        seat.network,
        maybe(seat.first_frame_ms),
        share(seat.voices.lost, seat.voices.received),
        share(seat.pictures.missed, seat.pictures.received),
        share(seat.pictures.late, seat.pictures.in_time()),
        maybe(seat.recovery_ms),
        seat.verified.len(),
        seat.frames_refused,
        rate(seat.bytes.media_up + seat.bytes.signal_up),
        rate(seat.bytes.media_down + seat.bytes.signal_down)
    );
}

/// A row of small curves for each seat.
fn curves(html: &mut String, outcome: &Outcome) {
    let own = &outcome.played.watch.own;
    type Of = fn(&Second) -> Option<f32>;
    let kinds: [(&str, &str, Of, f32); 3] = [
        ("lost", "Lost", |s| Some(s.lost * 100.0), 1.0),
        ("delay", "Delay", |s| s.delay_ms, 10.0),
        ("pictures", "Pictures a second", |s| Some(s.pictures), 10.0),
    ];
    let kinds = &kinds[..if outcome.played.video { 3 } else { 1 }];
    let all = |of: Of| {
        own.values()
            .flat_map(move |own| own.seconds.iter().map(move |s| (s.at, of(s))))
    };
    let tops: Vec<f32> = kinds
        .iter()
        .map(|(_, _, of, least)| round_up(greatest(&all(*of).collect::<Vec<_>>()), *least))
        .collect();
    html.push_str("<h2>Over time</h2><div class=\"wide\"><table><thead><tr><th>Delegation</th>");
    for ((_, name, _, _), top) in kinds.iter().zip(&tops) {
        let unit = match *name {
            "Lost" => " %",
            "Delay" => " ms",
            _ => "",
        };
        let _ = write!(html, "<th class=\"text\">{name}, 0 to {top:.0}{unit}</th>");
    }
    html.push_str("</tr></thead><tbody>");
    for seat in &outcome.seats {
        let name = escape(&seat.delegation);
        let _ = write!(html, "<tr><td>{name}</td>");
        for ((class, what, of, _), top) in kinds.iter().zip(&tops) {
            let seconds = own.get(&seat.seat).map_or(&[][..], |own| &own.seconds);
            let values: Vec<_> = seconds.iter().map(|s| (s.at, of(s))).collect();
            let plot = Plot {
                width: 300.0,
                height: 36.0,
                seconds: outcome.played.seconds as f32,
                top: *top,
                class,
                label: format!("{what}, {}", seat.delegation),
                bands: &bands(outcome, Some(seat.seat)),
                axes: None,
            };
            let _ = write!(html, "<td class=\"curve\">{}</td>", plot.draw(&values));
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table></div>");
}

/// What was planned, and how long it took to come back.
fn happened(html: &mut String, outcome: &Outcome) {
    let moments = &outcome.played.moments;
    if !moments.is_empty() {
        html.push_str("<h2>What happened</h2><ol class=\"moments\">");
        for (at, what) in moments {
            let _ = write!(html, "<li>{} {}</li>", clock(*at as f32), escape(what));
        }
        html.push_str("</ol>");
    }
    let incidents = &outcome.played.watch.incidents;
    if incidents.is_empty() {
        return;
    }
    html.push_str(
        "<h2>Incidents</h2><table><thead><tr><th>Seat</th><th class=\"text\">What</th><th>Away, ms</th>\
         <th>All frames again after, ms</th></tr></thead><tbody>",
    );
    for incident in incidents {
        let seat = outcome.seats.iter().find(|s| s.seat == incident.seat);
        let _ = write!(
            html,
            "<tr><td>{}</td><td class=\"text\">{}</td><td>{}</td><td>{}</td></tr>",
            escape(seat.map_or("", |seat| &seat.delegation)),
            incident.kind,
            maybe(incident.back_ms.map(|back| back - incident.from_ms)),
            maybe(recovery(incident))
        );
    }
    html.push_str("</tbody></table>");
}

fn notes(html: &mut String, outcome: &Outcome) {
    let _ = write!(
        html,
        "<h2>How it was counted</h2><p class=\"note\">{} Lost are frames that never came, and pictures that \
         could not be shown because one before them did not; late are pictures that came over 0.3 s later \
         than the fastest. What an incident explains (tinted in the curves) is in the curves, not in the \
         table.</p>",
        escape(&outcome.how())
    );
    if let Some(bytes) = outcome.played.memory_bytes {
        let _ = write!(
            html,
            "<p class=\"note\">Memory at the end: {:.0} MB ({}).</p>",
            bytes as f64 / 1e6,
            outcome.memory_of()
        );
    }
}

/// Times of incidents, in seconds since the start.
fn bands(outcome: &Outcome, seat: Option<u16>) -> Vec<(f32, f32)> {
    let played = &outcome.played;
    let incidents = played.watch.incidents.iter();
    let of = incidents.filter(|incident| seat.is_none_or(|seat| incident.seat == seat));
    let second = |ms: u64| (ms.saturating_sub(played.started_ms)) as f32 / 1000.0;
    of.map(|incident| {
        let back = incident.back_ms.unwrap_or(incident.from_ms) + incident.recovery_ms;
        (second(incident.from_ms), second(back))
    })
    .collect()
}

fn greatest(values: &[(f32, Option<f32>)]) -> f32 {
    let values = values.iter().filter_map(|(_, value)| *value);
    values.max_by(f32::total_cmp).unwrap_or(0.0)
}

/// Text for HTML, in elements and attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
