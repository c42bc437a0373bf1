//! Every bound on what a peer may send, in one table. Raising one costs memory per connection.

/// Longest WebSocket message in bytes: a commit of 300 seats, or its welcome.
pub const MESSAGE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Longest WebSocket message of the server in bytes: a whole log.
pub const SERVER_MESSAGE_BYTES_MAX: usize = 8 * MESSAGE_BYTES_MAX;
/// Longest message in bytes of any type but `offer`, `mirror`, `commit`, `group_welcome` and `kept`.
pub const SMALL_MESSAGE_BYTES_MAX: usize = 16 * 1024;
/// Messages a connection may send per second, averaged over [`MESSAGE_BURST`].
pub const MESSAGES_PER_SECOND: u32 = 20;
/// Messages a connection may send at once before it must slow down.
pub const MESSAGE_BURST: u32 = 60;
/// Longest call plan in bytes (300 seats with long names are about 120 kB).
pub const PLAN_BYTES_MAX: usize = 256 * 1024;
/// Longest body of the convener's interface in bytes: a shape, a sealed plan, 300 sealed grants.
pub const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Longest title of a call in letters as people count them ([`crate::text::letters`]).
pub const TITLE_LETTERS_MAX: usize = 200;
/// Longest title of a call in bytes of UTF-8: far above what its letters need in any script.
pub const TITLE_BYTES_MAX: usize = 1600;
/// Longest name, title of a person, or delegation name in letters.
pub const NAME_LETTERS_MAX: usize = 128;
/// Longest name, title of a person, or delegation name in bytes of UTF-8.
pub const NAME_BYTES_MAX: usize = 1024;
/// Longest short name of a delegation in letters.
pub const SHORT_NAME_LETTERS_MAX: usize = 48;
/// Longest short name of a delegation in bytes of UTF-8.
pub const SHORT_NAME_BYTES_MAX: usize = 384;
/// Most bytes of UTF-8 of all seats' names and titles, each with its delegation's two names: the
/// group's tree has them all, and must fit into a commit.
pub const SEAT_TEXTS_BYTES_MAX: usize = 192 * 1024;
/// Latest scheduled start, milliseconds since 1970 UTC: the end of the year 9999.
pub const START_MS_MAX: u64 = 253_402_300_799_999;
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
/// Longest SDP of one of the two connections of a mirror, in bytes.
pub const MIRROR_SDP_BYTES_MAX: usize = 16 * 1024;
/// A mirror ends by itself after this long.
pub const MIRROR_MS: u64 = 10_000;
/// Time from the start of a seat's mirror to the earliest start of its next.
pub const MIRROR_INTERVAL_MS: u64 = 12_000;
/// Most of what a mirror is sent that it sends back, in bits per second.
pub const MIRROR_BITS_PER_SECOND: u64 = 3_000_000;
/// Longest sealed commit or group welcome as base64url text. A post-quantum tree has 2 to 4 kB a seat.
pub const COMMIT_CHARS_MAX: usize = 1536 * 1024;
/// Longest sealed message that is kept, as base64url text: a page of text.
pub const KEPT_CHARS_MAX: usize = 24 * 1024;
/// Longest sealed message that only passes (heartbeats, manifests), as base64url text.
pub const PASSING_CHARS_MAX: usize = 12 * 1024;
/// Longest sealed key package (`knock`), as base64url text; a hybrid one is about 5 kB.
pub const KNOCK_CHARS_MAX: usize = 12 * 1024;
/// Longest sealed grant of a seat, as base64url text: all its texts at their longest are about 7 kB.
pub const GRANT_CHARS_MAX: usize = 8 * 1024;
/// Longest sealed plan of a call, as base64url text.
pub const SEALED_PLAN_CHARS_MAX: usize = 384 * 1024;
/// Most entries of a call's log that are kept for those who were away.
pub const LOG_ENTRIES_MAX: usize = 512;
/// Most base64url text of a call's log that is kept, in bytes.
pub const LOG_CHARS_MAX: usize = 8 * 1024 * 1024;
/// Most calls a convener may have on a server, those that are over and not deleted included.
pub const CALLS_PER_CONVENER_MAX: usize = 2_000;
/// Most bytes of all calls of a convener: plans, shapes, grants of every link, logs.
pub const CONVENER_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Bytes of `commit`, `group_welcome` and `kept` a connection may send at once: a few admissions to a large call.
pub const LOG_BYTES_BURST: usize = 4 * 1024 * 1024;
/// Bytes of `commit`, `group_welcome` and `kept` a connection may send per second, averaged over [`LOG_BYTES_BURST`].
pub const LOG_BYTES_PER_SECOND: usize = 256 * 1024;
/// Bytes of `passing` a connection may send at once: what a client says again after an outage.
pub const PASSING_BYTES_BURST: usize = 256 * 1024;
/// Bytes of `passing` a connection may send per second, averaged over [`PASSING_BYTES_BURST`]: each goes
/// to everybody at the table.
pub const PASSING_BYTES_PER_SECOND: usize = 32 * 1024;
/// Offers a connection may make at once.
pub const OFFERS_BURST: u32 = 20;
/// Offers a connection may make per second, averaged over [`OFFERS_BURST`]: reading one takes a
/// millisecond of the thread that forwards.
pub const OFFERS_PER_SECOND: u32 = 1;
/// Length in bytes of access tokens, holders, seat secrets and the call secret.
pub const SECRET_BYTES: usize = 32;
/// The server sends `clock` this often; a client that has seen nothing for two of them tries another
/// connection, and for three takes this one for dead.
pub const CLOCK_INTERVAL_MS: u64 = 2_000;
/// A connection must say `hello` within this time.
pub const HELLO_TIMEOUT_MS: u64 = 10_000;
