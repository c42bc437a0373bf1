// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Random, made by a client for one seat on one machine: tells a returning client from another
 * machine with the same link. The server keeps only its [`SecretHash`].
 */
export type Holder = string;
