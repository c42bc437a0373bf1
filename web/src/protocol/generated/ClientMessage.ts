// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { AccessToken } from "./AccessToken";
import type { Checks } from "./Checks";
import type { CircleId } from "./CircleId";
import type { Doors } from "./Doors";
import type { GroupRef } from "./GroupRef";
import type { Holder } from "./Holder";
import type { Sealed } from "./Sealed";
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
holder: Holder,
/**
 * It reads packed messages.
 */
packed?: boolean, } | { "type": "enter",
/**
 * A sealed key package to be added to the group with. Absent: this client is a member still.
 */
knock?: Sealed, } | { "type": "knock",
/**
 * Which circle's.
 */
circle: CircleId,
/**
 * The sealed key package.
 */
knock: Sealed, } | { "type": "found",
/**
 * Its number is above that of the circle's current group.
 */
group: GroupRef,
/**
 * Number of the group it follows, as the server said last; 0 before the first.
 */
after: number, } | { "type": "commit",
/**
 * The group.
 */
group: GroupRef,
/**
 * Epoch it was made in.
 */
epoch: number,
/**
 * The MLS commit.
 */
commit: Sealed, } | { "type": "group_welcome",
/**
 * The group.
 */
group: GroupRef,
/**
 * Epoch the commit was made in.
 */
epoch: number,
/**
 * The MLS welcome.
 */
welcome: Sealed,
/**
 * Seats that get it.
 */
adds: Array<SeatId>, } | { "type": "kept",
/**
 * The group.
 */
group: GroupRef,
/**
 * Epoch it was made in.
 */
epoch: number,
/**
 * An MLS application message.
 */
sealed: Sealed, } | { "type": "passing",
/**
 * The group.
 */
group: GroupRef,
/**
 * An MLS application message.
 */
sealed: Sealed, } | { "type": "catch_up",
/**
 * The group.
 */
group: GroupRef,
/**
 * Place of the last entry this client has; 0 for none.
 */
after: number, } | { "type": "ping", } | { "type": "leave", } | { "type": "microphone",
/**
 * Open it.
 */
open: boolean,
/**
 * Whom it speaks to: the table, or the own delegation only.
 */
circle?: CircleId, } | { "type": "camera",
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
seat: SeatId, } | { "type": "mute",
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
tiles: Array<Tile>, } | { "type": "checks",
/**
 * All of it.
 */
checks: Checks, } | { "type": "mirror",
/**
 * Offer of the connection that sends, RFC 8866 text.
 */
up: string,
/**
 * Offer of the one that receives.
 */
down: string, };
