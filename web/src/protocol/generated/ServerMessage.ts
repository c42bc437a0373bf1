// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { AudioSlot } from "./AudioSlot";
import type { CallShape } from "./CallShape";
import type { CircleId } from "./CircleId";
import type { Doors } from "./Doors";
import type { Entry } from "./Entry";
import type { ErrorMessage } from "./ErrorMessage";
import type { GroupRef } from "./GroupRef";
import type { LogState } from "./LogState";
import type { Sealed } from "./Sealed";
import type { SeatChecks } from "./SeatChecks";
import type { SeatId } from "./SeatId";
import type { SeatShape } from "./SeatShape";
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
call: CallShape,
/**
 * The own seat.
 */
seat: SeatShape,
/**
 * The own grant, sealed under the link's secret.
 */
grant: Sealed,
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
 * Another machine has this seat; the host decides.
 */
occupied: boolean,
/**
 * A host is at the table: somebody can admit.
 */
host: boolean,
/**
 * The seat is a host's, its machine is gone, and no other host is there to decide: in so many
 * milliseconds it is this machine's, unless the other is back before.
 */
free_in_ms?: number, } | { "type": "seated",
/**
 * In order of precedence of delegations, then of the plan.
 */
seats: Array<SeatShape>,
/**
 * The plan with all names, sealed under the call's knock key and signed by its root key.
 */
plan: Sealed,
/**
 * Where the table's log stands, and those of the other circles this seat may be in and that have a group.
 */
logs: Array<LogState>,
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
video: Array<VideoSlot>, } | { "type": "voice",
/**
 * The one for bad lines: packets of 120 ms at 8 to 10 kbit/s.
 */
narrow: boolean, } | { "type": "changed",
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
waiting: Array<Waiting>, } | { "type": "checked",
/**
 * Whose, and what.
 */
seats: Array<SeatChecks>, } | { "type": "mirrored",
/**
 * To the connection that sends, RFC 8866 text.
 */
up: string,
/**
 * To the one that receives.
 */
down: string, } | { "type": "knocked",
/**
 * Which circle's.
 */
circle: CircleId,
/**
 * The seat whose link was used.
 */
seat: SeatId,
/**
 * It is in the antechamber: only a host may add it.
 */
waiting: boolean,
/**
 * The sealed key package.
 */
knock: Sealed, } | { "type": "founded",
/**
 * The group.
 */
group: GroupRef,
/**
 * Whose seat did.
 */
by: SeatId, } | { "type": "ordered" } & Entry | { "type": "taken",
/**
 * Place in the log.
 */
seq: number,
/**
 * The group.
 */
group: GroupRef,
/**
 * Epoch it was made in.
 */
epoch: number, } | { "type": "caught_up",
/**
 * Where the log stands.
 */
log: LogState, } | { "type": "passing",
/**
 * The group.
 */
group: GroupRef,
/**
 * An MLS application message.
 */
sealed: Sealed, } | { "type": "group_welcome",
/**
 * The group.
 */
group: GroupRef,
/**
 * Place in the log of the commit that added this client; ask for what follows.
 */
seq: number,
/**
 * The MLS welcome.
 */
welcome: Sealed, } | { "type": "seat_claimed", } | { "type": "microphone_closed",
/**
 * Who needed it.
 */
by: SeatId, } | { "type": "muted",
/**
 * Which host.
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
