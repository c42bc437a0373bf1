// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { CallSummary } from "./CallSummary";
import type { Doors } from "./Doors";
import type { Sealed } from "./Sealed";
import type { SeatShape } from "./SeatShape";
import type { SeatStatus } from "./SeatStatus";

/**
 * `GET /api/calls/{id}`.
 */
export type CallDetail = {
/**
 * As in the list.
 */
summary: CallSummary,
/**
 * In order of precedence.
 */
seats: Array<SeatShape>,
/**
 * The plan with its names, sealed: whoever has the call secret can open it. Deleted, and missing
 * here, once the call is adjourned.
 */
plan?: Sealed,
/**
 * One per seat.
 */
statuses: Array<SeatStatus>,
/**
 * Number of the current link of each seat, in the order of `seats`.
 */
links: Array<number>,
/**
 * The doors.
 */
doors: Doors, };
