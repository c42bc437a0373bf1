/**
 * The frames of one receiving transceiver on their way to its decoder: opened, checked to be from
 * whom the screen says they are, passed on in order. What does not open never gets here.
 *
 *   take -> open -> [queue] -> from whom? -> enqueue
 *                     | later: the epoch is not reached yet; all wait, in order, for a moment
 *                     | unproven: nothing tells yet whose it is; it waits, and those that are proven pass it
 *                     | somebody else: all wait until the page draws this stream as theirs
 *
 * Each frame is opened when it comes, also behind others that wait: it may be the one that proves them.
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

/** `later`: it is of an epoch that this client is about to reach. `unproven`: what proves it may come. */
type Waits = 'later' | 'unproven';
/** `null`: it does not open, or is nobody's. */
export type Opening = Opened | Waits | null;

/** A frame waits this long for its epoch, for its proof (`UNPROVEN_MS` of the session), for the page. */
const WAIT_MS = { later: 500, unproven: 2_000, page: 500 } as const;
/** Most frames that wait: more than a voice has in two seconds. */
const WAITING_MAX = 128;
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
  /** Since it came; once it opened, since then. */
  sinceMs: number;
  waits: Waits | null;
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
  #pumping = false;
  /** While frames are passed on, more may be passed: what opened has proven others. */
  #again: 'pass' | 'try' | null = null;

  constructor(private readonly options: ReceiverOptions<F>) {
    this.#patience = new Timer(options.clock);
  }

  take(frame: F): void {
    if (this.#queue.length >= WAITING_MAX) this.#overflow();
    this.#queue.push({ frame, sinceMs: this.options.clock.now(), waits: null, opened: null });
    this.#pump('pass');
  }

  /** An epoch was reached, or proofs came. */
  retry(): void {
    this.#pump('try');
  }

  /** The page draws this stream as that. */
  bind(source: Verified): void {
    if (!same(source, this.#told)) return;
    this.#bound = source;
    this.#told = null;
    this.#pump('pass');
  }

  /** The page draws this stream as nobody's. */
  forget(): void {
    this.#bound = this.#told = null;
    this.#pump('pass');
  }

  end(): void {
    this.#patience.stop();
    this.#queue.length = 0;
  }

  /** `try`: what waits for an epoch or a proof is opened again. */
  #pump(how: 'pass' | 'try'): void {
    if (this.#again !== 'try') this.#again = how;
    if (this.#pumping) return;
    this.#pumping = true;
    this.#patience.stop();
    for (let again: 'pass' | 'try' | null = this.#again; again; again = this.#again) {
      this.#again = null;
      this.#passAll(again === 'try');
    }
    this.#pumping = false;
    this.#setPatience();
  }

  #passAll(retry: boolean): void {
    for (let at = 0; at < this.#queue.length;) {
      const waiting = this.#queue[at]!;
      const next = this.#next(waiting, retry);
      // It proved some of those before it: they go first.
      if (at > 0 && this.#again === 'try') return;
      if (next === 'hold') at += 1;
      else if (next === 'wait') return this.#openLast(at);
      else {
        this.#queue.splice(at, 1);
        if (next === 'drop') this.#gap = true;
        else this.#pass(waiting.frame, waiting.opened?.key ?? false);
      }
    }
  }

  /** Behind one that all wait for: the new one may prove it, so it is opened too. */
  #openLast(after: number): void {
    const last = this.#queue.length - 1;
    const waiting = this.#queue[last];
    if (last > after && waiting && !this.#open(waiting, false)) {
      this.#queue.splice(last, 1);
      this.#gap = true;
    }
  }

  /** False: it is to be dropped. */
  #open(waiting: Waiting<F>, retry: boolean): boolean {
    if (waiting.opened || (waiting.waits && !retry)) return true;
    const opening = this.options.open(new Uint8Array(waiting.frame.data));
    if (opening === null) return false;
    waiting.waits = typeof opening === 'string' ? opening : null;
    if (typeof opening !== 'string') {
      waiting.opened = opening;
      waiting.frame.data = opening.data;
      waiting.sinceMs = this.options.clock.now();
    }
    return true;
  }

  /** `hold`: those behind it may pass it. */
  #next(waiting: Waiting<F>, retry: boolean): 'pass' | 'drop' | 'wait' | 'hold' {
    if (!this.#open(waiting, retry)) return 'drop';
    const late = this.options.clock.now() >= deadline(waiting);
    if (!waiting.opened) {
      if (late) return 'drop';
      return waiting.waits === 'unproven' ? 'hold' : 'wait';
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

  #setPatience(): void {
    if (this.#queue.length === 0) return;
    const first = Math.min(...this.#queue.map(deadline));
    this.#patience.start(Math.max(0, first - this.options.clock.now()), () => this.#pump('pass'));
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

function deadline({ sinceMs, waits }: Waiting<unknown>): number {
  return sinceMs + WAIT_MS[waits ?? 'page'];
}

function timestampOf(frame: EncodedFrame): number | undefined {
  return frame.getMetadata().rtpTimestamp ?? frame.timestamp;
}

function same(a: Verified, b: Verified | null): boolean {
  return b !== null && a.seat === b.seat && a.source === b.source;
}
