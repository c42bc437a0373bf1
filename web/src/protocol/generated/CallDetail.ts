// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { CallSummary } from "./CallSummary";
import type { Delegation } from "./Delegation";
import type { Doors } from "./Doors";
import type { Seat } from "./Seat";
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
delegations: Array<Delegation>,
/**
 * In order of precedence.
 */
seats: Array<Seat>,
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
