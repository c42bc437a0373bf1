// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { Class } from "./Class";
import type { GroupRef } from "./GroupRef";
import type { Sealed } from "./Sealed";

/**
 * An entry of a circle's ordered log.
 */
export type Entry = {
/**
 * Place in the log, from 1 within a group, without gaps.
 */
seq: number,
/**
 * The group.
 */
group: GroupRef,
/**
 * Epoch it was made in.
 */
epoch: number,
/**
 * How it is treated.
 */
class: Class,
/**
 * The sealed MLS message.
 */
sealed: Sealed, };
