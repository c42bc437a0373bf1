// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { Format } from "./Format";
import type { PlannedDelegation } from "./PlannedDelegation";

/**
 * A call plan as written; nothing about it has been checked.
 */
export type UnverifiedPlan = {
/**
 * Title of the call.
 */
title: string,
/**
 * Video or voice.
 */
format: Format,
/**
 * Marked on every screen as played for practice.
 */
rehearsal: boolean,
/**
 * Scheduled start, milliseconds since 1970 UTC.
 */
starts_at_ms?: number,
/**
 * Scheduled length in minutes.
 */
minutes?: number,
/**
 * In order of precedence.
 */
delegations: Array<PlannedDelegation>, };
