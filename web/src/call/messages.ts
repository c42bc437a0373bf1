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
  // The line that is always there: how the call is sealed. It is made of sentences in a row, e.g.
  // "8 of 9 verified. Germany is silent." who: up to three names; count: how many it is about.
  // All is well.
  'seal-doors-closed': [],
  'seal-doors-open': [],
  'seal-verified': ['verified', 'members'],
  // Not all is there yet.
  'seal-entering': [],
  'seal-recovering': [],
  'seal-unconfirmed': [],
  'seal-no-answer': [],
  'seal-joining': ['who', 'count'],
  'seal-silent': ['who', 'count'],
  'seal-absent': ['who', 'count'],
  'seal-unverified': ['who', 'count'],
  // They send, and nothing of it arrives here.
  'seal-starved': ['who', 'count'],
  'seal-code-differs': ['who', 'count'],
  // No host has answered for a moment; nothing is stopped yet.
  'seal-no-host': [],
  // Not everything can be verified just now, whatever it is.
  'seal-unsure': [],
  // Something is wrong. `stopped`: nothing of this seat is sent any more.
  'seal-stopped': [],
  'seal-stopped-no-host': [],
  // With nobody in particular.
  'seal-wrong': [],
  // Who has which seat, as the server gave it, is not what the convener signed.
  'seal-bad-plan': [],
  'seal-removed': [],
  'seal-forged': ['who', 'count'],
  'seal-different': ['who', 'count'],
  'seal-device-changed': ['who', 'count'],
  // A host had to seal the call anew, with a new group; `anyone`: by whom is not known.
  'seal-recovered': ['who', 'count'],
  'seal-recovered-anyone': [],
  // What is wrong with who asks to come in.
  'claim-not-a-grant': [],
  'claim-wrong-seat': [],
  'claim-expired': [],
  'claim-closed': [],
  'claim-bad-package': [],
  'claim-wrong-clock': [],
  'claim-other-device': [],
  // A deed that was not done.
  'text-not-sent': [],
  'admit-not-verified': ['who'],
  'check-not-now': [],
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
  // What the server gave is not this invitation's: it lies, or the link is another call's.
  'error-bad-grant': [],
  // The part of this page that seals stopped working, so nothing is sent or shown.
  'error-seal-failed': [],
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
