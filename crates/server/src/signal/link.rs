//! From an access token to a seat. Whoever tries wrong ones is soon told to wait.
//!
//! A good link always works: a whole delegation may sit behind one address, and one person there with
//! an old link must not keep the others out. Nothing is lost by it, as 256 bits cannot be guessed.

use std::{net::IpAddr, time::Instant};

use protocol::{AccessToken, CallId, ErrorCode, ErrorMessage};

use crate::{
    app::App,
    calls::{self, Handle},
    secrets,
    store::SeatLink,
};

/// Whose link the token belongs to. Wrong ones cost the address a guess.
pub(super) async fn check(
    app: &App,
    id: Option<CallId>,
    from: IpAddr,
    token: &AccessToken,
) -> Result<(Handle, SeatLink), ErrorMessage> {
    let fatally = |error: ErrorMessage| {
        ErrorMessage {
            fatal: true,
            ..error
        }
        .answering("hello")
    };
    let now = Instant::now();
    let wrong = |code, text: &str| {
        if !app.guesses.may_try(from, now) {
            let text = "Too many wrong links came from this address; try again in a minute.";
            return Err(fatally(ErrorMessage::new(ErrorCode::TooFast, text)));
        }
        app.guesses.was_wrong(from, now);
        Err(fatally(ErrorMessage::new(code, text)))
    };
    let storage = |error| fatally(calls::refused(&error));
    let unknown_call = "No call has this link on this server. Check that the link is complete, or ask who \
                        sent it.";
    let Some(id) = id else {
        return wrong(ErrorCode::UnknownCall, unknown_call);
    };
    let token = secrets::hash(token.as_bytes());
    // The link first: a stranger's must not make the server read a call and start its task.
    let Some(link) = app.store.seat_link(id, &token).await.map_err(storage)? else {
        let call = app.store.convener_of(id).await.map_err(storage)?;
        return match call {
            Some(_) => wrong(
                ErrorCode::UnknownLink,
                "This link opens no seat of this call. Check that it is complete, or ask who sent it.",
            ),
            None => wrong(ErrorCode::UnknownCall, unknown_call),
        };
    };
    match app.calls.find(id).await.map_err(storage)? {
        Some(handle) => Ok((handle, link)),
        None => wrong(ErrorCode::UnknownCall, unknown_call), // deleted in between
    }
}
