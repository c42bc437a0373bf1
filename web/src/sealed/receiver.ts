/**
 * The frames of one receiving transceiver on their way to its decoder: opened, checked to be from
 * whom the screen says they are, passed on in order. What does not open never gets here.
 *
 *   take -> [queue] -> open -> from whom? -> enqueue
 *             ^         | later: the epoch is not reached yet; all wait, in order, for a moment
 *             +---------+ somebody else: all wait until the page draws this stream as theirs
 */

import type { Clock } from '../base/time';
import { Timer } from '../base/time';
import { Passed } from './passed';
import type { Former, Verified } from './worker-messages';

/** As much of an encoded frame as is used. */
export interface EncodedFrame {
  data: ArrayBuffer;
  readonly type?: string;
  /** Of RTP, in browsers that do not give it with the rest. */
  readonly timestamp?: number;
  getMetadata(): { readonly synchronizationSource?: number; readonly rtpTimestamp?: number };
}

interface Opened {
  readonly source: Verified;
  readonly key: boolean;
  readonly data: ArrayBuffer;
}

/** `null`: it does not open. `later`: it is of an epoch that this client is about to reach. */
export type Opening = Opened | 'later' | null;

/** A frame waits this long for its epoch. Longer only delays what follows. */
const WAIT_MS = 500;
/** Most frames that wait: half a second of voice, two of pictures. */
const WAITING_MAX = 60;
/** A key frame costs the sender ten others. */
const ASK_INTERVAL_MS = 500;

export interface ReceiverOptions<F extends EncodedFrame> {
  readonly kind: 'audio' | 'video';
  readonly clock: Clock;
  open(bytes: Uint8Array): Opening;
  enqueue(frame: F): void;
  /** Asks the page to draw this stream as that, and tells it which frames are still others'. */
  tell(source: Verified, former: Former): void;
  askForKey(): void;
}

interface Waiting<F> {
  readonly frame: F;
  readonly sinceMs: number;
  opened: Opened | null;
}

export class Receiver<F extends EncodedFrame> {
  readonly #queue: Waiting<F>[] = [];
  readonly #patience: Timer;
  readonly #passed = new Passed();
  /** As whose this stream is drawn now. */
  #bound: Verified | null = null;
  /** What the page was told and has not answered yet. */
  #told: Verified | null = null;
  /** A frame is missing since the last key frame. */
  #gap = false;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: ReceiverOptions<F>) {
    this.#patience = new Timer(options.clock);
  }

  take(frame: F): void {
    if (this.#queue.length >= WAITING_MAX) this.#overflow();
    this.#queue.push({ frame, sinceMs: this.options.clock.now(), opened: null });
    // Behind others that wait: its turn comes with theirs.
    if (this.#queue.length === 1) this.#pump();
  }

  /** An epoch was reached. */
  retry(): void {
    this.#pump();
  }

  /** The page draws this stream as that. */
  bind(source: Verified): void {
    if (!same(source, this.#told)) return;
    this.#bound = source;
    this.#told = null;
    this.#pump();
  }

  /** The page draws this stream as nobody's. */
  forget(): void {
    this.#bound = this.#told = null;
    this.#pump();
  }

  end(): void {
    this.#patience.stop();
    this.#queue.length = 0;
  }

  #pump(): void {
    this.#patience.stop();
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      const next = this.#next(first);
      if (next === 'wait') return this.#waitForFirst(first);
      this.#queue.shift();
      if (next === 'drop') this.#gap = true;
      else this.#pass(first.frame, first.opened?.key ?? false);
    }
  }

  #next(waiting: Waiting<F>): 'pass' | 'drop' | 'wait' {
    const late = this.options.clock.now() - waiting.sinceMs >= WAIT_MS;
    if (!waiting.opened) {
      const opening = this.options.open(new Uint8Array(waiting.frame.data));
      if (opening === 'later') return late ? 'drop' : 'wait';
      if (opening === null) return 'drop';
      waiting.opened = opening;
      waiting.frame.data = opening.data;
    }
    const { source, key } = waiting.opened;
    if (this.#passed.isFormers(timestampOf(waiting.frame))) return 'drop';
    if (same(source, this.#bound)) return 'pass';
    if (late) {
      this.#told = null;
      return 'drop';
    }
    if (!same(source, this.#told)) {
      // Without its key frame a picture would be drawn over what somebody else's left behind.
      if (this.options.kind === 'video' && !key) {
        this.#ask();
        return 'drop';
      }
      // From here on the page may draw it as either.
      this.#bound = null;
      this.#told = source;
      this.options.tell(source, this.#passed.change());
    }
    return 'wait';
  }

  #pass(frame: F, key: boolean): void {
    if (key) this.#gap = false;
    // What is missing would be noticed by the decoder too, but only after seconds.
    else if (this.#gap) this.#ask();
    this.#passed.note(timestampOf(frame));
    this.options.enqueue(frame);
  }

  #waitForFirst({ sinceMs }: Waiting<F>): void {
    this.#patience.start(Math.max(0, sinceMs + WAIT_MS - this.options.clock.now()), () => this.#pump());
  }

  /** So many wait that the oldest would be late anyway. Of pictures the rest is of no use without it. */
  #overflow(): void {
    if (this.options.kind === 'audio') this.#queue.shift();
    else {
      this.#queue.length = 0;
      this.#told = null;
      this.#gap = true;
    }
  }

  #ask(): void {
    if (this.options.kind !== 'video') return;
    const now = this.options.clock.now();
    if (now - this.#askedMs < ASK_INTERVAL_MS) return;
    this.#askedMs = now;
    this.options.askForKey();
  }
}

function timestampOf(frame: EncodedFrame): number | undefined {
  return frame.getMetadata().rtpTimestamp ?? frame.timestamp;
}

function same(a: Verified, b: Verified | null): boolean {
  return b !== null && a.seat === b.seat && a.source === b.source;
}
