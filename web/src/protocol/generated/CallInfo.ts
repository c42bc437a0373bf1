// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { CallId } from "./CallId";
import type { Format } from "./Format";

/**
 * A call as its convener described it.
 */
export type CallInfo = {
/**
 * Its id.
 */
id: CallId,
/**
 * Its title.
 */
title: string,
/**
 * Video or voice.
 */
format: Format,
/**
 * Played by synthetic participants; every screen says so.
 */
rehearsal: boolean,
/**
 * Scheduled start, milliseconds since 1970 UTC.
 */
starts_at_ms?: number,
/**
 * Scheduled length in minutes.
 */
minutes?: number, };
