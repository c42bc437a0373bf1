//! What whoever asked is told when the store said no.

use protocol::{ErrorCode, ErrorMessage, limits};

use crate::store::StoreError;

/// The one place where a storage failure becomes what a client or convener is told.
pub(crate) fn refused(error: &StoreError) -> ErrorMessage {
    match error {
        StoreError::CallExists => {
            ErrorMessage::new(ErrorCode::CallExists, "A call with this id exists already.")
        }
        StoreError::Database(_) => {
            tracing::error!(error = %error, "cannot store; see docs/deploy.md, Troubleshooting");
            let text = "The server cannot store what it must; nothing was changed. Try again, and \
                        tell its operator.";
            ErrorMessage::new(ErrorCode::StorageUnavailable, text)
        }
        StoreError::Unsure(_) => {
            tracing::error!(error = %error, "cannot store; see docs/deploy.md, Troubleshooting");
            let text = "The server's disk failed just then. It counts as not stored, unless the \
                        server stops before its disk works again. Look before you try again, and \
                        tell its operator.";
            ErrorMessage::new(ErrorCode::StorageUnavailable, text)
        }
        StoreError::Unknown(_) => {
            tracing::error!(error = %error, "cannot store; see docs/deploy.md, Troubleshooting");
            let text = "The server lost its database just then and does not know whether that was \
                        stored. Look before you try again, and tell its operator.";
            ErrorMessage::new(ErrorCode::StorageUnavailable, text)
        }
        StoreError::Overtaken => {
            tracing::warn!("another writer changed a call; it is read again");
            let text = "Another server changed this call at the same time; nothing was changed here. \
                        Try again.";
            ErrorMessage::new(ErrorCode::StorageUnavailable, text)
        }
        StoreError::ConvenerGone | StoreError::ConvenerExists => ErrorMessage::new(
            ErrorCode::BadConvenerKey,
            "This convener key is no longer good.",
        ),
        StoreError::ConvenerFull => {
            let text = format!(
                "There are {} calls with this convener key on this server, or {} MB in them, and \
                 there can be no more. Delete calls that are over.",
                limits::CALLS_PER_CONVENER_MAX,
                limits::CONVENER_BYTES_MAX / 1024 / 1024
            );
            ErrorMessage::new(ErrorCode::ConvenerFull, text)
        }
        StoreError::Damaged(what) => {
            tracing::error!(what, "a stored row cannot be read");
            ErrorMessage::new(
                ErrorCode::Internal,
                "What is stored of this call cannot be read.",
            )
        }
    }
}
