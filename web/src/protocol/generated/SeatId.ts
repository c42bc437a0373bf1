// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Number of a seat in its call, from 1, in the order of the plan.
 */
export type SeatId = number;
