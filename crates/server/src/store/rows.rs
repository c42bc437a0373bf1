//! Calls, seats and tokens, between rows and what they mean. Records travel as JSON: their shape belongs to
//! `call`. The SQL is in the engines' `rows`.

use call::{CallRecord, Stored};
use protocol::{CallId, Sealed, SeatId, http::NewCall, shape::UnverifiedShape};
use serde::de::DeserializeOwned;

use super::{ConvenerId, StoreError, room::Room};

/// Counts what was committed of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version(pub(super) i64);

/// A call as it was last written.
pub struct StoredCall {
    /// Whose call it is.
    pub convener: ConvenerId,
    /// Which writing of it this is: what the next commit names.
    pub version: Version,
    /// All that `call` stored; the shape was checked again after reading.
    pub rows: Stored,
}

/// Whose link an access token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatLink {
    /// The seat.
    pub seat: SeatId,
    /// Number of the link. Whether the seat has a newer one is for `call` to say.
    pub link: u32,
    /// The grant it opens; absent once the call is adjourned.
    pub grant: Option<Sealed>,
}

impl Version {
    /// What a call begins with.
    pub const FIRST: Self = Self(1);

    /// The next one.
    pub(super) const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// Convener, version, when convened, shape, plan, record.
pub(super) type CallRow = (i64, i64, i64, String, Option<String>, Option<String>);

/// A call without its log, from its row and its seats' records.
pub(super) fn stored_call(
    id: CallId,
    (convener, version, convened_at, shape, plan, record): CallRow,
    seats: &[(String,)],
) -> Result<StoredCall, StoreError> {
    let shape: UnverifiedShape = parse(&shape, "shape")?;
    let record = record.map(|text| parse(&text, "call")).transpose()?;
    let record: CallRecord = record.unwrap_or_default(); // a call nobody touched yet has none
    let plan = sealed(plan, "plan")?;
    if plan.is_none() != record.adjourned_at.is_some() {
        return Err(StoreError::Damaged("plan"));
    }
    let seats = seats.iter().map(|(record,)| parse(record, "seat"));
    Ok(StoredCall {
        convener: ConvenerId(convener),
        version: Version(version),
        rows: Stored {
            shape: shape.verify(id).map_err(|_| StoreError::Damaged("shape"))?,
            plan,
            convened_at: convened_at.cast_unsigned(),
            record,
            seats: seats.collect::<Result<_, StoreError>>()?,
            entries: Vec::new(),
        },
    })
}

/// Seat, link, grant.
pub(super) type LinkRow = (i64, i64, Option<String>);

pub(super) fn seat_link((seat, link, grant): LinkRow) -> Result<SeatLink, StoreError> {
    let damaged = |_| StoreError::Damaged("link");
    Ok(SeatLink {
        seat: SeatId(u16::try_from(seat).map_err(damaged)?),
        link: u32::try_from(link).map_err(damaged)?,
        grant: sealed(grant, "grant")?,
    })
}

pub(super) fn call_ids(rows: Vec<(String,)>) -> Result<Vec<CallId>, StoreError> {
    let damaged = |_| StoreError::Damaged("call id");
    let ids = rows.into_iter().map(|(id,)| id.parse().map_err(damaged));
    ids.collect()
}

/// What a new call takes.
pub(super) fn room_of(new: &NewCall, shape: &str) -> Room {
    let grants = new.tokens.iter().map(|token| token.grant.text_len());
    let bytes = shape.len() + new.plan.text_len() + grants.sum::<usize>();
    Room {
        calls: 1,
        bytes: bytes as u64,
    }
}

fn sealed(text: Option<String>, what: &'static str) -> Result<Option<Sealed>, StoreError> {
    let read = |text: String| Sealed::from_text(&text).ok_or(StoreError::Damaged(what));
    text.map(read).transpose()
}

fn parse<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged(what))
}

pub(super) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("rows are plain structs and maps with string keys")
}
