//! A seat (being filled in).

/// How long a lost seat's place is kept on everybody's screen, in milliseconds.
pub const GRACE_MS: u64 = 10 * 60 * 1000;
/// How long a lost host seat is kept from the same link on another machine when no other host is at
/// the table to decide, in milliseconds.
pub const HANDOVER_MS: u64 = 30 * 1000;
