// `incamera demo`: a server and eight native participants in one process, for a full table.

import { type ChildProcess, spawn } from 'node:child_process';

import { binary } from './server.ts';
import { until } from './wait.ts';

export class Demo {
  private constructor(
    private readonly child: ChildProcess,
    /** Opens the host's seat. */
    readonly hostLink: string,
    /** Opens the free seat. */
    readonly seatLink: string,
  ) {}

  static async start(): Promise<Demo> {
    const child = spawn(binary, ['demo', '--no-browser'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
    const links = await until('the links of the demo', () => {
      const found = said.match(/https?:\/\/\S+\/c\/[a-z2-7]{26}#[\w.-]+/g) ?? [];
      return found.length >= 2 && found;
    });
    const host = links.find((link) => link.includes('#host.'))!;
    return new Demo(child, host, links.find((link) => link.includes('#seat.'))!);
  }

  get url(): string {
    return new URL(this.hostLink).origin;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGINT');
    await ended;
  }
}
