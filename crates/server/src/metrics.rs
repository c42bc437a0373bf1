//! Figures for the operator: counted where things happen, given to Prometheus on a loopback port.
//!
//! Owns every metric's name. None has a label taken from input.

use std::{net::SocketAddr, sync::OnceLock, time::Duration};

use axum::{Router, http::header::CONTENT_TYPE, routing::get};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use protocol::ErrorCode;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::media::{Media, MediaFigures, Rejection};

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// A task panicked; it ended alone.
pub(crate) fn panicked() {
    counter!("incamera_panics_total").increment(1);
}

/// An error was sent.
pub(crate) fn refused(code: ErrorCode) {
    // `Debug` of a code is its name: one of a fixed set.
    counter!("incamera_errors_total", "code" => format!("{code:?}")).increment(1);
}

/// A client was cut off because it did not read.
pub(crate) fn cut_off() {
    counter!("incamera_sessions_cut_off_total").increment(1);
}

pub(crate) fn session_started() {
    counter!("incamera_sessions_total").increment(1);
    gauge!("incamera_sessions").increment(1);
}

pub(crate) fn session_stopped() {
    gauge!("incamera_sessions").decrement(1);
}

pub(crate) fn call_started() {
    gauge!("incamera_calls_in_memory").increment(1);
}

pub(crate) fn call_stopped() {
    gauge!("incamera_calls_in_memory").decrement(1);
}

/// Changes of a call became durable.
pub(crate) fn committed(took: Duration) {
    histogram!("incamera_commit_seconds").record(took.as_secs_f64());
}

/// A line was not written to the log: too many of its kind.
pub(crate) fn log_line_left_out() {
    counter!("incamera_log_lines_left_out_total").increment(1);
}

/// A TCP connection arrived, by what it turned out to be.
pub(crate) fn connection(kind: &'static str) {
    counter!("incamera_connections_total", "kind" => kind).increment(1);
}

/// The recorder all servers of this process share. `None` if another one was installed.
pub(crate) fn install() -> Option<&'static PrometheusHandle> {
    RECORDER
        .get_or_init(|| {
            let buckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0];
            let builder = PrometheusBuilder::new().set_buckets(&buckets).ok()?;
            let handle = builder.install_recorder().ok()?;
            describe();
            counter!("incamera_panics_total").absolute(0);
            Some(handle)
        })
        .as_ref()
}

/// What each figure counts: the `# HELP` lines.
fn describe() {
    for (name, what) in COUNTERS {
        describe_counter!(*name, *what);
    }
    for (name, what) in GAUGES {
        describe_gauge!(*name, *what);
    }
    for (name, what) in HISTOGRAMS {
        describe_histogram!(*name, *what);
    }
}

const COUNTERS: &[(&str, &str)] = &[
    (
        "incamera_panics_total",
        "Mistakes in the server that ended one task or connection. Anything but 0 is a bug.",
    ),
    ("incamera_errors_total", "Errors sent to clients, by code."),
    (
        "incamera_sessions_cut_off_total",
        "Clients cut off because they did not read.",
    ),
    (
        "incamera_sessions_total",
        "Signalling connections that were made.",
    ),
    (
        "incamera_connections_total",
        "TCP connections that arrived, by what they turned out to be.",
    ),
    (
        "incamera_log_lines_left_out_total",
        "Lines not written to the log because there were too many of their kind.",
    ),
    (
        "incamera_media_datagrams_in_total",
        "Datagrams that came to the media sockets.",
    ),
    ("incamera_media_bytes_in_total", "Bytes of those."),
    (
        "incamera_media_datagrams_out_total",
        "Datagrams the media sockets sent.",
    ),
    ("incamera_media_bytes_out_total", "Bytes of those."),
    (
        "incamera_media_packets_in_total",
        "Media packets received from publishers.",
    ),
    (
        "incamera_media_packets_forwarded_total",
        "Media packets written to receivers, once for each receiver.",
    ),
    (
        "incamera_media_packets_resent_total",
        "Media packets written once more because a receiver lost them.",
    ),
    (
        "incamera_media_packets_withheld_total",
        "Media packets dropped because their sender has announced no such stream.",
    ),
    (
        "incamera_media_key_frame_requests_total",
        "Key frames asked for.",
    ),
    (
        "incamera_media_send_drops_total",
        "Datagrams the system or a slow TCP reader did not take.",
    ),
    (
        "incamera_media_handed_over_total",
        "Datagrams that came to another media thread than that of their call.",
    ),
    (
        "incamera_media_handed_over_lost_total",
        "Of those, lost because a queue was full.",
    ),
    (
        "incamera_media_panics_total",
        "Media connections ended by a mistake in the server. Anything but 0 is a bug.",
    ),
    (
        "incamera_media_rejected_total",
        "Datagrams dropped without an answer, by reason.",
    ),
];

const GAUGES: &[(&str, &str)] = &[
    ("incamera_sessions", "Signalling connections now."),
    ("incamera_calls_in_memory", "Calls in memory now."),
    ("incamera_media_peers", "Seats on the media path now."),
    ("incamera_media_connected", "Of those, connected."),
    (
        "incamera_media_tcp_connections",
        "TCP connections for media now.",
    ),
    (
        "incamera_media_cpu_seconds",
        "CPU time of the media threads.",
    ),
];

const HISTOGRAMS: &[(&str, &str)] = &[(
    "incamera_commit_seconds",
    "How long it took until changes of a call were durable.",
)];

/// Everything counted so far, as Prometheus reads it. Also for tests.
pub fn render() -> Option<String> {
    let handle = install()?;
    handle.run_upkeep();
    Some(handle.render())
}

/// Serves `GET /metrics` on an address of its own.
pub(crate) async fn serve(address: SocketAddr, media: Media) -> std::io::Result<JoinHandle<()>> {
    let listener = TcpListener::bind(address).await?;
    let page = move || {
        let media = media.clone();
        async move {
            sample(&media);
            let plain = [(CONTENT_TYPE, "text/plain; version=0.0.4")];
            (plain, render().unwrap_or_default())
        }
    };
    let router = Router::new().route("/metrics", get(page));
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "metrics stopped");
        }
    }))
}

/// The media thread keeps its own figures; they are copied when somebody asks.
fn sample(media: &Media) {
    let MediaFigures {
        sfu,
        cpu,
        tcp_connections,
        send_drops,
        handed_over,
        handed_over_lost,
    } = media.figures();
    gauge!("incamera_media_peers").set(whole(sfu.peers));
    gauge!("incamera_media_connected").set(whole(sfu.connected));
    gauge!("incamera_media_tcp_connections").set(whole(tcp_connections));
    counter!("incamera_media_datagrams_in_total").absolute(sfu.datagrams_in);
    counter!("incamera_media_bytes_in_total").absolute(sfu.bytes_in);
    counter!("incamera_media_datagrams_out_total").absolute(sfu.datagrams_out);
    counter!("incamera_media_bytes_out_total").absolute(sfu.bytes_out);
    counter!("incamera_media_packets_in_total").absolute(sfu.packets_in);
    counter!("incamera_media_packets_forwarded_total").absolute(sfu.forwarded);
    counter!("incamera_media_packets_resent_total").absolute(sfu.resent);
    counter!("incamera_media_packets_withheld_total").absolute(sfu.withheld);
    counter!("incamera_media_key_frame_requests_total").absolute(sfu.keyframe_requests);
    counter!("incamera_media_send_drops_total").absolute(send_drops);
    counter!("incamera_media_handed_over_total").absolute(handed_over);
    counter!("incamera_media_handed_over_lost_total").absolute(handed_over_lost);
    counter!("incamera_media_panics_total").absolute(sfu.panics);
    gauge!("incamera_media_cpu_seconds").set(cpu.as_secs_f64());
    for why in Rejection::ALL {
        let count = sfu.rejected_for(why);
        counter!("incamera_media_rejected_total", "why" => why.label()).absolute(count);
    }
}

/// Prometheus counts in floating point; what is counted here stays far below 2^53.
fn whole(count: u64) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    let exact = count as f64;
    exact
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every name in this file.
    fn named() -> Vec<&'static str> {
        let source = include_str!("metrics.rs");
        let (code, _) = source.split_once("#[cfg(test)]").unwrap();
        let mut names: Vec<_> = code
            .split('"')
            .filter(|word| word.starts_with("incamera_"))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    #[test]
    fn every_figure_says_what_it_is() {
        let described = COUNTERS.iter().chain(GAUGES).chain(HISTOGRAMS);
        let mut described: Vec<_> = described.map(|(name, _)| *name).collect();
        described.sort_unstable();
        assert_eq!(described, named());
        panicked_never();
        let page = render().unwrap();
        let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        for line in types {
            let name = line.split(' ').next().unwrap();
            assert!(page.contains(&format!("# HELP {name} ")), "{name}:\n{page}");
        }
    }

    fn panicked_never() {
        install();
        sample(&Media::start(crate::media::MediaConfig::default()).unwrap());
        connection("silent");
    }
}
