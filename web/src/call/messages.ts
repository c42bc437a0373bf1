/**
 * Every sentence the logic can ask a screen to show, as keys of the catalogues in `locales/`.
 *
 * What goes into a sentence is named beside its key. Texts of the screens themselves (labels,
 * headings) are not listed here; they belong to `ui/`.
 */

export type MessageArgs = Readonly<Record<string, string | number>>;

/** Key, and the names of its arguments. */
export const MESSAGES = {
  // Devices. device: the name the browser gives it.
  'device-microphone-denied': [],
  'device-microphone-not-found': [],
  'device-microphone-in-use': [],
  'device-microphone-failed': [],
  'device-camera-denied': [],
  'device-camera-not-found': [],
  'device-camera-in-use': [],
  'device-camera-failed': [],
  'device-microphone-lost-replaced': ['device'],
  'device-microphone-lost': [],
  'device-camera-lost-replaced': ['device'],
  'device-camera-lost': [],
  'device-speaker-lost': [],
  'device-insecure-page': [],
  // The way to the server.
  'network-checking': [],
  'network-good': [],
  'network-slow': [],
  'network-offline': [],
  // On the tile of one seat. The first: this client's own way to the server cannot carry the
  // picture now; the voice is kept.
  'connection-weak-picture-paused': ['who'],
  'connection-lost-returning': ['who', 'since'],
  // Of the own connection.
  'own-connection-weak': [],
  'own-connection-unheard': [],
  'signal-reconnecting': [],
  'server-restarting': [],
  'media-reconnecting': [],
  'media-failed': [],
  // At the table.
  'seat-claimed': [],
  'microphone-closed-for': ['who'],
  'microphones-full': ['who'],
  'doors-closed-now': [],
  'doors-open-now': [],
  'floor-given-to': ['who'],
  'floor-given-to-you': [],
  'screen-share-failed': [],
  'screen-share-denied': [],
  'screen-share-taken': ['who'],
  'not-permitted': [],
  'wrong-state': [],
  'too-fast': [],
  'server-trouble': [],
  // The call cannot be shown.
  'error-bad-link': [],
  'error-unknown-call': [],
  'error-unknown-link': [],
  'error-link-closed': [],
  'error-call-ended': [],
  'error-seat-occupied': [],
  'error-refused': [],
  'error-seat-moved': [],
  'error-unsupported-version': [],
  'error-server-full': [],
  'error-storage-unavailable': [],
  'error-going-away': [],
  'error-internal': [],
  'error-unreachable': [],
  'error-too-fast': [],
  'error-browser-too-old': ['missing'],
  'error-insecure-page': [],
  // Convening.
  'convene-key-malformed': [],
  'convene-key-unknown': [],
  'convene-offline': [],
  'convene-plan-refused': ['why'],
  'convene-call-gone': [],
  'convene-call-exists': [],
  'convene-too-fast': [],
  'convene-server-trouble': [],
  'convene-text-empty': [],
  'convene-text-too-long': ['max'],
  'convene-text-unsafe': [],
  'convene-no-host': [],
  'convene-observer-host': [],
  'convene-same-name': [],
  'convene-no-seat': [],
  'convene-too-few-seats': [],
  'convene-too-many-delegations': ['max'],
  'convene-too-many-seats': ['max'],
  'convene-minutes-wrong': [],
  // Actions on messages.
  'action-try-again': [],
  'action-turn-on': [],
  'action-choose-device': [],
  'action-reload': [],
} as const satisfies Record<string, readonly string[]>;

export type MessageKey = keyof typeof MESSAGES;
