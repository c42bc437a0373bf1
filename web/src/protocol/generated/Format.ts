// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Whether a call has pictures.
 */
export type Format = "video" | "voice";
