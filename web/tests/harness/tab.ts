// One tab of one browser, whichever it is: what the tests need and no more.

import { type Mark, blocks, read } from './barcode.ts';
import type { View } from '../../src/sealed/view.ts';
import { type Figures, figures } from './inject.ts';
import { type Seen, listen, look } from './sight.ts';
import { frequencies, seatHeard } from './tones.ts';
import { until } from './wait.ts';

/** A picture on the page and what its barcode says. */
export type Sight = Omit<Seen, 'levels'> & { mark: Mark | null };

/** What a person can find on a page by its role. */
export type Role = 'button' | 'link' | 'tab';

/** The part that differs between the two drivers. */
export interface Driver {
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  evaluate<Result, Argument = undefined>(run: (argument: Argument) => Result, argument?: Argument): Promise<Awaited<Result>>;
  /**
   * Clicks as a person does, in the open dialog if there is one; fails if nothing visible has this
   * role and name within `timeoutMs`.
   */
  click(role: Role, name: RegExp, timeoutMs: number): Promise<void>;
  press(key: string): Promise<void>;
  screenshot(path: string): Promise<void>;
  close(): Promise<void>;
}

/** A tab and what went wrong in it. */
export class Tab {
  /** Errors of the console, uncaught exceptions. */
  readonly errors: string[] = [];
  /** Every URL asked for. */
  readonly requests: string[] = [];

  constructor(
    readonly name: string,
    readonly driver: Driver,
  ) {}

  goto(url: string): Promise<void> {
    return this.driver.goto(url);
  }

  reload(): Promise<void> {
    return this.driver.reload();
  }

  click(role: Role, name: RegExp, timeoutMs = 15_000): Promise<void> {
    return this.driver.click(role, name, timeoutMs);
  }

  press(key: string): Promise<void> {
    return this.driver.press(key);
  }

  close(): Promise<void> {
    return this.driver.close();
  }

  evaluate<Result, Argument = undefined>(
    run: (argument: Argument) => Result,
    argument?: Argument,
  ): Promise<Awaited<Result>> {
    return this.driver.evaluate(run, argument);
  }

  /** All text a person can see, on one line. */
  text(): Promise<string> {
    return this.evaluate(() => document.body.innerText.replace(/\s+/g, ' '));
  }

  async shows(words: RegExp, timeoutMs = 20_000): Promise<string> {
    let text = '';
    try {
      return await until(`${words}`, async () => words.test((text = await this.text())) && text, timeoutMs);
    } catch {
      throw new Error(`${this.name} never showed ${words}; it shows: ${text.slice(0, 600)}`);
    }
  }

  /** Whether a person can see a button or link of this name. */
  has(role: Role, name: RegExp): Promise<boolean> {
    return this.evaluate(
      ([role, source, flags]) => {
        const pattern = new RegExp(source, flags);
        const selector = role === 'link' ? 'a[href]' : role === 'tab' ? '[role=tab]' : 'button, [role=button]';
        return [...document.querySelectorAll(selector)].some(
          (found) => found.getClientRects().length > 0 && pattern.test(window.watched.nameOf(found)),
        );
      },
      [role, name.source, name.flags] as const,
    );
  }

  /** Statistics of the newest PeerConnection. */
  async figures(): Promise<Figures> {
    const found = await this.evaluate(figures);
    if (found === null) throw new Error(`${this.name} has no PeerConnection`);
    return found;
  }

  /** Every picture on the page. */
  async sights(): Promise<Sight[]> {
    const seen = await this.evaluate(look, blocks);
    return seen.map(({ levels, ...sight }) => ({ ...sight, mark: read(levels) }));
  }

  /**
   * Seats whose voices arrive, by their tones, in order. Chromium only: Firefox runs no AudioContext on
   * a machine without a sound card. It needs a click on the page before.
   */
  async voices(): Promise<number[]> {
    const strengths = await this.evaluate(listen, { frequencies, ms: 1000 });
    return strengths.flatMap((voice) => seatHeard(voice) ?? []).sort((a, b) => a - b);
  }

  /** Moves the focus by Tab until it is on a control of this name, then presses `key` on it. */
  async reach(name: RegExp, key = 'Enter'): Promise<void> {
    const passed: string[] = [];
    for (let steps = 0; steps < 60; steps++) {
      const focused = await this.evaluate(() => {
        const at = document.activeElement;
        return at === null || at === document.body ? '' : window.watched.nameOf(at);
      });
      if (name.test(focused)) return this.press(key);
      passed.push(focused);
      await this.press('Tab');
    }
    throw new Error(`Tab never reached ${name} in ${this.name}; it passed ${passed.slice(0, 30).join(' | ')}`);
  }

  /** How the call is sealed, as the session of this page says. */
  async seal(): Promise<View> {
    const view = await this.evaluate(() => window.watched.seal);
    if (view === null) throw new Error(`${this.name} has no session`);
    return view;
  }

  violations(): Promise<string[]> {
    return this.evaluate(() => window.watched.violations);
  }

  /** Types of the messages this page received from the server, oldest first. */
  received(): Promise<string[]> {
    return this.evaluate(() => window.watched.received.map((message) => message.type));
  }
}
