//! What the convener's page needs: new calls, links, the plan it sealed.

use protocol::{Sealed, plan::UnverifiedPlan};
use sealed::{
    convene,
    link::{CallSecret, Link, LinkKey},
};
use wasm_bindgen::prelude::*;

use crate::{Problem, call, from_json, json, link, seat, secret};

/// One seat's link.
#[wasm_bindgen(getter_with_clone)]
pub struct SeatLink {
    /// The seat.
    #[wasm_bindgen(readonly)]
    pub seat: u16,
    /// Number of this link.
    #[wasm_bindgen(readonly)]
    pub link: u32,
    /// The part after `#`.
    #[wasm_bindgen(readonly)]
    pub fragment: String,
}

/// A new call id, 26 characters.
#[wasm_bindgen]
pub fn new_call_id() -> Result<String, Problem> {
    let id = link::new_call_id().map_err(|_| Problem::NoRandomness)?;
    Ok(id.to_string())
}

/// A new call secret, 43 characters.
#[wasm_bindgen]
pub fn new_call_secret() -> Result<String, Problem> {
    let secret = CallSecret::generate().map_err(|_| Problem::NoRandomness)?;
    Ok(secret.expose())
}

/// The body of `POST /api/calls` (JSON) for a plan (JSON).
#[wasm_bindgen]
pub fn new_call(call_secret: &str, call_id: &str, plan: &str, now: f64) -> Result<String, Problem> {
    let plan: UnverifiedPlan = from_json(plan)?;
    let id = call(call_id)?;
    json(&convene::new_call(
        &secret(call_secret)?,
        &plan,
        id,
        now as u64,
    )?)
}

/// The body of `PUT …/seats/{seat}/link` (JSON): a new link for a seat of this plan (JSON).
#[wasm_bindgen]
pub fn seat_token(
    call_secret: &str,
    call_id: &str,
    plan: &str,
    seat_number: u16,
    link: u32,
    now: f64,
) -> Result<String, Problem> {
    let plan: UnverifiedPlan = from_json(plan)?;
    let plan = plan.verify(call(call_id)?).map_err(|_| Problem::Plan)?;
    let secret = secret(call_secret)?;
    json(&convene::seat_token(
        &secret,
        &plan,
        seat(seat_number)?,
        link,
        now as u64,
    )?)
}

/// The plan (JSON) that was sealed for the call.
#[wasm_bindgen]
pub fn open_plan(call_secret: &str, call_id: &str, sealed: &str) -> Result<String, Problem> {
    let sealed = Sealed::from_text(sealed).ok_or(Problem::Json)?;
    let plan = convene::open_plan(&secret(call_secret)?, call(call_id)?, &sealed);
    json(&plan.map_err(Problem::Open)?)
}

/// The links of `seats[i]` under link number `links[i]`.
#[wasm_bindgen]
pub fn seat_links(
    call_secret: &str,
    call_id: &str,
    seats: &[u16],
    links: &[u32],
) -> Result<Vec<SeatLink>, Problem> {
    let (secret, call) = (secret(call_secret)?, call(call_id)?);
    if seats.len() != links.len() || seats.contains(&0) || links.contains(&0) {
        return Err(Problem::Seats);
    }
    let link = |(&seat_number, &number): (&u16, &u32)| {
        let key = LinkKey::Seat(secret.seat(call, seat(seat_number)?, number));
        Ok(SeatLink {
            seat: seat_number,
            link: number,
            fragment: Link { call, key }.fragment(),
        })
    };
    seats.iter().zip(links).map(link).collect()
}

/// The fragment of the host link whose holder sits on this seat.
#[wasm_bindgen]
pub fn host_fragment(
    call_secret: &str,
    call_id: &str,
    seat_number: u16,
) -> Result<String, Problem> {
    let (secret, call) = (secret(call_secret)?, call(call_id)?);
    let seat = seat(seat_number)?;
    let key = LinkKey::Host { seat, secret };
    Ok(Link { call, key }.fragment())
}
