// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { GroupRef } from "./GroupRef";

/**
 * Where a circle's log stands.
 */
export type LogState = {
/**
 * The newest group of the circle.
 */
group: GroupRef,
/**
 * Epoch the next commit must be made in.
 */
epoch: number,
/**
 * Place of the last entry; 0 in an empty log.
 */
seq: number, };
