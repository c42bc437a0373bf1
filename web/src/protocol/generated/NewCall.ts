// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { CallId } from "./CallId";
import type { Sealed } from "./Sealed";
import type { SeatToken } from "./SeatToken";
import type { UnverifiedShape } from "./UnverifiedShape";

/**
 * `POST /api/calls`: the convener's machine chose the id and derived the access tokens.
 */
export type NewCall = {
/**
 * Random, made by the convener's machine.
 */
id: CallId,
/**
 * What the server has to know of it.
 */
shape: UnverifiedShape,
/**
 * The plan with its names, signed by the call's root key and sealed; given to seated seats.
 */
plan: Sealed,
/**
 * One for every seat, in the order of seat ids.
 */
tokens: Array<SeatToken>, };
