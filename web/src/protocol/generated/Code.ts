// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Which code a client says it runs: 16 bytes, as 32 hexadecimal digits. What it stands for only
 * clients know.
 */
export type Code = string;
