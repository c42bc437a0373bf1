//! The routes of this server, and what a request needs before it reaches one.

mod api;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header::HeaderName},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get, post, put},
};
use protocol::{ErrorCode, ErrorMessage, limits};

use crate::{
    app::App,
    assets,
    headers::{self, Transport},
    signal,
};

/// Everything reachable by HTTP.
pub(crate) fn router(app: App, transport: Transport) -> Router {
    let api = Router::new()
        .route("/calls", post(api::convene).get(api::list))
        .route("/calls/{id}", get(api::detail).delete(api::delete))
        .route("/calls/{id}/end", post(api::end))
        .route("/calls/{id}/seats/{seat}/link", put(api::relink))
        .route("/calls/{id}/signal", any(signal::upgrade))
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX));
    Router::new()
        .nest("/api", api)
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .with_state(app)
        .merge(assets::router())
        .fallback(nothing_here)
        .layer(middleware::from_fn_with_state(transport, headers::add))
}

/// An error as a response.
pub(crate) struct Refusal(ErrorMessage);

impl From<ErrorMessage> for Refusal {
    fn from(error: ErrorMessage) -> Self {
        Self(error)
    }
}

impl Refusal {
    pub(crate) fn new(code: ErrorCode, text: impl Into<String>) -> Self {
        Self(ErrorMessage::new(code, text))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code.http_status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        crate::metrics::refused(self.0.code);
        (status, Json(self.0)).into_response()
    }
}

/// This process lives and serves. Nothing else: a supervisor that restarts it for more than that
/// would end the calls it should keep.
async fn health() -> &'static str {
    "alive\n"
}

/// New calls and seats are welcome: what they do can be stored, and no stop has begun.
async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.is_stopping() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n")
    } else if app.store.can_write().await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "nothing can be stored\n")
    }
}

async fn nothing_here() -> impl IntoResponse {
    let plain = [(
        HeaderName::from_static("content-type"),
        "text/plain; charset=utf-8",
    )];
    (
        StatusCode::NOT_FOUND,
        plain,
        "There is nothing at this address.\n",
    )
}
