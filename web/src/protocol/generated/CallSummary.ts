// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { CallShape } from "./CallShape";
import type { Phase } from "./Phase";

/**
 * A line of `GET /api/calls`.
 */
export type CallSummary = {
/**
 * The call.
 */
info: CallShape,
/**
 * Where it stands.
 */
phase: Phase,
/**
 * Delegations in the plan.
 */
delegations: number,
/**
 * Seats in the plan.
 */
seats: number,
/**
 * Seats at the table now.
 */
seated: number,
/**
 * When it was convened, milliseconds since 1970 UTC.
 */
convened_at_ms: number, };
