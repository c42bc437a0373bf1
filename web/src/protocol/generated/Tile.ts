// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { SeatId } from "./SeatId";
import type { Source } from "./Source";

/**
 * A picture a client shows, and how tall it shows it.
 */
export type Tile = {
/**
 * Whose.
 */
seat: SeatId,
/**
 * Which picture.
 */
source: Source,
/**
 * Height on screen in device pixels, 1..=4320; the server picks the layer to fit.
 */
height: number, };
