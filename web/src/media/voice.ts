/**
 * The two voices a microphone sends (`docs/protocol.md`, `voice`): the full one, and for the bad line of
 * somebody who hears it a narrow one. Which of them depends on lines alone, never on what is said.
 */

import { Timer, type Clock } from '../base/time';

export type Voice = 'full' | 'narrow';

/**
 * Until the lines of those who hear it have shown that they are good: where the full voice is too much,
 * the word that it is would come last.
 */
export const FIRST_VOICE: Voice = 'narrow';

/**
 * Constant size and pace: both leak what is said even through encryption (RFC 7587, 6.1 and 7). 32
 * kbit/s carries speech in full band; higher costs every listener. Packets of 120 ms halve a bad line's
 * load again, as most of a small packet is what is around it; a browser that has none that long makes
 * the longest it has, 60 ms.
 */
const OF_OPUS: Readonly<Record<Voice, { readonly bitsPerSecond: number; readonly packetMs: number }>> = {
  full: { bitsPerSecond: 32_000, packetMs: 20 }, narrow: { bitsPerSecond: 8_000, packetMs: 120 },
};

/** Lines of the answer that have a browser send this voice under this payload type. */
export function voiceLines(codec: number, voice: Voice): string[] {
  const { bitsPerSecond, packetMs } = OF_OPUS[voice];
  return [
    `a=fmtp:${codec} minptime=10;useinbandfec=1;usedtx=0;cbr=1;maxaveragebitrate=${bitsPerSecond};stereo=0;sprop-stereo=0`,
    `a=ptime:${packetMs}`, `a=maxptime:120`,
  ];
}

/** Between two switches: each is a negotiation, and a moment in which listeners' buffers are filled or emptied. */
const SWITCH_INTERVAL_MS = 3_000;

/** Obeys the server's last word, however often it changes its mind. */
export class VoiceSwitch {
  readonly #pause: Timer;
  #wanted = FIRST_VOICE;
  #sent = FIRST_VOICE;

  constructor(clock: Clock, private readonly send: (voice: Voice) => void) {
    this.#pause = new Timer(clock);
  }

  want(voice: Voice): void {
    this.#wanted = voice;
    this.#turn();
  }

  /** A new PeerConnection begins with the first voice, and the server says anew which it wants. */
  begin(): void {
    this.#wanted = this.#sent = FIRST_VOICE;
  }

  end(): void {
    this.#pause.stop();
  }

  #turn(): void {
    if (this.#pause.running || this.#wanted === this.#sent) return;
    this.#sent = this.#wanted;
    this.#pause.start(SWITCH_INTERVAL_MS, () => this.#turn());
    this.send(this.#sent);
  }
}
