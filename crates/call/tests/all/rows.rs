//! The stored rows as JSON: a database written by an older version must read as the same.

use call::{CallRecord, SeatRecord};
use protocol::{GroupRef, SeatId, sealed::LogState, types::Doors};

use crate::support::holder;

#[test]
fn rows_are_stored_in_this_shape() {
    let call = CallRecord {
        doors: Doors::Closed,
        floor: Some(SeatId(2)),
        opened_at: Some(1_643_036_400_000),
        adjourned_at: None,
        logs: vec![LogState {
            group: GroupRef::table(2),
            epoch: 14,
            seq: 31,
        }],
    };
    insta::assert_json_snapshot!("call_row", call);
    let seat = SeatRecord {
        seat: SeatId(2),
        link: 3,
        admitted: true,
        removed: false,
        holder: Some(holder(7)),
    };
    insta::assert_json_snapshot!("seat_row", seat);
    let back: SeatRecord = serde_json::from_value(serde_json::to_value(&seat).unwrap()).unwrap();
    assert_eq!(back, seat);
}
