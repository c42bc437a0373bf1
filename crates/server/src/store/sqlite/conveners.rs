//! Conveners and their credentials: the statements.

use protocol::SecretHash;
use sqlx::SqliteConnection;

use super::{Convener, ConvenerId, CredentialKind, StoreError};
use crate::store::conveners::{ConvenerRow, convener};

pub(super) async fn insert_person(
    connection: &mut SqliteConnection,
    name: &str,
    kind: CredentialKind,
    hash: &SecretHash,
    now: u64,
) -> Result<ConvenerId, StoreError> {
    let added: Option<(i64,)> = sqlx::query_as(
        "INSERT INTO convener (kind, name, added_at) VALUES ('person', ?, ?)
         ON CONFLICT (kind, name) DO UPDATE SET removed = 0, added_at = excluded.added_at
         WHERE removed
         RETURNING id",
    )
    .bind(name)
    .bind(now.cast_signed())
    .fetch_optional(&mut *connection)
    .await?;
    let (id,) = added.ok_or(StoreError::ConvenerExists)?;
    sqlx::query("INSERT INTO credential (kind, hash, convener, added_at) VALUES (?, ?, ?, ?)")
        .bind(kind.name())
        .bind(hash.as_bytes().as_slice())
        .bind(id)
        .bind(now.cast_signed())
        .execute(connection)
        .await?;
    Ok(ConvenerId(id))
}

pub(super) async fn insert_operator_credential(
    connection: &mut SqliteConnection,
    kind: CredentialKind,
    hash: &SecretHash,
    now: u64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO credential (kind, hash, convener, added_at)
         SELECT ?, ?, id, ? FROM convener WHERE kind = 'operator'",
    )
    .bind(kind.name())
    .bind(hash.as_bytes().as_slice())
    .bind(now.cast_signed())
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn delete_of_operator(
    connection: &mut SqliteConnection,
    kind: CredentialKind,
    hash: &SecretHash,
    added_before: u64,
) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM credential
         WHERE kind = ? AND (hash = ? OR added_at < ?)
           AND convener IN (SELECT id FROM convener WHERE kind = 'operator')",
    )
    .bind(kind.name())
    .bind(hash.as_bytes().as_slice())
    .bind(added_before.cast_signed())
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn people(connection: &mut SqliteConnection) -> Result<Vec<Convener>, StoreError> {
    let rows: Vec<ConvenerRow> = sqlx::query_as(
        "SELECT id, kind, name, added_at FROM convener
         WHERE kind = 'person' AND NOT removed ORDER BY name",
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(convener).collect()
}

/// Whose calls stay is remembered, so that they are theirs again if they come back.
pub(super) async fn remove(
    connection: &mut SqliteConnection,
    name: &str,
) -> Result<bool, StoreError> {
    let removed: Option<(i64,)> = sqlx::query_as(
        "UPDATE convener SET removed = 1 WHERE kind = 'person' AND name = ? AND NOT removed
         RETURNING id",
    )
    .bind(name)
    .fetch_optional(&mut *connection)
    .await?;
    let Some((id,)) = removed else {
        return Ok(false);
    };
    sqlx::query("DELETE FROM credential WHERE convener = ?")
        .bind(id)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "DELETE FROM convener WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM call WHERE convener = ?1)",
    )
    .bind(id)
    .execute(connection)
    .await?;
    Ok(true)
}

pub(super) async fn by_credential(
    connection: &mut SqliteConnection,
    kind: CredentialKind,
    hash: &SecretHash,
) -> Result<Option<Convener>, StoreError> {
    let row: Option<ConvenerRow> = sqlx::query_as(
        "SELECT convener.id, convener.kind, name, convener.added_at
         FROM credential JOIN convener ON convener.id = credential.convener
         WHERE credential.kind = ? AND hash = ?",
    )
    .bind(kind.name())
    .bind(hash.as_bytes().as_slice())
    .fetch_optional(connection)
    .await?;
    row.map(convener).transpose()
}
