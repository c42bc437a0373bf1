// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { CallId } from "./CallId";
import type { SeatToken } from "./SeatToken";
import type { UnverifiedPlan } from "./UnverifiedPlan";

/**
 * `POST /api/calls`: the convener's machine chose the id and derived the access tokens.
 */
export type NewCall = {
/**
 * Random, made by the convener's machine.
 */
id: CallId,
/**
 * What the call is.
 */
plan: UnverifiedPlan,
/**
 * One for every seat, in the order of seat ids.
 */
tokens: Array<SeatToken>, };
