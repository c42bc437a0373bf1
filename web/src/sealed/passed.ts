/**
 * The RTP timestamps of the frames that a receiver gave to its decoder. A decoder, and the buffer
 * before it, may hold them for seconds: a server that plays with times can see to that. So when a
 * stream becomes somebody else's, these tell which frames on the screen are still the former's.
 */

/** More frames no browser's buffer holds: the rest has been drawn or thrown away. */
const REMEMBERED = 1_000;

export class Passed {
  #former = new Set<number>();
  #current: number[] = [];
  /** This browser does not say when a frame is of. */
  #blind = false;

  note(timestamp: number | undefined): void {
    if (timestamp === undefined) this.#blind = true;
    else if (this.#current.push(timestamp) > REMEMBERED) this.#current.shift();
  }

  /** Somebody else begins. What went before was others'; `null`: something did, and nobody knows what. */
  change(): readonly number[] | null {
    this.#former = new Set([...this.#former, ...this.#current].slice(-REMEMBERED));
    this.#current = [];
    return this.#blind ? null : [...this.#former];
  }

  /** A frame that says it is of the same moment as a former one could not be told from it. */
  isFormers(timestamp: number | undefined): boolean {
    return timestamp !== undefined && this.#former.has(timestamp);
  }
}
