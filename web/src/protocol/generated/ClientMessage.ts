// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { AccessToken } from "./AccessToken";
import type { Doors } from "./Doors";
import type { Holder } from "./Holder";
import type { SeatId } from "./SeatId";
import type { Tile } from "./Tile";

/**
 * From a client to the server.
 */
export type ClientMessage = { "type": "hello",
/**
 * [`crate::VERSION`].
 */
protocol: number,
/**
 * Derived from the link's secret.
 */
token: AccessToken,
/**
 * This machine's holder secret for this seat.
 */
holder: Holder, } | { "type": "enter", } | { "type": "leave", } | { "type": "microphone",
/**
 * Open it.
 */
open: boolean, } | { "type": "camera",
/**
 * It sends.
 */
on: boolean, } | { "type": "screen",
/**
 * It is.
 */
on: boolean, } | { "type": "admit",
/**
 * Which.
 */
seat: SeatId, } | { "type": "refuse",
/**
 * Which.
 */
seat: SeatId, } | { "type": "remove",
/**
 * Which.
 */
seat: SeatId, } | { "type": "set_doors",
/**
 * The new state.
 */
doors: Doors, } | { "type": "give_floor",
/**
 * To whom.
 */
seat: SeatId | null, } | { "type": "adjourn", } | { "type": "offer",
/**
 * From 1, counts the PeerConnections of this WebSocket connection.
 */
generation: number,
/**
 * RFC 8866 text.
 */
sdp: string, } | { "type": "view",
/**
 * At most [`limits::TILES_MAX`].
 */
tiles: Array<Tile>, };
