// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { Presence } from "./Presence";
import type { SeatId } from "./SeatId";

/**
 * What changes about a seat during the call.
 */
export type SeatStatus = {
/**
 * Which seat.
 */
seat: SeatId,
/**
 * Where its person is.
 */
presence: Presence,
/**
 * Milliseconds since 1970 UTC of the last change of `presence`.
 */
since_ms: number,
/**
 * Its microphone is open: it is heard.
 */
microphone: boolean,
/**
 * Its camera is on.
 */
camera: boolean,
/**
 * It shares its screen.
 */
screen: boolean, };
