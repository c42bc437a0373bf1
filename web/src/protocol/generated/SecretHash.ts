// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * SHA-256 of an [`AccessToken`], a [`Holder`] or a convener key.
 */
export type SecretHash = string;
