/**
 * What the page and its sealing worker say to each other: one union for each direction.
 *
 * Keys and counters never travel, in either direction; frames do not pass through the page at all.
 */

import type { ClientMessage, Delegation, Seat, ServerMessage, Source } from '../protocol/generated';
import type { Act, Memory, View } from './view';

/** Who made what comes on a receiving transceiver, as its frames prove. */
export interface Verified {
  readonly seat: number;
  readonly source: Source | 'microphone';
}

/**
 * RTP timestamps of frames that a receiver let through before, of whoever it was; `null`: there may be
 * some, and the browser does not say which.
 */
export type Former = readonly number[] | null;

/** What a transform is told of its stream. `stream` counts the transforms of one worker. */
export type StreamOptions =
  | { readonly stream: number; readonly direction: 'send'; readonly source: Verified['source'] }
  | { readonly stream: number; readonly direction: 'receive'; readonly kind: 'audio' | 'video' }
  /** Of a mirror: what goes out is replaced by noise, what comes back is looked at by nobody. */
  | { readonly stream: number; readonly direction: 'noise' | 'nowhere' };

export type ToWorker =
  /** First. The compiled core is handed over, so that it is fetched and compiled once. */
  | {
      readonly type: 'open';
      readonly module: WebAssembly.Module;
      readonly callId: string;
      readonly fragment: string;
      readonly grant: string;
      readonly devicePublic: Uint8Array;
    }
  /** Answers `prepared`: the device key has signed. */
  | { readonly type: 'start'; readonly signature: Uint8Array; readonly memory: Memory | null; readonly code: Uint8Array }
  | { readonly type: 'hear'; readonly message: ServerMessage }
  /** The signalling connection broke; `connection` numbers the one that comes next. */
  | { readonly type: 'disconnected'; readonly connection: number }
  | { readonly type: 'enter' }
  /** In this circle; 0 is the table. */
  | { readonly type: 'act'; readonly id: number; readonly circle: number; readonly act: Act }
  /** Take part in a circle beside the table: the own delegation's. */
  | { readonly type: 'join'; readonly circle: number }
  /** For which circle the voice is sealed from now on; 0 is the table. Answered by `acted`. */
  | { readonly type: 'speak'; readonly id: number; readonly circle: number }
  /** Answers `source`: what comes on this stream is drawn as that from now on. */
  | { readonly type: 'bound'; readonly stream: number; readonly source: Verified }
  /** What comes on this stream is drawn as nobody's, until it was verified anew. */
  | { readonly type: 'forget'; readonly stream: number }
  /** The stream has ended. */
  | { readonly type: 'stop'; readonly stream: number };

/** The own invitation, as the grant says that the link opened. */
export interface Grant {
  /** Of the call. */
  readonly title: string;
  readonly seat: Seat;
  readonly delegation: Delegation;
}

export type FromWorker =
  | { readonly type: 'prepared'; readonly toSign: Uint8Array; readonly grant: Grant }
  | { readonly type: 'started' }
  /** Nothing can be sealed or opened any more. `code`: one of `SealProblem`'s. */
  | { readonly type: 'failed'; readonly code: string }
  | { readonly type: 'send'; readonly connection: number; readonly message: ClientMessage }
  /** Times are the worker's; `nowMs` is that clock when it is posted: it counts sleep, the page's may not. */
  | {
      readonly type: 'text'; readonly circle: number; readonly id: string; readonly from: number; readonly atMs: number;
      readonly text: string; readonly nowMs: number;
    }
  | { readonly type: 'view'; readonly view: View; readonly nowMs: number }
  | { readonly type: 'memory'; readonly memory: Memory }
  /** To which circle the voice of a seat that is heard now was sealed, whenever it is another; 0 is the table. */
  | { readonly type: 'spoken'; readonly seat: number; readonly circle: number }
  /** Answers `act` and `speak`; `error` is a code of the session's. */
  | { readonly type: 'acted'; readonly id: number; readonly error: string | null }
  /** Of all layers of this stream a key frame is wanted, and here nobody can have the encoder make one. */
  | { readonly type: 'key'; readonly stream: number }
  /** What comes on this stream is from somebody else than it was drawn as; it waits for `bound`. */
  | { readonly type: 'source'; readonly stream: number; readonly source: Verified; readonly former: Former };
