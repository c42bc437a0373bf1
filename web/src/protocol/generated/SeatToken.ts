// Generated from crates/protocol by `cargo xtask types`. Do not edit.
import type { Sealed } from "./Sealed";
import type { SeatId } from "./SeatId";
import type { SecretHash } from "./SecretHash";

/**
 * The hash of one seat's access token, and the grant its link opens.
 */
export type SeatToken = {
/**
 * Which seat.
 */
seat: SeatId,
/**
 * Number of its link, from 1; a new link for a seat has a higher one.
 */
link: number,
/**
 * SHA-256 of the access token.
 */
hash: SecretHash,
/**
 * The seat's grant, sealed under the secret of its link.
 */
grant: Sealed, };
