// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Stable codes. New ones may be added; none changes its meaning.
 */
export type ErrorCode = "bad_message" | "too_large" | "too_fast" | "unsupported_version" | "out_of_order" | "unknown_call" | "unknown_link" | "link_closed" | "call_ended" | "seat_occupied" | "refused" | "seat_moved" | "not_permitted" | "doors_closed" | "microphones_full" | "wrong_state" | "bad_offer" | "server_full" | "storage_unavailable" | "going_away" | "internal" | "bad_convener_key" | "bad_plan" | "call_exists" | "wrong_epoch" | "convener_full";
