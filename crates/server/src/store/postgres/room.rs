//! What a convener has stored: the statements. Counted inside the transaction that adds something.

use sqlx::PgConnection;

use super::StoreError;
use crate::store::room::{self, Room};

/// Refuses if this convener may not have so much more. Locks the convener's row: of requests at one time
/// each counts what the one before added.
pub(super) async fn check(
    connection: &mut PgConnection,
    convener: i64,
    more: Room,
) -> Result<(), StoreError> {
    let standing =
        sqlx::query_as("SELECT kind, removed FROM convener WHERE id = $1 FOR NO KEY UPDATE")
            .bind(convener)
            .fetch_optional(&mut *connection)
            .await?;
    let taken = sqlx::query_as(
        "SELECT
           (SELECT count(*) FROM call WHERE convener = $1),
           (SELECT coalesce(sum(octet_length(shape) + coalesce(octet_length(plan), 0)
                                + coalesce(octet_length(record), 0)), 0)
              FROM call WHERE convener = $1),
           (SELECT coalesce(sum(64 + coalesce(octet_length(\"grant\"), 0)), 0)
              FROM token JOIN call ON call.id = token.call WHERE convener = $1),
           (SELECT coalesce(sum(64 + octet_length(sealed)), 0)
              FROM entry JOIN call ON call.id = entry.call WHERE convener = $1)",
    )
    .bind(convener)
    .fetch_one(connection)
    .await?;
    room::check(standing, taken, more)
}
