// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Which of a seat's pictures.
 */
export type Source = "camera" | "screen";
