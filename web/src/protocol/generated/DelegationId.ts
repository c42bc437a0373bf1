// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Number of a delegation in its call, from 1, in order of precedence.
 */
export type DelegationId = number;
