// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * A circle of a call: those who hear and read each other in one group of their own. 0 is the table, where all are;
 * 1 to [`limits::DELEGATIONS_MAX`] are the delegations' own. Higher numbers are kept for circles to come.
 */
export type CircleId = number;
