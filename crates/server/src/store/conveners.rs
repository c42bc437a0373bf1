//! Who may convene calls on this server, and by what they are known. A key is shown once, never kept.

use protocol::text;
use thiserror::Error;

use super::{Store, StoreError};
use crate::secrets;

/// No command takes so long: a key of the command line that is older was left by one that was killed.
const OPERATOR_KEY_MS: u64 = 60 * 60 * 1000;

/// How long a convener's name may be.
const NAME: text::Limit = text::Limit {
    letters: 64,
    bytes: 512,
};

/// A convener's number: theirs as long as the database lives. It never leaves the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConvenerId(pub(super) i64);

/// What somebody who may convene is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConvenerKind {
    /// The command line of the server's own machine, which sees every call. There is one.
    Operator,
    /// Somebody with a name, who sees their own calls.
    Person,
}

/// By what a convener is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// A convener key: 256 random bits, of which the hash is kept.
    Key,
}

/// Somebody who may convene.
#[derive(Clone, PartialEq, Eq)]
pub struct Convener {
    /// The number their calls refer to.
    pub id: ConvenerId,
    /// What they are.
    pub kind: ConvenerKind,
    /// As given to `convener add`; the operator has none.
    pub name: String,
    /// Milliseconds since 1970 UTC.
    pub added_at: u64,
}

/// Why a convener was not added.
#[derive(Debug, Error)]
pub enum ConvenerError {
    /// The name cannot be used.
    #[error("the name {0}")]
    Name(text::TextError),
    /// It is taken.
    #[error("there is a convener of that name; remove that one first, or choose another name")]
    Exists,
    /// It could not be stored.
    #[error(transparent)]
    Store(StoreError),
}

impl dyn Store + '_ {
    /// Adds a convener and returns the new key: 43 characters, shown once, not kept. One who was removed
    /// and is added again by the same name has their calls again.
    pub async fn add_convener(&self, name: &str, now: u64) -> Result<String, ConvenerError> {
        let name = text::check(name, NAME).map_err(ConvenerError::Name)?;
        let key = secrets::random_key();
        let hash = secrets::hash_text(&key);
        let added = self.insert_person(&name, CredentialKind::Key, &hash, now);
        match added.await {
            Ok(_) => Ok(key),
            Err(StoreError::ConvenerExists) => Err(ConvenerError::Exists),
            Err(error) => Err(ConvenerError::Store(error)),
        }
    }

    /// Who has this key, as it is typed.
    pub async fn convener_by_key(&self, key: &str) -> Result<Option<Convener>, StoreError> {
        self.convener_by(CredentialKind::Key, &secrets::hash_text(key))
            .await
    }

    /// A key for one command of this machine's own command line; [`Self::remove_operator_key`] it
    /// afterwards.
    pub async fn add_operator_key(&self, now: u64) -> Result<String, StoreError> {
        let key = secrets::random_key();
        self.insert_operator_credential(CredentialKind::Key, &secrets::hash_text(&key), now)
            .await?;
        Ok(key)
    }

    /// Takes back a key from [`Self::add_operator_key`], and those of commands that ended before they
    /// could.
    pub async fn remove_operator_key(&self, key: &str, now: u64) -> Result<(), StoreError> {
        let hash = secrets::hash_text(key);
        let before = now.saturating_sub(OPERATOR_KEY_MS);
        self.delete_operator_credentials(CredentialKind::Key, &hash, before)
            .await
    }
}

impl ConvenerKind {
    /// As it is stored.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Person => "person",
        }
    }
}

impl CredentialKind {
    /// As it is stored.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
        }
    }
}

/// Id, kind, name, when added.
pub(super) type ConvenerRow = (i64, String, String, i64);

pub(super) fn convener((id, kind, name, added_at): ConvenerRow) -> Result<Convener, StoreError> {
    let kinds = [ConvenerKind::Operator, ConvenerKind::Person];
    let kind = kinds.into_iter().find(|known| known.name() == kind);
    Ok(Convener {
        id: ConvenerId(id),
        kind: kind.ok_or(StoreError::Damaged("convener"))?,
        name,
        added_at: added_at.cast_unsigned(),
    })
}
