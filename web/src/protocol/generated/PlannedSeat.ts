// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { SeatKind } from "./SeatKind";

/**
 * A seat in a plan.
 */
export type PlannedSeat = {
/**
 * The person's name.
 */
name: string,
/**
 * The person's title.
 */
title: string,
/**
 * What the seat is for.
 */
kind: SeatKind,
/**
 * Holds the host's powers.
 */
host: boolean, };
