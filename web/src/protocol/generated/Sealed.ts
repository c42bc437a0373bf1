// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Bytes sealed by a client, as base64url without padding. Kept as text: the server never looks in.
 */
export type Sealed = string;
