// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { Checks } from "./Checks";
import type { SeatId } from "./SeatId";

/**
 * The checks of one seat, as hosts are told.
 */
export type SeatChecks = {
/**
 * Which.
 */
seat: SeatId,
/**
 * Missing: its client said nothing, or is gone.
 */
checks?: Checks, };
