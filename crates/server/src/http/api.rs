//! The convener's interface: convene, list, look, end, delete, give a seat a new link.
//!
//! A convener sees the calls convened with the own key, and no others; the command line on the
//! server's machine sees all. A call that is not theirs is told apart from none by nobody.

use std::{net::SocketAddr, time::Instant};

use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, FromRequestParts, Path, State, rejection::BytesRejection},
    http::{StatusCode, header::AUTHORIZATION, request::Parts},
};
use protocol::{
    CallId, ErrorCode, Sealed, SeatId,
    http::{CallDetail, CallSummary, NewCall, SeatToken},
    limits,
    shape::VerifiedShape,
};
use serde::{Serialize, de::DeserializeOwned};

use super::Refusal;
use crate::{
    app::App,
    calls::{self, Act},
    store::{self, ConvenerId, ConvenerKind},
};

/// Who asks. Holding one means that the convener key was good.
pub(super) struct Convener(store::Convener);

/// `GET /api/calls`.
#[derive(Serialize)]
pub(super) struct CallList {
    calls: Vec<CallSummary>,
}

impl Convener {
    /// Whose calls it may see; `None`: everybody's.
    fn scope(&self) -> Option<ConvenerId> {
        match self.0.kind {
            ConvenerKind::Operator => None,
            ConvenerKind::Person => Some(self.0.id),
        }
    }
}

impl FromRequestParts<App> for Convener {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let ConnectInfo(from) = ConnectInfo::<SocketAddr>::from_request_parts(parts, app)
            .await
            .map_err(|_| Refusal::new(ErrorCode::Internal, "The connection has no address."))?;
        let now = Instant::now();
        if !app.guesses.may_try(from.ip(), now) {
            let text = "Too many wrong keys came from this address; try again in a minute.";
            return Err(Refusal::new(ErrorCode::TooFast, text));
        }
        let key = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(str::trim);
        let Some(key) = key else {
            let text = "A convener key is needed: `Authorization: Bearer <key>`. \
                        The operator makes one with `incamera convener add NAME`.";
            return Err(Refusal::new(ErrorCode::BadConvenerKey, text));
        };
        let found = app.store.convener_by_key(key).await;
        match found.map_err(|error| calls::refused(&error))? {
            Some(convener) => Ok(Self(convener)),
            None => {
                app.guesses.was_wrong(from.ip(), now);
                let text = "This convener key is unknown here. Check that it is complete, or ask the \
                            operator for a new one.";
                Err(Refusal::new(ErrorCode::BadConvenerKey, text))
            }
        }
    }
}

pub(super) async fn convene(
    State(app): State<App>,
    convener: Convener,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<CallDetail>), Refusal> {
    let new: NewCall = parse(body)?;
    let shape = new
        .shape
        .verify(new.id)
        .map_err(|error| Refusal::new(ErrorCode::BadPlan, format!("The call's shape: {error}.")))?;
    check_length(&new.plan, limits::SEALED_PLAN_CHARS_MAX, "sealed plan")?;
    check_tokens(&shape, &new.tokens)?;
    let seats = shape.seats.len();
    let convened = app.calls.convene(&new, shape, convener.0.id).await;
    let detail = convened.map_err(|error| calls::refused(&error))?;
    tracing::info!(call = ?new.id, seats, "call convened");
    Ok((StatusCode::CREATED, Json(detail)))
}

pub(super) async fn list(
    State(app): State<App>,
    convener: Convener,
) -> Result<Json<CallList>, Refusal> {
    let details = app.calls.list(convener.scope()).await?;
    let calls = details.into_iter().map(|detail| detail.summary).collect();
    Ok(Json(CallList { calls }))
}

pub(super) async fn detail(
    State(app): State<App>,
    convener: Convener,
    Path(id): Path<String>,
) -> Result<Json<CallDetail>, Refusal> {
    let detail = app.calls.detail(call_id(&id)?, convener.scope()).await?;
    Ok(Json(detail.ok_or_else(unknown_call)?))
}

pub(super) async fn end(
    State(app): State<App>,
    convener: Convener,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    act(&app, &convener, &id, Act::End).await
}

pub(super) async fn delete(
    State(app): State<App>,
    convener: Convener,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    act(&app, &convener, &id, Act::Delete).await
}

pub(super) async fn relink(
    State(app): State<App>,
    convener: Convener,
    Path((id, seat)): Path<(String, u16)>,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refusal> {
    let token: SeatToken = parse(body)?;
    if token.seat != SeatId(seat) {
        let text = "The seat in the address and the seat of the token differ.";
        return Err(Refusal::new(ErrorCode::BadMessage, text));
    }
    check_grant(&token)?;
    act(&app, &convener, &id, Act::Relink(token)).await
}

async fn act(app: &App, convener: &Convener, id: &str, act: Act) -> Result<StatusCode, Refusal> {
    let done = app.calls.act(call_id(id)?, convener.scope(), act).await?;
    done.map(|()| StatusCode::NO_CONTENT)
        .ok_or_else(unknown_call)
}

/// One token for every seat, in order, for the first link of each.
fn check_tokens(shape: &VerifiedShape, tokens: &[SeatToken]) -> Result<(), Refusal> {
    let in_order = tokens
        .iter()
        .map(|token| token.seat)
        .eq(shape.seats.iter().map(|seat| seat.id));
    if !in_order || tokens.iter().any(|token| token.link != 1) {
        let text =
            "`tokens` must have one token for each seat, in the order of seats, each with link 1.";
        return Err(Refusal::new(ErrorCode::BadMessage, text));
    }
    tokens.iter().try_for_each(check_grant)
}

fn check_grant(token: &SeatToken) -> Result<(), Refusal> {
    check_length(&token.grant, limits::GRANT_CHARS_MAX, "sealed grant")
}

fn check_length(sealed: &Sealed, max: usize, what: &str) -> Result<(), Refusal> {
    if sealed.text_len() > max {
        let text = format!("A {what} is longer than {max} characters.");
        return Err(Refusal::new(ErrorCode::TooLarge, text));
    }
    Ok(())
}

fn parse<T: DeserializeOwned>(body: Result<Bytes, BytesRejection>) -> Result<T, Refusal> {
    let body = body.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let text = format!("The body is longer than {} bytes.", limits::BODY_BYTES_MAX);
            Refusal::new(ErrorCode::TooLarge, text)
        } else {
            Refusal::new(ErrorCode::BadMessage, "The body did not arrive whole.")
        }
    })?;
    serde_json::from_slice(&body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let text = format!("The body is not what is expected here (line {line} column {column}).");
        Refusal::new(ErrorCode::BadMessage, text)
    })
}

fn call_id(text: &str) -> Result<CallId, Refusal> {
    text.parse().map_err(|_| unknown_call())
}

fn unknown_call() -> Refusal {
    Refusal::new(
        ErrorCode::UnknownCall,
        "There is no such call, or it is another convener's.",
    )
}
