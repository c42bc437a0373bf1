// `evil --browser` (crates/evil) as a child process: the dishonest server, the native seats, and the bribed
// member. It is told what to do in lines of JSON.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { root } from './paths.ts';

/** The built binary; `cargo xtask evil` builds it. */
export const evilBinary = process.env['INCAMERA_EVIL'] ?? join(root, 'target/debug/evil');

/** A call as the page finds it, and what the attack on it is. */
export interface Laid {
  link: string;
  /** Of the seats, from the first. */
  names: string[];
  /** Seats but the page's that have a voice. */
  voices: number[];
  attack: string;
  expected: string;
  within_s: number;
}

type Answer = { id: number; ok?: unknown; error?: string };

export class Evil {
  private readonly waiting = new Map<number, { done(ok: unknown): void; failed(error: Error): void }>();
  private orders = 0;
  private scenes = 0;

  private constructor(private readonly child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const { id, ok, error } = JSON.parse(line) as Answer;
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) waiting?.done(ok);
      else waiting?.failed(new Error(error));
    });
    child.on('exit', (code) => {
      for (const { failed } of this.waiting.values()) failed(new Error(`evil ended with ${code}`));
    });
  }

  static start(): Evil {
    if (!existsSync(evilBinary)) throw new Error(`${evilBinary} is missing: \`cargo xtask evil\` builds it`);
    return new Evil(spawn(evilBinary, ['--browser'], { stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  /** Every case it knows. */
  list(): Promise<string[]> {
    return this.order(0, { do: 'list' }) as Promise<string[]>;
  }

  /** A call of one case, with its attack or without. */
  async lay(name: string, attack: boolean): Promise<Scene> {
    const scene = ++this.scenes;
    const laid = (await this.order(scene, { do: 'lay', case: name, attack })) as Laid;
    return new Scene(laid, (what) => this.order(scene, { do: what }));
  }

  close(): void {
    this.child.stdin?.end();
    this.child.kill();
  }

  private order(scene: number, what: Record<string, unknown>): Promise<unknown> {
    const id = ++this.orders;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed });
      this.child.stdin!.write(`${JSON.stringify({ id, scene, ...what })}\n`);
    });
  }
}

/** One call on it. */
export class Scene {
  constructor(
    readonly laid: Laid,
    private readonly order: (what: string) => Promise<unknown>,
  ) {}

  /** Who sits there. */
  name(seat: number): string {
    return this.laid.names[seat - 1]!;
  }

  /** What the bottom line calls it: its delegation. */
  shortName(seat: number): string {
    return `PL${seat}`;
  }

  /** The native host lets the page in; then all verify and hear each other. */
  admit(): Promise<unknown> {
    return this.order('admit');
  }

  /** Seats 2 and 3 come to a page that is the host's. It has to let them in meanwhile. */
  company(): Promise<unknown> {
    return this.order('company');
  }

  /** The attack, if there is to be one. */
  strike(): Promise<unknown> {
    return this.order('strike');
  }

  /** Fails if the native seats saw what they never may, or, without an attack, anything wrong. */
  judge(): Promise<unknown> {
    return this.order('judge');
  }

  clear(): Promise<unknown> {
    return this.order('clear');
  }
}
