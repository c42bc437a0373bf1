// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { SeatId } from "./SeatId";
import type { Source } from "./Source";

/**
 * Which picture arrives on a video transceiver of the client.
 */
export type VideoSlot = {
/**
 * The `mid` of the client's transceiver.
 */
mid: string,
/**
 * Whose picture.
 */
seat: SeatId,
/**
 * Which picture.
 */
source: Source,
/**
 * The receiver's network cannot carry it now; its voice is kept.
 */
paused: boolean, };
