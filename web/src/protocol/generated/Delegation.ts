// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { DelegationId } from "./DelegationId";

/**
 * One party to the call. The order of ids is the order of precedence.
 */
export type Delegation = {
/**
 * Its number.
 */
id: DelegationId,
/**
 * Full name, e.g. `European Commission`.
 */
name: string,
/**
 * For nameplates, e.g. `EU`.
 */
short_name: string,
/**
 * IANA time zone, e.g. `Europe/Brussels`, if known.
 */
time_zone?: string, };
