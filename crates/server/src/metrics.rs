//! Figures for the operator: counted where things happen, given to Prometheus on a loopback port.
//!
//! Owns every metric's name. None has a label taken from input.

use std::{net::SocketAddr, sync::OnceLock, time::Duration};

use axum::{Router, http::header::CONTENT_TYPE, routing::get};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use protocol::ErrorCode;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::media::Media;

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
            counter!("incamera_panics_total").absolute(0);
            Some(handle)
        })
        .as_ref()
}

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
    let figures = media.figures();
    let _ = figures;
}
