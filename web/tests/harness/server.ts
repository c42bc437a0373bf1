// The real server as a child process, its config, and calls made with the real command line.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { cached, mediaAddress, root } from './paths.ts';
import { until } from './wait.ts';

const run = promisify(execFile);
/** The built binary. */
export const binary = process.env['INCAMERA'] ?? join(root, 'target/debug/incamera');

/**
 * How media may travel. `https`: only over the port of the web listener, as behind a strict firewall. `hosts`: every way,
 * and browsers come from other machines.
 */
export type Way = 'udp' | 'tcp' | 'https' | 'hosts';

/** A seat of a call and its link. */
export interface Link {
  name: string;
  url: string;
}

/** A call made by `incamera call new`. */
export interface StagedCall {
  id: string;
  /** In the order of the plan. */
  links: Link[];
}

/** A seat in a plan. */
export interface Planned {
  name: string;
  delegation: string;
  title?: string;
  host?: boolean;
  kind?: 'principal' | 'staff' | 'interpreter' | 'observer';
}

export class Server {
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'incamera-e2e-'));
  private key = '';

  private constructor(
    private readonly way: Way,
    readonly url: string,
  ) {}

  static async start(way: Way = 'udp'): Promise<Server> {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: build it first (cargo build -p incamera)`);
    const server = new Server(way, way === 'https' || way === 'hosts' ? `https://${mediaAddress}:8443` : 'http://localhost:8080');
    writeFileSync(server.config, server.settings());
    const { stdout } = await run(binary, ['convener', 'add', 'e2e', '--config', server.config, '--json']);
    server.key = (JSON.parse(stdout) as { key: string }).key;
    try {
      await server.begin();
    } catch (error) {
      await server.remove();
      throw error;
    }
    return server;
  }

  /** The convener key. */
  get convenerKey(): string {
    return this.key;
  }

  /** Starts the process on the same data folder and waits until it is ready. */
  async begin(): Promise<void> {
    const log = createWriteStream(join(cached('e2e', 'logs'), 'server.log'), { flags: 'a' });
    this.child = spawn(binary, ['serve', '--config', this.config], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.pipe(log);
    this.child.stderr?.pipe(log);
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'; // its self-signed certificate, in this namespace
    await until('the server to be ready', async () => (await fetch(`${this.url}/readyz`)).ok);
  }

  /** As if the machine lost power. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** As the operator does. */
  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async newCall(title: string, seats: readonly Planned[], format = 'video'): Promise<StagedCall> {
    const file = join(this.folder, 'plan.toml');
    writeFileSync(file, plan(title, format, seats));
    const { stdout } = await run(binary, ['call', 'new', file, '--config', this.config, '--json']);
    const made = JSON.parse(stdout) as { call: string; links: { name: string; link: string }[] };
    return { id: made.call, links: made.links.map(({ name, link }) => ({ name, url: link })) };
  }

  private get config(): string {
    return join(this.folder, 'incamera.toml');
  }

  private settings(): string {
    const https = this.way === 'https' || this.way === 'hosts';
    const lines = [
      `listen = ["${https ? '0.0.0.0:8443' : '127.0.0.1:8080'}"]`,
      `url = "${this.url}"`,
      `data = "${join(this.folder, 'data')}"`,
      'metrics = "127.0.0.1:9464"',
      `tls.mode = "${https ? 'self-signed' : 'localhost'}"`,
      '[media]',
      // For `https` the advertised media port has nobody listening: only the web listener is left.
      `listen = ["${this.way === 'https' ? '127.0.0.1' : mediaAddress}:3478"]`,
      `advertise = ["${mediaAddress}"]`,
      `udp = ${this.way === 'udp' || this.way === 'hosts'}`,
    ];
    return `${lines.join('\n')}\n`;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  }
}

function plan(title: string, format: string, seats: readonly Planned[]): string {
  const quoted = (text: string) => JSON.stringify(text);
  const delegations = [...new Set(seats.map((seat) => seat.delegation))];
  const lines = [`title = ${quoted(title)}`, `format = "${format}"`];
  for (const delegation of delegations) {
    lines.push('[[delegations]]', `name = ${quoted(delegation)}`);
    for (const seat of seats.filter((seat) => seat.delegation === delegation)) {
      lines.push('[[delegations.seats]]', `name = ${quoted(seat.name)}`, `title = ${quoted(seat.title ?? '')}`);
      lines.push(`kind = "${seat.kind ?? 'principal'}"`, `host = ${seat.host ?? false}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
