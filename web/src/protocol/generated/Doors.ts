// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * The doors of the call.
 */
export type Doors = "open" | "closed";
