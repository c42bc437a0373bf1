//! The report as one HTML page with plots, without anything from elsewhere.

use std::fmt::Write as _;

use crate::{
    report::{Report, SHOWN, ShapeReport, shown},
    stats::Spread,
};

/// Figures that are drawn.
const DRAWN: [&str; 4] = [
    "cpu_us_per_packet",
    "delay_us_p50",
    "delay_us_p99",
    "memory_kib_per_seat",
];
const WIDTH: f64 = 640.0;
const LABELS: f64 = 110.0;
const NUMBERS: f64 = 150.0;
const ROW: f64 = 26.0;

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
color:#1b2530;background:#fff}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
th,td{text-align:right;padding:.25rem .5rem;border-bottom:1px solid #d8dee4}th:first-child,td:first-child\
{text-align:left}.note{background:#fff4d6;padding:.5rem .75rem}svg text{font:13px system-ui,sans-serif;\
fill:#1b2530}figure{margin:1rem 0}figcaption{font-weight:600}";

/// The page.
pub(crate) fn page(report: &Report) -> String {
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Incamera beside others</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style>\
         <h1>Incamera beside others</h1>"
    );
    if !report.for_publication {
        out += "<p class=\"note\">Few or short runs: not for publication.</p>";
    }
    let machine = &report.machine;
    let _ = write!(
        out,
        "<p>{} runs of {} s each, servers in turn. {}, {} cores, Linux {}; load averages at the end {}.</p>",
        report.runs,
        report.window_s,
        escape(&machine.processor),
        machine.cores,
        escape(&machine.kernel),
        escape(&machine.load)
    );
    report
        .shapes
        .iter()
        .for_each(|shape| out += &section(shape));
    for skipped in &report.skipped {
        let (server, why) = (escape(&skipped.server), escape(&skipped.why));
        let _ = write!(out, "<p>{server} was not measured: {why}.</p>");
    }
    out
}

fn section(shape: &ShapeReport) -> String {
    let mut out = format!(
        "<h2>{}</h2><p>{}; {:.0} packets a second to receivers.</p>",
        escape(shape.shape),
        escape(shape.about),
        shape.packets_per_second
    );
    if !shape.ratio.is_empty() {
        let ratios = shape
            .ratio
            .iter()
            .map(|(peer, ratio)| format!("{ratio:.2} of {peer}"));
        let ratios = ratios.collect::<Vec<_>>().join(", ");
        let _ = write!(out, "<p>CPU per packet of Incamera: {ratios}.</p>");
    }
    for (name, words, decimals) in SHOWN {
        if DRAWN.contains(&name) {
            out += &plot(shape, name, words, decimals);
        }
    }
    out += "<table><tr><th>least / middle / greatest</th>";
    for server in &shape.servers {
        let _ = write!(out, "<th>{}</th>", escape(server.server));
    }
    out += "</tr>";
    for (name, words, decimals) in SHOWN {
        let _ = write!(out, "<tr><td>{words}</td>");
        for server in &shape.servers {
            let text = server
                .figures
                .get(name)
                .map(|spread| shown(spread, decimals));
            let _ = write!(out, "<td>{}</td>", text.unwrap_or_default());
        }
        out += "</tr>";
    }
    out += "</table>";
    for server in &shape.servers {
        for why in &server.invalid {
            let (name, why) = (escape(server.server), escape(why));
            let _ = write!(out, "<p>A run of {name} does not count: {why}.</p>");
        }
    }
    out
}

/// Bars to the middle, with a line from the least to the greatest.
fn plot(shape: &ShapeReport, name: &str, words: &str, decimals: usize) -> String {
    let servers = shape.servers.iter();
    let rows: Vec<(&str, &Spread)> = servers
        .filter_map(|server| Some((server.server, server.figures.get(name)?)))
        .collect();
    let greatest = rows
        .iter()
        .map(|(_, spread)| spread.max)
        .fold(0.0, f64::max);
    if greatest <= 0.0 {
        return String::new();
    }
    let height = ROW * rows.len() as f64;
    let x = |value: f64| LABELS + (WIDTH - LABELS - NUMBERS) * value / greatest;
    let mut out = format!(
        "<figure><figcaption>{words}</figcaption><svg viewBox=\"0 0 {WIDTH} {height}\" width=\"100%\" \
         role=\"img\" aria-label=\"{words}\">"
    );
    for (index, (server, spread)) in rows.iter().enumerate() {
        let top = ROW * index as f64;
        let (middle, text) = (top + ROW / 2.0, top + ROW / 2.0 + 4.5);
        let colour = if *server == "incamera" {
            "#1f5fa8"
        } else {
            "#9aa7b4"
        };
        let Spread { min, median, max } = **spread;
        let _ = write!(
            out,
            "<text x=\"0\" y=\"{text:.1}\">{}</text>\
             <rect x=\"{LABELS}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>\
             <line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{middle:.1}\" y2=\"{middle:.1}\" stroke=\"#1b2530\"/>\
             <text x=\"{:.1}\" y=\"{text:.1}\">{median:.decimals$}</text>",
            escape(server),
            top + 4.0,
            x(median.max(0.0)) - LABELS,
            ROW - 8.0,
            x(min.max(0.0)),
            x(max),
            x(max) + 8.0
        );
    }
    out + "</svg></figure>"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_said_cannot_become_markup() {
        assert_eq!(escape("<b>&"), "&lt;b&gt;&amp;");
    }
}
