// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { AudioSlot } from "./AudioSlot";
import type { CallInfo } from "./CallInfo";
import type { Delegation } from "./Delegation";
import type { Doors } from "./Doors";
import type { ErrorMessage } from "./ErrorMessage";
import type { Seat } from "./Seat";
import type { SeatId } from "./SeatId";
import type { SeatStatus } from "./SeatStatus";
import type { VideoSlot } from "./VideoSlot";
import type { Waiting } from "./Waiting";

/**
 * From the server to a client.
 */
export type ServerMessage = { "type": "welcome",
/**
 * [`crate::VERSION`].
 */
protocol: number,
/**
 * The call.
 */
call: CallInfo,
/**
 * The own seat.
 */
seat: Seat,
/**
 * The own delegation.
 */
delegation: Delegation,
/**
 * This machine was admitted to this seat before and may return without being asked for.
 */
returning: boolean,
/**
 * Server's clock, milliseconds since 1970 UTC.
 */
now_ms: number, } | { "type": "waiting",
/**
 * Whether the host can admit now.
 */
doors: Doors,
/**
 * Another machine sits on this seat; the host decides.
 */
occupied: boolean, } | { "type": "seated",
/**
 * In order of precedence.
 */
delegations: Array<Delegation>,
/**
 * In order of precedence of delegations, then of the plan.
 */
seats: Array<Seat>,
/**
 * One per seat.
 */
statuses: Array<SeatStatus>,
/**
 * The doors.
 */
doors: Doors,
/**
 * Who has the floor.
 */
floor: SeatId | null,
/**
 * When the first seat sat down, milliseconds since 1970 UTC.
 */
opened_at_ms: number, } | { "type": "negotiate",
/**
 * Audio transceivers for other seats' voices.
 */
audio: number,
/**
 * Video transceivers for other seats' pictures.
 */
video: number, } | { "type": "answer",
/**
 * Of the offer.
 */
generation: number,
/**
 * RFC 8866 text.
 */
sdp: string, } | { "type": "slots",
/**
 * Transceivers not listed are silent.
 */
audio: Array<AudioSlot>,
/**
 * Transceivers not listed are dark.
 */
video: Array<VideoSlot>, } | { "type": "changed",
/**
 * Their new statuses.
 */
statuses: Array<SeatStatus>, } | { "type": "doors_changed",
/**
 * Their new state.
 */
doors: Doors, } | { "type": "floor_changed",
/**
 * Who has it now.
 */
floor: SeatId | null, } | { "type": "antechamber",
/**
 * Empty when nobody waits.
 */
waiting: Array<Waiting>, } | { "type": "seat_claimed", } | { "type": "microphone_closed",
/**
 * Who needed it.
 */
by: SeatId, } | { "type": "clock",
/**
 * Milliseconds since 1970 UTC.
 */
now_ms: number, } | { "type": "going_away",
/**
 * Milliseconds to wait before the first attempt.
 */
retry_after_ms: number, } | { "type": "removed", } | { "type": "adjourned", } | { "type": "error" } & ErrorMessage;
