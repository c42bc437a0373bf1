// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * How the server treats a sealed message.
 */
export type Class = "commit" | "kept";
