//! What outlives the process: conveners and their credentials, calls, seats, hashes of access tokens, and
//! what clients sealed for each other until the call is adjourned.
//!
//! [`Store`] says what is kept, in the words of the domain. Two engines keep it: [`sqlite`] in a file of
//! the data folder, [`postgres`] in a database elsewhere. Each owns its tables, its migrations and every
//! SQL statement; what both would say alike is here and in the modules beside them. Leaves to others what
//! the rows mean: `call` decides what changes, `calls` decides when it is written.
//!
//! What a function here acknowledges is durable; what it refuses is not there, and does not come back. The
//! engines' modules `writer` say how that holds when a disk or a connection does not. Why it is built so:
//! `docs/design/store.md`.

mod conveners;
mod errors;
mod log;
mod postgres;
mod readiness;
mod room;
mod rows;
mod sqlite;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use call::Change;
use futures_util::future::BoxFuture;
use protocol::{
    CallId, SecretHash,
    http::{NewCall, SeatToken},
};

use crate::{
    config::{Config, PostgresUrl, Storage},
    private,
};
pub use conveners::{Convener, ConvenerError, ConvenerId, ConvenerKind, CredentialKind};
pub use errors::{OpenError, StoreError};
pub use rows::{SeatLink, StoredCall, Version};
pub use sqlite::FILE_NAME;

/// Where everything is kept, shared by all who use it.
pub type SharedStore = Arc<dyn Store>;

/// Keeps other servers off what this one serves, until it is dropped.
pub type Alone = Box<dyn Send + Sync>;

/// A store that is being opened.
pub type Opening<'a> = BoxFuture<'a, Result<SharedStore, OpenError>>;

/// Opens the store the configuration names, making its tables or bringing them up to date.
pub fn open(config: &Config) -> Opening<'_> {
    match &config.store {
        Storage::Folder => open_folder(&config.data),
        Storage::Postgres(url) => open_database(url),
    }
}

/// Opens the SQLite database in `folder`, making both if needed.
pub fn open_folder(folder: &Path) -> Opening<'_> {
    Box::pin(async move {
        let store = sqlite::SqliteStore::open(folder).await?;
        Ok(Arc::new(store) as SharedStore)
    })
}

/// Opens the PostgreSQL database of this URL. It must be there; its tables need not.
pub fn open_database(url: &PostgresUrl) -> Opening<'_> {
    Box::pin(async move {
        let store = postgres::PostgresStore::open(url).await?;
        Ok(Arc::new(store) as SharedStore)
    })
}

/// Makes the data folder, private to its owner if it is new, and proves that it can be written to.
pub(crate) fn prepare_folder(folder: &Path) -> Result<(), OpenError> {
    private::folder(folder).map_err(|source| OpenError::Folder {
        folder: folder.to_owned(),
        source,
    })?;
    private::write(&folder.join(".writable"), b"incamera")
        .and_then(|()| std::fs::remove_file(folder.join(".writable")))
        .map_err(|source| OpenError::NotWritable {
            folder: folder.to_owned(),
            source,
        })
}

/// All that is kept, and how it changes. Convening with keys is on `dyn Store` ([`conveners`]).
///
/// Every function may fail with [`StoreError::Database`]: then nothing was changed.
#[async_trait]
pub trait Store: Send + Sync {
    /// Adds a person with a first credential, or gives one who was removed a new one: their calls are
    /// theirs again. Refuses with [`StoreError::ConvenerExists`] if the name is taken.
    async fn insert_person(
        &self,
        name: &str,
        kind: CredentialKind,
        hash: &SecretHash,
        now: u64,
    ) -> Result<ConvenerId, StoreError>;

    /// Gives the operator one more credential.
    async fn insert_operator_credential(
        &self,
        kind: CredentialKind,
        hash: &SecretHash,
        now: u64,
    ) -> Result<(), StoreError>;

    /// Takes this credential of the operator's back, and all that were added before that time.
    async fn delete_operator_credentials(
        &self,
        kind: CredentialKind,
        hash: &SecretHash,
        added_before: u64,
    ) -> Result<(), StoreError>;

    /// All people who may convene, by name.
    async fn conveners(&self) -> Result<Vec<Convener>, StoreError>;

    /// Takes all credentials of a person; their calls stay. `false` if nobody who may convene has that
    /// name.
    async fn remove_convener(&self, name: &str) -> Result<bool, StoreError>;

    /// Whose credential has this hash: one look-up in an index. The hash is of a secret of 256 random bits,
    /// so how long the look-up takes tells nothing that helps to find one.
    async fn convener_by(
        &self,
        kind: CredentialKind,
        hash: &SecretHash,
    ) -> Result<Option<Convener>, StoreError>;

    /// Keeps a new call with the tokens of its links, as [`Version::FIRST`]. Refuses with
    /// [`StoreError::CallExists`] and [`StoreError::ConvenerFull`].
    async fn insert_call(
        &self,
        new: &NewCall,
        convener: ConvenerId,
        now: u64,
    ) -> Result<(), StoreError>;

    /// Keeps everything one input changed about a call, and a new link's token if there is one; returns the
    /// version it has from then on. Refuses with [`StoreError::Overtaken`] unless the call still has
    /// version `from`: of two who both saw the same version one wins. Refuses a token with
    /// [`StoreError::ConvenerFull`].
    async fn commit(
        &self,
        id: CallId,
        from: Version,
        changes: &[Change],
        token: Option<&SeatToken>,
    ) -> Result<Version, StoreError>;

    /// Forgets a call, its seats, its tokens and its log. `false` if there is none. Refuses with
    /// [`StoreError::Overtaken`] unless it still has version `from`.
    async fn delete_call(&self, id: CallId, from: Version) -> Result<bool, StoreError>;

    /// The call of this id, whole.
    async fn call(&self, id: CallId) -> Result<Option<StoredCall>, StoreError>;

    /// The call of this id without its log, which may be long: enough to tell where it stands.
    async fn call_without_log(&self, id: CallId) -> Result<Option<StoredCall>, StoreError>;

    /// Who convened the call of this id.
    async fn convener_of(&self, id: CallId) -> Result<Option<ConvenerId>, StoreError>;

    /// Ids of the calls `convener` convened, or of all, newest first.
    async fn call_ids(&self, convener: Option<ConvenerId>) -> Result<Vec<CallId>, StoreError>;

    /// Whose link this token belongs to; `None` if there is no such call or the token is none of its
    /// links'. One look-up in an index; as for [`Self::convener_by`], its time tells nothing.
    async fn seat_link(
        &self,
        id: CallId,
        token: &SecretHash,
    ) -> Result<Option<SeatLink>, StoreError>;

    /// Whether a durable write is possible, found out by one; for `/readyz`.
    async fn can_write(&self) -> bool;

    /// Makes sure that no other server serves the same calls while what is returned is held: two would
    /// throw each other's people out of every call both have. What must not be lost hangs on versions, not
    /// on this.
    async fn serve_alone(&self) -> Result<Alone, OpenError>;

    /// Ends its connections, and writes what is still held back.
    async fn close(&self);
}
