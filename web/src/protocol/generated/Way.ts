// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * How packets get to the server's media address.
 */
export type Way = "udp" | "tcp" | "nothing";
