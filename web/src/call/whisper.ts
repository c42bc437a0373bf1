/**
 * Speaking to one circle in place of the table. The voice is sealed for the circle before anything else
 * happens: only then is the microphone opened to it, the server told, and the person shown that it is so.
 */

import { TABLE } from '../sealed/address';
import type { Seal } from '../sealed/sealed-call';
import type { Own } from './own';

export class Whisper {
  /** Of the last wish: what an earlier one still waits for is of no interest any more. */
  #turn = 0;
  /** For which circle the sealing worker was asked to seal last. */
  #asked = TABLE;

  constructor(private readonly own: Pick<Own, 'setCircle'>, private readonly seal: Pick<Seal, 'speak'>) {}

  async begin(circle: number): Promise<void> {
    const turn = ++this.#turn;
    this.#asked = circle;
    const error = await this.seal.speak(circle);
    if (turn === this.#turn && error === null) this.own.setCircle(circle);
  }

  /** Back to what the microphone is at the table. */
  end(): void {
    this.#turn++;
    if (this.#asked === TABLE) return;
    this.#asked = TABLE;
    // Until it is done the table cannot open what it is sent; so nothing has to wait for it.
    void this.seal.speak(TABLE);
    this.own.setCircle(null);
  }
}
