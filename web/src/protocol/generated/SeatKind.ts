// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * What a person is at the table for.
 */
export type SeatKind = "principal" | "staff" | "interpreter" | "observer";
