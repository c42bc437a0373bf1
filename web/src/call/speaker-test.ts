/** The loudspeaker is tested by playing: a tone, and the person's word whether it was heard. */

import { Cell, type Readable, type Scope } from '../base/observable';
import type { Devices } from '../media/types';

/** `asking`: the tone was played, and nobody has said whether it was heard. `failed`: it could not be played. */
export type SpeakerState = 'untested' | 'playing' | 'asking' | 'heard' | 'unheard' | 'failed';

export class SpeakerTest {
  readonly #state = new Cell<SpeakerState>('untested');
  #chosen: string | null;
  #turn = 0;

  /** `tone` plays on the loudspeaker with this id, or on the system's own if it is empty. */
  constructor(private readonly tone: (speaker: string) => Promise<void>, devices: Readable<Devices>, scope: Scope) {
    this.#chosen = devices.value.speaker.chosen;
    scope.bind(devices.subscribe(({ speaker }) => {
      if (speaker.chosen === this.#chosen) return;
      this.#chosen = speaker.chosen;
      // What was heard from another one says nothing of this one.
      this.#turn += 1;
      this.#state.set('untested');
    }));
  }

  get state(): Readable<SpeakerState> {
    return this.#state;
  }

  play(): void {
    if (this.#state.value === 'playing') return;
    const turn = ++this.#turn;
    const become = (state: SpeakerState): void => {
      if (turn === this.#turn) this.#state.set(state);
    };
    this.#state.set('playing');
    this.tone(this.#chosen ?? '').then(() => become('asking'), () => become('failed'));
  }

  answer(heard: boolean): void {
    if (this.#state.value === 'asking') this.#state.set(heard ? 'heard' : 'unheard');
  }
}
