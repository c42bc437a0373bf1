// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { DelegationId } from "./DelegationId";
import type { SeatId } from "./SeatId";
import type { SeatKind } from "./SeatKind";

/**
 * Who a seat is for. Does not change during the call.
 */
export type Seat = {
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
host: boolean,
/**
 * The person's name.
 */
name: string,
/**
 * The person's title; may be empty.
 */
title: string, };
