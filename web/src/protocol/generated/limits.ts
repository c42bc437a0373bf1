// Generated from crates/protocol by `cargo xtask types`. Do not edit.

/** Version of the protocol, named in `hello`. */
export const VERSION = 1;
/** Longest WebSocket message in bytes. An offer with 60 transceivers is about 80 kB. */
export const MESSAGE_BYTES_MAX = 131072;
/** Longest message in bytes of any type but `offer`. */
export const SMALL_MESSAGE_BYTES_MAX = 16384;
/** Messages a connection may send per second, averaged over `MESSAGE_BURST`. */
export const MESSAGES_PER_SECOND = 20;
/** Messages a connection may send at once before it must slow down. */
export const MESSAGE_BURST = 60;
/** Longest call plan in bytes (300 seats with long names are about 120 kB). */
export const PLAN_BYTES_MAX = 262144;
/** Longest title of a call in bytes of UTF-8. */
export const TITLE_BYTES_MAX = 200;
/** Longest name, title of a person, or delegation name in bytes of UTF-8. */
export const NAME_BYTES_MAX = 128;
/** Longest short name of a delegation in bytes of UTF-8. */
export const SHORT_NAME_BYTES_MAX = 48;
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
/** Length in bytes of access tokens, holders, seat secrets and the call secret. */
export const SECRET_BYTES = 32;
/** The server sends `clock` this often; a client that has seen none for three of them reconnects. */
export const CLOCK_INTERVAL_MS = 4000;
/** A connection must say `hello` within this time. */
export const HELLO_TIMEOUT_MS = 10000;
