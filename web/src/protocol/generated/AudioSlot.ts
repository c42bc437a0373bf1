// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { SeatId } from "./SeatId";

/**
 * Which seat's voice arrives on an audio transceiver of the client.
 */
export type AudioSlot = {
/**
 * The `mid` of the client's transceiver.
 */
mid: string,
/**
 * Whose voice.
 */
seat: SeatId, };
