// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * 128 random bits chosen by the convener's machine; 26 lower-case base32 characters as text.
 */
export type CallId = string;
