// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { Blame } from "./Blame";
import type { CircleId } from "./CircleId";
import type { ErrorCode } from "./ErrorCode";
import type { SeatId } from "./SeatId";

/**
 * An error as it travels, in `error` messages and as the body of HTTP errors.
 */
export type ErrorMessage = {
/**
 * For programs.
 */
code: ErrorCode,
/**
 * Who has to act.
 */
blame: Blame,
/**
 * For people who read logs, in English: what happened and what to do. Never echoes input.
 */
text: string,
/**
 * The connection ends with this.
 */
fatal: boolean,
/**
 * Seats it is about, e.g. those whose microphones are open.
 */
seats?: Array<SeatId>,
/**
 * `type` of the client's message it answers, if it answers one.
 */
in_reply_to?: string,
/**
 * The circle that message was about, if it is about one.
 */
circle?: CircleId, };
