// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Who has to act.
 */
export type Blame = "sender" | "server" | "state";
