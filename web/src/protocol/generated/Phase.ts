// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Where a call stands.
 */
export type Phase = "convened" | "open" | "adjourned";
