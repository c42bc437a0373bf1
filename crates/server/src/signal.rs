//! One WebSocket is one session: `hello`, then messages both ways until either side ends it.
//!
//! Owns what must hold before a message reaches a call: size, rate, order, a good access token. The
//! connection's state is this task's local variables; nothing another session does can block it. What
//! the messages mean is `call`'s; `docs/protocol.md` describes them.

mod backlog;
mod budget;
mod link;
mod session;

use std::{
    net::{IpAddr, SocketAddr},
    panic::AssertUnwindSafe,
};

use axum::{
    Extension,
    extract::{ConnectInfo, Path, State, WebSocketUpgrade},
    response::Response,
};
use futures_util::FutureExt as _;
use protocol::{CallId, limits};

use crate::{
    app::App,
    listen::{Place, Ration},
    metrics as figures,
};
use session::Session;

/// Held by every connection for as long as it lives, and cleared before each read. Nearly all messages
/// fit; longer ones take more reads.
const READ_BUFFER_BYTES: usize = 8 * 1024;
/// Longest message that is read at all: beyond the limit, so that one a little too long is answered
/// rather than cut off. A member's connection can make the server hold this much.
const READ_MESSAGE_BYTES_MAX: usize = limits::MESSAGE_BYTES_MAX + limits::SMALL_MESSAGE_BYTES_MAX;
/// Bytes that are read of a stranger, until a link was found good. More than `hello` needs, for the same
/// reason.
const READ_BEFORE_HELLO_BYTES_MAX: usize = 2 * limits::SMALL_MESSAGE_BYTES_MAX;

/// `GET /api/calls/{id}/signal`. Even an unknown call gets its WebSocket: a browser can read an
/// `error` message, but not the status of a refused upgrade. Pages of any origin may open one: it is
/// worth nothing without the access token, which no browser adds by itself.
pub(crate) async fn upgrade(
    State(app): State<App>,
    Path(id): Path<String>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Extension(place): Extension<Place>,
    Extension(ration): Extension<Ration>,
    socket: WebSocketUpgrade,
) -> Response {
    let id = id.parse().ok();
    ration.limit(READ_BEFORE_HELLO_BYTES_MAX);
    socket
        .max_message_size(READ_MESSAGE_BYTES_MAX)
        .max_frame_size(READ_MESSAGE_BYTES_MAX)
        .read_buffer_size(READ_BUFFER_BYTES)
        .on_upgrade(move |socket| async move {
            run(app, id, from.ip(), Session::new(socket, ration), &place).await;
            drop(place);
        })
}

/// A panic ends this session only, and is counted.
async fn run(app: App, id: Option<CallId>, from: IpAddr, session: Session, place: &Place) {
    if app.is_stopping() {
        return session.refuse_stopping().await;
    }
    let Ok(_permit) = app.sessions.clone().try_acquire_owned() else {
        return session.refuse_full().await;
    };
    figures::session_started();
    let call = AssertUnwindSafe(converse(app, id, from, session, place)).catch_unwind();
    if call.await.is_err() {
        figures::panicked();
    }
    figures::session_stopped();
}

async fn converse(app: App, id: Option<CallId>, from: IpAddr, mut session: Session, place: &Place) {
    let opened = tokio::select! {
        opened = session.open(&app, id, from) => opened,
        () = place.given_away() => return,
    };
    match opened {
        Ok(seated) => {
            place.prove();
            session.converse(seated).await;
        }
        Err(end) => session.end(end).await,
    }
}
