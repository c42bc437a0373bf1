// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { Format } from "./Format";
import type { SeatShape } from "./SeatShape";

/**
 * A shape as it was sent; nothing about it has been checked.
 */
export type UnverifiedShape = {
/**
 * Video or voice.
 */
format: Format,
/**
 * Marked on every screen as played for practice.
 */
rehearsal: boolean,
/**
 * Scheduled start, milliseconds since 1970 UTC.
 */
starts_at_ms?: number,
/**
 * Scheduled length in minutes.
 */
minutes?: number,
/**
 * In order of precedence, numbered from 1; delegations likewise, without gaps.
 */
seats: Array<SeatShape>, };
