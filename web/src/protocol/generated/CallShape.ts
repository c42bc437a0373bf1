// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { CallId } from "./CallId";
import type { Format } from "./Format";

/**
 * A call without its title.
 */
export type CallShape = {
/**
 * Its id.
 */
id: CallId,
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
