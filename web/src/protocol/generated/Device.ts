// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * What came of asking for a device.
 */
export type Device = "on" | "off" | "denied" | "not_found" | "in_use" | "failed" | "muted" | "silent";
