// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Where a call's log stands.
 */
export type LogState = {
/**
 * Number of the newest group; 0 before the first.
 */
group: number,
/**
 * Epoch the next commit must be made in.
 */
epoch: number,
/**
 * Place of the last entry; 0 in an empty log.
 */
seq: number, };
