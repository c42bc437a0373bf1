//! What a convener's machine makes of a plan: the shape and hashes the server is told, a sealed grant
//! for each link, and the plan itself, signed and sealed.
//!
//! ```text
//! plan parcel = root key's signature over "incamera plan v1" || call (16) || JSON (64) || JSON of the plan
//! ```

use protocol::{
    CallId, Sealed, SeatId,
    http::{NewCall, SeatToken},
    plan::{PlanError, UnverifiedPlan, VerifiedPlan},
    types::Seat,
};
use thiserror::Error;

use crate::{
    codec::Reader,
    grant::{Grant, OpenError, seal_grant},
    keys::PublicKey,
    link::{self, CallSecret, HOST_LINK_NUMBER, NoRandomness, plan_key},
    parcel::ParcelKey,
};

pub(crate) const PLAN_LABEL: &[u8] = b"incamera plan v1";
pub(crate) const PLAN_PARCEL: &[u8] = b"incamera plan parcel v1";
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// A call without a scheduled start seats people for this long after it was convened.
const UNSCHEDULED_MS: u64 = 30 * DAY_MS;
/// A call without a scheduled length is taken to last this long.
const LENGTH_MINUTES: u32 = 12 * 60;

/// Why a call cannot be convened.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ConveneError {
    /// The plan has a mistake.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The plan has no such seat.
    #[error("the call has no seat {0}")]
    NoSuchSeat(SeatId),
}

/// The body of `POST /api/calls`. `now_ms` is the time of day, milliseconds since 1970.
pub fn new_call(
    secret: &CallSecret,
    plan: &UnverifiedPlan,
    id: CallId,
    now_ms: u64,
) -> Result<NewCall, ConveneError> {
    let verified = plan.verify(id)?;
    let token = |seat: &Seat| seat_token(secret, &verified, seat.id, HOST_LINK_NUMBER, now_ms);
    let tokens = verified.seats.iter().map(token).collect::<Result<_, _>>()?;
    Ok(NewCall {
        id,
        shape: verified.shape(),
        plan: seal_plan(secret, plan, id)?,
        tokens,
    })
}

/// What the server is given for a seat's link with this number: also for a new link.
pub fn seat_token(
    secret: &CallSecret,
    plan: &VerifiedPlan,
    seat: SeatId,
    number: u32,
    now_ms: u64,
) -> Result<SeatToken, ConveneError> {
    let call = plan.info.id;
    let missing = || ConveneError::NoSuchSeat(seat);
    let planned = plan
        .seats
        .iter()
        .find(|s| s.id == seat)
        .ok_or_else(missing)?;
    let of_seat = |d: &&protocol::types::Delegation| d.id == planned.delegation;
    let delegation = plan.delegations.iter().find(of_seat).ok_or_else(missing)?;
    let of_link = secret.seat(call, seat, number);
    let grant = Grant {
        call,
        seat: planned.clone(),
        link: number,
        delegation: delegation.clone(),
        not_after_ms: not_after(plan, now_ms),
        seat_key: of_link.seat_key(call).public(),
    };
    let (root, knock) = (secret.root_key(call), secret.knock_key(call));
    let title = &plan.info.title;
    Ok(SeatToken {
        seat,
        link: number,
        hash: link::hash(of_link.access_token(call).as_bytes()),
        grant: seal_grant(&of_link.grant_key(call), &root, &knock, title, &grant)?,
    })
}

/// The plan as its convener wrote it, for whoever has the call secret.
pub fn open_plan(
    secret: &CallSecret,
    call: CallId,
    sealed: &Sealed,
) -> Result<UnverifiedPlan, OpenError> {
    let root = secret.root_key(call).public();
    open_plan_with(&root, &secret.knock_key(call), call, sealed).map(|(plan, _)| plan)
}

/// The plan, for whoever has a grant of the call.
pub(crate) fn open_plan_with(
    root: &PublicKey,
    knock: &ParcelKey,
    call: CallId,
    sealed: &Sealed,
) -> Result<(UnverifiedPlan, VerifiedPlan), OpenError> {
    let parcel = sealed.to_bytes().ok_or(OpenError::Malformed)?;
    let content = plan_key(knock, call).open(PLAN_PARCEL, &parcel)?;
    let mut reader = Reader::new(&content);
    let signature = reader.array()?;
    let json = &content[64..];
    root.verify(PLAN_LABEL, &[call.as_bytes(), json].concat(), &signature)?;
    let plan: UnverifiedPlan = serde_json::from_slice(json).map_err(|_| OpenError::Malformed)?;
    let verified = plan.verify(call).map_err(|_| OpenError::Malformed)?;
    Ok((plan, verified))
}

fn seal_plan(
    secret: &CallSecret,
    plan: &UnverifiedPlan,
    call: CallId,
) -> Result<Sealed, NoRandomness> {
    let json = serde_json::to_vec(plan).expect("a plan is structs, lists and texts");
    let root = secret.root_key(call);
    let signature = root.sign(PLAN_LABEL, &[call.as_bytes(), json.as_slice()].concat());
    let key = plan_key(&secret.knock_key(call), call);
    let parcel = key.seal(PLAN_PARCEL, &[signature.as_slice(), &json].concat())?;
    Ok(Sealed::from_bytes(&parcel))
}

/// A day after the scheduled end.
fn not_after(plan: &VerifiedPlan, now_ms: u64) -> u64 {
    let Some(start) = plan.info.starts_at_ms else {
        return now_ms.saturating_add(UNSCHEDULED_MS);
    };
    let minutes = u64::from(plan.info.minutes.unwrap_or(LENGTH_MINUTES));
    // A call set up after the fact (a rehearsal of an old one) is not over before it begins.
    let end = start.max(now_ms).saturating_add(minutes * 60_000);
    end.saturating_add(DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        grant::open_grant,
        link::{Link, LinkKey},
    };

    fn plan() -> UnverifiedPlan {
        serde_json::from_value(serde_json::json!({
            "title": "Consultation",
            "delegations": [
                { "name": "European Commission", "short_name": "EC",
                  "seats": [{ "name": "Adalbert", "title": "Chair", "host": true }, { "name": "Bogdana", "kind": "staff" }] },
                { "name": "NATO", "seats": [{ "name": "Cynthia", "kind": "observer" }] },
            ],
        }))
        .unwrap()
    }

    #[test]
    fn each_link_opens_its_own_grant_and_no_other() {
        let (secret, call) = (CallSecret::from_bytes([3; 32]), CallId::from_bytes([7; 16]));
        let new = new_call(&secret, &plan(), call, 1000).unwrap();
        for (token, name) in new.tokens.iter().zip(["Adalbert", "Bogdana", "Cynthia"]) {
            let key = LinkKey::Seat(secret.seat(call, token.seat, 1));
            let link = Link { call, key };
            let opened = open_grant(&link, &token.grant).ok().unwrap();
            assert_eq!(opened.grant.seat.name, name);
            assert_eq!(opened.title, "Consultation");
            assert_eq!(opened.grant.not_after_ms, 1000 + UNSCHEDULED_MS);
            for other in new.tokens.iter().filter(|other| other.seat != token.seat) {
                assert_eq!(
                    open_grant(&link, &other.grant).err(),
                    Some(OpenError::NotOurs)
                );
            }
        }
        let text = serde_json::to_string(&new).unwrap();
        for name in ["Adalbert", "Bogdana", "European", "Consultation"] {
            assert!(!text.contains(name), "the server is told {name}");
        }
    }

    #[test]
    fn a_grant_signed_by_another_convener_is_refused() {
        let (ours, call) = (CallSecret::from_bytes([3; 32]), CallId::from_bytes([7; 16]));
        let theirs = CallSecret::from_bytes([4; 32]);
        let verified = plan().verify(call).ok().unwrap();
        let key = ours.seat(call, SeatId(1), 1);
        let grant = Grant {
            call,
            seat: verified.seats[0].clone(),
            link: 1,
            delegation: verified.delegations[0].clone(),
            not_after_ms: 0,
            seat_key: key.seat_key(call).public(),
        };
        // Whoever has the link can seal such a parcel; the root key inside it decides who is believed,
        // so it must be the one the grant is signed with.
        let knock = ours.knock_key(call);
        let forged = crate::grant::SignedGrant::sign(&theirs.root_key(call), &grant);
        assert!(forged.verify(&ours.root_key(call).public(), call).is_err());
        let elsewhere = CallId::from_bytes([8; 16]);
        let signed = crate::grant::SignedGrant::sign(&ours.root_key(call), &grant);
        assert!(
            signed
                .verify(&ours.root_key(call).public(), elsewhere)
                .is_err()
        );
        drop(knock);
    }

    #[test]
    fn the_plan_opens_for_those_with_a_link_and_is_what_was_written() {
        let (secret, call) = (CallSecret::from_bytes([3; 32]), CallId::from_bytes([7; 16]));
        let new = new_call(&secret, &plan(), call, 1000).unwrap();
        assert!(open_plan(&secret, call, &new.plan).ok() == Some(plan()));
        let other = CallSecret::from_bytes([4; 32]);
        assert_eq!(
            open_plan(&other, call, &new.plan).err(),
            Some(OpenError::NotOurs)
        );
    }
}
