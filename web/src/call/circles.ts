/**
 * The circles this client is in: the table, and its delegation's own, which it joins here by itself.
 * Keeps what is written to each; a text to one is never in another's log.
 */

import { Cell, type Readable } from '../base/observable';
import type { Clock } from '../base/time';
import type { ReceivedText, Seal } from '../sealed/sealed-call';
import { TABLE } from '../sealed/address';
import type { View } from '../sealed/view';
import { circleOf, ownCircle } from './circle';
import type { Identity } from './facts';
import type { Plan } from './people';
import { Texts, type TextsOf } from './texts';

/** As many texts as the session lets wait (`sealed::session::outbox`). */
const UNSENT_MAX = 20;

interface CirclesOptions {
  readonly identity: Identity;
  readonly clock: Clock;
  readonly seal: Pick<Seal, 'view' | 'join'>;
}

export class Circles {
  /** Once the delegation is known to have several seats; from then on, whatever the server says. */
  readonly own = new Cell<number | null>(null);
  readonly #texts: ReadonlyMap<number, Texts>;

  constructor(private readonly options: CirclesOptions) {
    const { identity: { seat, delegation }, clock } = options;
    this.#texts = new Map([[delegation.id, new Texts(seat.id, null)], [TABLE, new Texts(seat.id, clock.now())]]);
  }

  /** Whatever `written` follows from, besides the session's view. */
  get sources(): readonly Readable<unknown>[] {
    return [this.own, ...[...this.#texts.values()].map((texts) => texts.state)];
  }

  /** Call with every view and every plan. */
  follow(view: View | null, plan: Plan): void {
    for (const [circle, texts] of this.#texts) texts.follow(circleOf(view, circle)?.stage, this.options.clock.now());
    // Once: the session keeps to it.
    const own = this.own.value === null ? ownCircle(plan, this.options.identity) : null;
    if (own === null) return;
    this.options.seal.join(own);
    this.own.set(own);
  }

  hear(text: ReceivedText): void {
    this.#texts.get(text.circle)?.add(text);
  }

  read(circle: number): void {
    this.#texts.get(circle)?.read();
  }

  /** The table's, then the own circle's. */
  written(): TextsOf[] {
    const circles = this.own.value === null ? [TABLE] : [TABLE, this.own.value];
    return circles.flatMap((circle) => this.#texts.get(circle)?.of(circle, circleOf(this.options.seal.view.value, circle)?.unsent ?? []) ?? []);
  }

  /** At the table a text waits, without the server or on the way back into the group; in a circle only if somebody reads it: `open`. */
  takes(text: string, circle: number, open: boolean): boolean {
    const view = circleOf(this.options.seal.view.value, circle);
    const ready = circle === TABLE ? view?.stage === 'member' || view?.stage === 'recovering' : open;
    return view !== null && ready && view.unsent.length < UNSENT_MAX && Texts.canSend(text);
  }
}
