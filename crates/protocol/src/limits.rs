//! Every bound on what a peer may send, in one table. Raising one costs memory per connection.

/// Longest WebSocket message in bytes. An offer with 60 transceivers is about 80 kB.
pub const MESSAGE_BYTES_MAX: usize = 128 * 1024;
/// Longest message in bytes of any type but `offer`.
pub const SMALL_MESSAGE_BYTES_MAX: usize = 16 * 1024;
/// Messages a connection may send per second, averaged over [`MESSAGE_BURST`].
pub const MESSAGES_PER_SECOND: u32 = 20;
/// Messages a connection may send at once before it must slow down.
pub const MESSAGE_BURST: u32 = 60;
/// Longest call plan in bytes (300 seats with long names are about 120 kB).
pub const PLAN_BYTES_MAX: usize = 256 * 1024;
/// Longest title of a call in bytes of UTF-8.
pub const TITLE_BYTES_MAX: usize = 200;
/// Longest name, title of a person, or delegation name in bytes of UTF-8.
pub const NAME_BYTES_MAX: usize = 128;
/// Longest short name of a delegation in bytes of UTF-8.
pub const SHORT_NAME_BYTES_MAX: usize = 48;
/// Most seats in one call.
pub const SEATS_MAX: usize = 300;
/// Most delegations in one call.
pub const DELEGATIONS_MAX: usize = 100;
/// Open microphones at one time, as in a conference hall.
pub const OPEN_MICROPHONES_MAX: usize = 16;
/// Most tiles a client may ask for in `view`; also the most video transceivers the server fills.
pub const TILES_MAX: usize = 26;
/// Longest SDP in bytes.
pub const SDP_BYTES_MAX: usize = 120 * 1024;
/// Length in bytes of access tokens, holders, seat secrets and the call secret.
pub const SECRET_BYTES: usize = 32;
/// The server sends `clock` this often; a client that has seen none for three of them reconnects.
pub const CLOCK_INTERVAL_MS: u64 = 4_000;
/// A connection must say `hello` within this time.
pub const HELLO_TIMEOUT_MS: u64 = 10_000;
