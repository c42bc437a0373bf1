// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { SeatId } from "./SeatId";

/**
 * Somebody asks in; shown to hosts.
 */
export type Waiting = {
/**
 * The seat whose link was used.
 */
seat: SeatId,
/**
 * Since when, milliseconds since 1970 UTC.
 */
since_ms: number,
/**
 * The seat is taken by another machine; admitting moves the seat to the newcomer.
 */
occupied: boolean, };
