/**
 * Which received pictures stand still: their decoder gave no frame for a while, whoever is to blame.
 * The browser's counts in, names of transceivers out.
 */

/** Cameras give ten and more frames a second; the slowest of a dark room still gives five. */
const CAMERA_MS = 1_200;
/** Browsers repeat an unmoving screen once a second. */
const SCREEN_MS = 1_700;

interface Entry {
  readonly type: string;
  readonly kind?: string;
  readonly trackIdentifier?: string;
  readonly framesDecoded?: number;
}

/** Frames decoded so far, by the id of the receiving track. */
export function decodedOf(report: Iterable<readonly [string, unknown]>): Map<string, number> {
  const decoded = new Map<string, number>();
  for (const [, value] of report) {
    const { type, kind, trackIdentifier = '', framesDecoded = 0 } = value as Entry;
    if (type === 'inbound-rtp' && kind === 'video') decoded.set(trackIdentifier, framesDecoded);
  }
  return decoded;
}

/** A picture that is shown. */
export interface ShownPicture {
  /** `camera:5`. */
  readonly id: string;
  /** Changes when it begins anew. */
  readonly stream: MediaStream;
}

interface Watched {
  readonly stream: MediaStream;
  frames: number;
  /** When a frame was decoded last, as far as was looked. */
  movedMs: number;
}

export class StillPictures {
  readonly #watched = new Map<string, Watched>();

  /** What stands still at `now`, of what is shown. A picture that has only just come counts from now. */
  look(now: number, shown: readonly ShownPicture[], decoded: ReadonlyMap<string, number>): ReadonlySet<string> {
    const still = new Set<string>();
    const ids = new Set(shown.map(({ id }) => id));
    for (const id of this.#watched.keys()) if (!ids.has(id)) this.#watched.delete(id);
    for (const { id, stream } of shown) {
      const frames = decoded.get(stream.getVideoTracks()[0]?.id ?? '') ?? 0;
      const before = this.#watched.get(id);
      if (before?.stream !== stream || frames !== before.frames) this.#watched.set(id, { stream, frames, movedMs: now });
      else if (now - before.movedMs >= (id.startsWith('screen:') ? SCREEN_MS : CAMERA_MS)) still.add(id);
    }
    return still;
  }

  /** The connection is another one. */
  forget(): void {
    this.#watched.clear();
  }
}
