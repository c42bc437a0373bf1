// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/**
 * Opens one seat's connection and nothing else. Derived from the link's secret by the client
 * (`sealed::link`); the server keeps only its [`SecretHash`].
 */
export type AccessToken = string;
