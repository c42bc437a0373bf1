// Machines of their own: a network namespace for each browser, with a line to the server that can be cut in every
// way a line is cut. All of it is inside the namespace the run made, and is gone with it.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server as Listener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** `stall`: the TCP connections there are now go silent, new ones pass. */
export type Part = 'both' | 'udp' | 'tcp' | 'stall';
/** From the browser (`up`), to it (`down`), or both. */
export type Way = 'up' | 'down' | 'either';

/** A machine and its line. */
export class Host {
  readonly #folder = mkdtempSync(join(tmpdir(), 'incamera-host-'));
  readonly #children: ChildProcess[] = [];
  readonly #listeners: Listener[] = [];
  #place = 2;

  private constructor(
    private readonly number: number,
    /** Holds the namespace. */
    private readonly holder: ChildProcess,
  ) {}

  /** `number`: from 1, one machine each. */
  static async start(number: number): Promise<Host> {
    const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep infinity'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await said(holder, 'unshare');
    const host = new Host(number, holder);
    await host.#outside('ip', 'link', 'add', host.#line, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(holder.pid));
    await host.#outside('ip', 'addr', 'add', `${host.#gateway}/24`, 'dev', host.#line);
    await host.#outside('ip', 'link', 'set', host.#line, 'up');
    await host.#inside('ip', 'link', 'set', 'lo', 'up');
    await host.#inside('ip', 'link', 'set', 'eth0', 'up');
    await host.#settle();
    for (const [side, table] of [['out', host.#line], ['in', 'line']] as const) {
      const rules = `table inet ${table} { chain drops { type filter hook input priority 0; policy accept; }; }`;
      await (side === 'out' ? host.#outside('nft', rules) : host.#inside('nft', rules));
    }
    return host;
  }

  /** A script that runs `command` on this machine. */
  command(command: string): string {
    const path = join(this.#folder, command.replace(/\W/g, '-'));
    writeFileSync(path, `#!/bin/sh\nexec nsenter --net=/proc/${this.holder.pid}/ns/net -- ${command} "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** Makes a port of this machine's loopback one of the test's. */
  async relay(port: number): Promise<void> {
    const path = join(this.#folder, `${port}.socket`);
    const relay = spawn(this.command(process.execPath), [new URL('relay.mjs', import.meta.url).pathname, path, String(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.push(relay);
    await said(relay, 'relay');
    const listener = createServer((near) => {
      const far = connect(path);
      near.pipe(far).pipe(near);
      for (const end of [near, far]) end.on('error', () => [near, far].forEach((each) => each.destroy()));
    });
    this.#listeners.push(listener);
    await new Promise<void>((done) => listener.listen(port, '127.0.0.1', done));
  }

  /** Nothing that is part of `what` arrives any more; nobody is told. */
  async cut(what: Part, way: Way = 'either'): Promise<void> {
    const ports = what === 'stall' ? await this.#connections() : [];
    const match = (side: 'sport' | 'dport'): string[] => {
      if (what === 'both') return [];
      if (what === 'stall') return ['tcp', side, `{ ${ports.join(', ')} }`];
      return ['meta', 'l4proto', what];
    };
    if (what === 'stall' && ports.length === 0) throw new Error('there is no connection to stall');
    const rule = (table: string, ...matches: string[]): string[] => ['nft', 'add', 'rule', 'inet', table, 'drops', ...matches, 'drop'];
    if (way !== 'down') await this.#outside(...rule(this.#line, 'iifname', this.#line, ...match('sport')));
    if (way !== 'up') await this.#inside(...rule('line', 'iifname', 'eth0', ...match('dport')));
  }

  /** So many of a hundred datagrams to the browser are lost. */
  async lose(percent: number): Promise<void> {
    const chance = ['numgen', 'random', 'mod', '100', '<', String(percent)];
    await this.#inside('nft', 'add', 'rule', 'inet', 'line', 'drops', 'iifname', 'eth0', 'meta', 'l4proto', 'udp', ...chance, 'drop');
  }

  /** Everything passes again. */
  async mend(): Promise<void> {
    await this.#outside('nft', 'flush', 'chain', 'inet', this.#line, 'drops');
    await this.#inside('nft', 'flush', 'chain', 'inet', 'line', 'drops');
  }

  /** The cable is out, and the machine notices. */
  async unplug(): Promise<void> {
    await this.#outside('ip', 'link', 'set', this.#line, 'down');
  }

  async plug(): Promise<void> {
    await this.#outside('ip', 'link', 'set', this.#line, 'up');
  }

  /** Another network: the machine has another address, and what it had is worth nothing. */
  async move(): Promise<void> {
    await this.#inside('ip', 'addr', 'flush', 'dev', 'eth0');
    this.#place += 1;
    await this.#settle();
  }

  async close(): Promise<void> {
    for (const listener of this.#listeners) listener.close();
    for (const child of [...this.#children, this.holder]) child.kill('SIGKILL');
    await this.#outside('ip', 'link', 'del', this.#line).catch(() => {});
    await this.#outside('nft', 'delete', 'table', 'inet', this.#line).catch(() => {});
  }

  /** Its end here. */
  get #line(): string {
    return `line${this.number}`;
  }

  get #gateway(): string {
    return `10.78.${this.number}.1`;
  }

  async #settle(): Promise<void> {
    await this.#inside('ip', 'addr', 'add', `10.78.${this.number}.${this.#place}/24`, 'dev', 'eth0');
    await this.#inside('ip', 'route', 'replace', 'default', 'via', this.#gateway);
  }

  /** Ports of this machine's connections to anywhere. */
  async #connections(): Promise<string[]> {
    const listed = await this.#inside('ss', '-Htn', 'state', 'established');
    const ports = [...listed.matchAll(/10\.78\.\d+\.\d+:(\d+)\s+\d+\.\d+\.\d+\.\d+:\d+/g)].map((found) => found[1]!);
    return [...new Set(ports)];
  }

  async #inside(...command: string[]): Promise<string> {
    return this.#outside('nsenter', `--net=/proc/${this.holder.pid}/ns/net`, '--', ...command);
  }

  async #outside(...[command = '', ...args]: string[]): Promise<string> {
    return (await run(command, args)).stdout;
  }
}

/** Waits until a child has said that it is ready. */
function said(child: ChildProcess, name: string): Promise<void> {
  return new Promise((done, failed) => {
    child.stdout!.once('data', () => done());
    child.once('exit', (code) => failed(new Error(`${name} ended with ${code}`)));
    child.once('error', failed);
  });
}
