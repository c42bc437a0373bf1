// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/** Version of the protocol, named in `hello`. */
export const VERSION = 3;
/** Longest WebSocket message in bytes: a commit of 300 seats, or its welcome. */
export const MESSAGE_BYTES_MAX = 2097152;
/** Longest WebSocket message of the server in bytes: a whole log. */
export const SERVER_MESSAGE_BYTES_MAX = 16777216;
/** Longest message in bytes of any type but `offer`, `mirror`, `commit`, `group_welcome` and `kept`. */
export const SMALL_MESSAGE_BYTES_MAX = 16384;
/** Messages a connection may send per second, averaged over `MESSAGE_BURST`. */
export const MESSAGES_PER_SECOND = 20;
/** Messages a connection may send at once before it must slow down. */
export const MESSAGE_BURST = 60;
/** Longest call plan in bytes (300 seats with long names are about 120 kB). */
export const PLAN_BYTES_MAX = 262144;
/** Longest body of the convener's interface in bytes: a shape, a sealed plan, 300 sealed grants. */
export const BODY_BYTES_MAX = 2097152;
/** Longest title of a call in letters as people count them (`crate::text::letters`). */
export const TITLE_LETTERS_MAX = 200;
/** Longest title of a call in bytes of UTF-8: far above what its letters need in any script. */
export const TITLE_BYTES_MAX = 1600;
/** Longest name, title of a person, or delegation name in letters. */
export const NAME_LETTERS_MAX = 128;
/** Longest name, title of a person, or delegation name in bytes of UTF-8. */
export const NAME_BYTES_MAX = 1024;
/** Longest short name of a delegation in letters. */
export const SHORT_NAME_LETTERS_MAX = 48;
/** Longest short name of a delegation in bytes of UTF-8. */
export const SHORT_NAME_BYTES_MAX = 384;
/** Most bytes of UTF-8 of all seats' names and titles, each with its delegation's two names: the group's tree has them all, and must fit into a commit. */
export const SEAT_TEXTS_BYTES_MAX = 196608;
/** Latest scheduled start, milliseconds since 1970 UTC: the end of the year 9999. */
export const START_MS_MAX = 253402300799999;
/** Most seats in one call. */
export const SEATS_MAX = 300;
/** Most delegations in one call. */
export const DELEGATIONS_MAX = 100;
/** Open microphones at one time, as in a conference hall. */
export const OPEN_MICROPHONES_MAX = 16;
/** Most tiles a client may ask for in `view`; also the most video transceivers the server fills. */
export const TILES_MAX = 26;
/** Longest SDP in bytes. */
export const SDP_BYTES_MAX = 122880;
/** Longest SDP of one of the two connections of a mirror, in bytes. */
export const MIRROR_SDP_BYTES_MAX = 16384;
/** A mirror ends by itself after this long. */
export const MIRROR_MS = 10000;
/** Time from the start of a seat's mirror to the earliest start of its next. */
export const MIRROR_INTERVAL_MS = 12000;
/** Most of what a mirror is sent that it sends back, in bits per second. */
export const MIRROR_BITS_PER_SECOND = 3000000;
/** Longest sealed commit or group welcome as base64url text. A post-quantum tree has 2 to 4 kB a seat. */
export const COMMIT_CHARS_MAX = 1572864;
/** Longest sealed message that is kept, as base64url text: a page of text. */
export const KEPT_CHARS_MAX = 24576;
/** Longest sealed message that only passes (heartbeats, manifests), as base64url text. */
export const PASSING_CHARS_MAX = 12288;
/** Longest sealed key package (`knock`), as base64url text; a hybrid one is about 5 kB. */
export const KNOCK_CHARS_MAX = 12288;
/** Longest sealed grant of a seat, as base64url text: all its texts at their longest are about 7 kB. */
export const GRANT_CHARS_MAX = 8192;
/** Longest sealed plan of a call, as base64url text. */
export const SEALED_PLAN_CHARS_MAX = 393216;
/** Most entries of a call's log that are kept for those who were away. */
export const LOG_ENTRIES_MAX = 512;
/** Most base64url text of a call's log that is kept, in bytes. */
export const LOG_CHARS_MAX = 8388608;
/** Most calls a convener may have on a server, those that are over and not deleted included. */
export const CALLS_PER_CONVENER_MAX = 2000;
/** Most bytes of all calls of a convener: plans, shapes, grants of every link, logs. */
export const CONVENER_BYTES_MAX = 268435456;
/** Bytes of `commit`, `group_welcome` and `kept` a connection may send at once: a few admissions to a large call. */
export const LOG_BYTES_BURST = 4194304;
/** Bytes of `commit`, `group_welcome` and `kept` a connection may send per second, averaged over `LOG_BYTES_BURST`. */
export const LOG_BYTES_PER_SECOND = 262144;
/** Bytes of `passing` a connection may send at once: what a client says again after an outage. */
export const PASSING_BYTES_BURST = 262144;
/** Bytes of `passing` a connection may send per second, averaged over `PASSING_BYTES_BURST`: each goes to everybody at the table. */
export const PASSING_BYTES_PER_SECOND = 32768;
/** Offers a connection may make at once. */
export const OFFERS_BURST = 20;
/** Offers a connection may make per second, averaged over `OFFERS_BURST`: reading one takes a millisecond of the thread that forwards. */
export const OFFERS_PER_SECOND = 1;
/** Length in bytes of access tokens, holders, seat secrets and the call secret. */
export const SECRET_BYTES = 32;
/** The server sends `clock` this often; a client that has seen nothing for two of them tries another connection, and for three takes this one for dead. */
export const CLOCK_INTERVAL_MS = 2000;
/** A connection must say `hello` within this time. */
export const HELLO_TIMEOUT_MS = 10000;
