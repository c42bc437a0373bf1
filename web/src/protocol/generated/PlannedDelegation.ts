// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { PlannedSeat } from "./PlannedSeat";

/**
 * A delegation in a plan.
 */
export type PlannedDelegation = {
/**
 * Full name.
 */
name: string,
/**
 * For nameplates; the full name, however long, if absent or empty.
 */
short_name?: string,
/**
 * IANA time zone.
 */
time_zone?: string,
/**
 * Its seats, principal first.
 */
seats: Array<PlannedSeat>, };
