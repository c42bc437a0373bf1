// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Where a seat's person is.
 */
export type Presence = "absent" | "waiting" | "seated" | "lost" | "removed";
