// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { CircleId } from "./CircleId";

/**
 * One MLS group: which circle's, and which of those that followed each other there.
 */
export type GroupRef = {
/**
 * The circle.
 */
circle: CircleId,
/**
 * From 1 in each circle; a later group follows one that cannot go on. 0: none yet.
 */
number: number, };
