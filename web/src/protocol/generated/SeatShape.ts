// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { DelegationId } from "./DelegationId";
import type { SeatId } from "./SeatId";
import type { SeatKind } from "./SeatKind";

/**
 * A seat without its person.
 */
export type SeatShape = {
/**
 * Its number.
 */
id: SeatId,
/**
 * The delegation it belongs to.
 */
delegation: DelegationId,
/**
 * What it is for.
 */
kind: SeatKind,
/**
 * Holds the host's powers.
 */
host: boolean, };
