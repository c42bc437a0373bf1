/**
 * What this client checks of itself before the call, and tells the server for the hosts: devices,
 * clock, page and sealing at once, the network by a mirror while the person is in the green room or
 * the antechamber. Whoever sits down before that is over is not measured: the call needs the way.
 */

import { Cell, Scope, type Readable } from '../base/observable';
import { Timer, type Clock } from '../base/time';
import type { DeviceChoice } from '../media/types';
import { AnswerRefused } from '../media/answer';
import type { MirrorLink, MirrorResult } from '../media/mirror';
import { MIRROR_INTERVAL_MS, type Checks, type ClientMessage, type Device, type ServerMessage } from '../protocol/generated';
import { judge, type Duties } from './checks';
import type { OwnReadiness } from './model';
import type { Own } from './own';
import { SpeakerTest, type SpeakerState } from './speaker-test';

/** The server takes one report a second. */
const REPORT_MS = 1_500;
/** The server's clock is known to half a round trip: smaller changes are not the clock's. */
const CLOCK_STEP_MS = 500;
const CLOCK_MS_MAX = 2 ** 31 - 1;
/** Without a way after so many measurements there is none. */
const ATTEMPTS_MAX = 3;

/** What was found out; what is undefined is not known any more. */
type Findings = { [K in keyof Checks]: Checks[K] | undefined };

/** What is known of a network that leads nowhere; figures of an earlier one say nothing of it. */
const NO_NETWORK: Findings = {
  way: 'nothing', up_kbps: undefined, down_kbps: undefined, loss_permille: undefined, delay_ms: undefined,
};

export interface ReadinessOptions {
  readonly own: Own;
  readonly duties: Duties;
  readonly clock: Clock;
  /** The page is on screen. Browsers slow down what a hidden one does, so nothing is measured then. */
  readonly visible: Readable<boolean>;
  send(message: ClientMessage): boolean;
  mirror(failures: number): MirrorLink;
  /** Plays a tone on a loudspeaker; see `SpeakerTest`. */
  tone(speaker: string): Promise<void>;
  /** Nothing of this call can go on: a code of `errorScreen`. */
  failed(code: string): void;
  /** Which code this page runs, as hexadecimal digits. */
  code(): Promise<string>;
  /** Which code the server gives out now; `null` if it cannot be told. */
  servedCode(): Promise<string | null>;
}

export class Readiness {
  readonly speaker: SpeakerTest;
  readonly #checks = new Cell<Checks>({});
  readonly #measuring = new Cell(false);
  readonly #state: Cell<OwnReadiness>;
  readonly #scope = new Scope();
  readonly #report: Timer;
  readonly #next: Timer;
  #reported: Checks | null = null;
  #mirror: MirrorLink | null = null;
  #attempts = 0;
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #seated = false;

  constructor(private readonly options: ReadinessOptions) {
    const { own, clock } = options;
    this.#report = new Timer(clock);
    this.#next = new Timer(clock);
    this.#state = new Cell(this.#view());
    this.#scope.bind(() => this.#report.stop());
    this.#scope.bind(() => this.#stopMirror());
    for (const source of [this.#checks, this.#measuring] as Readable<unknown>[]) {
      this.#scope.bind(source.subscribe(() => this.#state.set(this.#view())));
    }
    const { devices, camera, microphone, heard } = own.capture;
    this.speaker = new SpeakerTest(options.tone, devices, this.#scope);
    for (const source of [devices, camera, microphone, heard, this.speaker.state] as Readable<unknown>[]) {
      this.#scope.bind(source.subscribe(() => this.#seeDevices()));
    }
    this.#scope.bind(options.visible.subscribe((visible) => this.#seen(visible)));
    // There is a session, so the browser has all that sealing takes.
    this.#learn({ sealing: true });
    void this.#seePage();
  }

  get state(): Readable<OwnReadiness> {
    return this.#state;
  }

  /** The connection is new: the server knows nothing, and a mirror of the one before is gone. */
  connected(): void {
    this.#reported = null;
    this.#reportSoon();
    if (this.#measuring.value) this.#retry(0);
  }

  /** Ahead of the server's clock by so much, as far as is known. */
  seeClock(aheadMs: number): void {
    const known = this.#checks.value.clock_ms;
    if (known !== undefined && Math.abs(aheadMs - known) < CLOCK_STEP_MS) return;
    this.#learn({ clock_ms: Math.round(Math.max(-CLOCK_MS_MAX, Math.min(CLOCK_MS_MAX, aheadMs))) });
  }

  /** Measures the network, again if need be. */
  measure(): void {
    if (this.#seated || this.#measuring.value) return;
    this.#attempts = 0;
    this.#measuring.set(true);
    this.#retry(Math.max(0, this.#startedAtMs + MIRROR_INTERVAL_MS - this.options.clock.now()));
    void this.#seePage();
  }

  /** At the table: what was found out stays, nothing more is measured. */
  seated(): void {
    this.#seated = true;
    this.#stopMirror();
  }

  /** Whether a message was about this. */
  handle(message: ServerMessage): boolean {
    if (message.type === 'mirrored') {
      void this.#answered(message.up, message.down);
      return true;
    }
    if (message.type !== 'error') return false;
    if (message.in_reply_to === 'checks' && message.code === 'too_fast') {
      this.#reported = null;
      this.#reportSoon();
    } else if (message.in_reply_to === 'mirror') this.#refused(message.code === 'too_fast' || message.code === 'server_full');
    return message.in_reply_to === 'checks' || message.in_reply_to === 'mirror';
  }

  end(): void {
    this.#scope.end();
  }

  #view(): OwnReadiness {
    return { ...judge(this.#checks.value, this.options.duties), measuring: this.#measuring.value };
  }

  #retry(ms: number): void {
    this.#mirror?.end();
    this.#mirror = null;
    this.#next.start(ms, () => void this.#begin());
  }

  /** What was measured while the page was hidden says nothing about the network. */
  #seen(visible: boolean): void {
    if (!this.#measuring.value) return;
    if (visible) return this.#retry(this.#untilNext());
    this.#next.stop();
    this.#mirror?.end();
    this.#mirror = null;
  }

  async #begin(): Promise<void> {
    if (!this.options.visible.value) return;
    let mirror: MirrorLink | null = null;
    try {
      mirror = this.#mirror = this.options.mirror(this.#attempts);
      this.#startedAtMs = this.options.clock.now();
      const { up, down } = await mirror.offer();
      // Without a connection now, the next one begins anew.
      if (mirror === this.#mirror) this.options.send({ type: 'mirror', up, down });
    } catch {
      if (mirror === this.#mirror) this.#stopMirror();
    }
  }

  async #answered(up: string, down: string): Promise<void> {
    const mirror = this.#mirror;
    if (!mirror) return;
    let result: MirrorResult | null = null;
    try {
      result = await mirror.answer(up, down);
    } catch (error) {
      if (mirror !== this.#mirror || this.#scope.ended) return;
      if (error instanceof AnswerRefused) {
        this.#stopMirror();
        return this.options.failed(`answer_${error.fault}`);
      }
      // What the browser does not take leads nowhere.
    }
    if (mirror !== this.#mirror || this.#scope.ended) return;
    this.#attempts += 1;
    const found = result !== null && result.way !== 'nothing';
    if (!found && this.#attempts < ATTEMPTS_MAX) return this.#retry(this.#untilNext());
    this.#stopMirror();
    this.#learn(found && result ? network(result) : NO_NETWORK);
  }

  #refused(later: boolean): void {
    if (later && this.#measuring.value) this.#retry(MIRROR_INTERVAL_MS);
    else this.#stopMirror();
  }

  #untilNext(): number {
    return Math.max(0, this.#startedAtMs + MIRROR_INTERVAL_MS - this.options.clock.now());
  }

  #stopMirror(): void {
    this.#next.stop();
    this.#mirror?.end();
    this.#mirror = null;
    this.#measuring.set(false);
  }

  #seeDevices(): void {
    // At the table a camera is off because its person wants it so.
    if (this.#seated) return;
    const { own } = this.options;
    const { camera, microphone } = own.capture.devices.value;
    this.#learn({
      camera: own.can.camera ? deviceOf(camera) : undefined,
      microphone: own.can.microphone ? soundOf(microphone, own.capture.heard.value) : undefined,
      speaker: speakerOf(this.speaker.state.value),
    });
  }

  async #seePage(): Promise<void> {
    const { code, servedCode } = this.options;
    const [runs, given] = await Promise.all([code(), servedCode().catch(() => null)]);
    if (this.#scope.ended) return;
    this.#learn({ code: runs, ...(given === null ? {} : { current: runs === given }) });
  }

  #learn(fields: Findings): void {
    const next = Object.fromEntries(Object.entries({ ...this.#checks.value, ...fields }).filter(([, value]) => value !== undefined)) as Checks;
    if (same(next, this.#checks.value)) return;
    this.#checks.set(next);
    this.#reportSoon();
  }

  #reportSoon(): void {
    if (!this.#report.running && !this.#scope.ended) this.#report.start(REPORT_MS, () => this.#tell());
  }

  #tell(): void {
    const checks = this.#checks.value;
    if (this.#reported && same(checks, this.#reported)) return;
    if (this.options.send({ type: 'checks', checks })) this.#reported = checks;
  }
}

function network({ way, upKbps, downKbps, lossPermille, delayMs, sealing }: MirrorResult) {
  return {
    way, up_kbps: upKbps ?? undefined, down_kbps: downKbps ?? undefined, loss_permille: lossPermille ?? undefined,
    delay_ms: delayMs ?? undefined, ...(sealing === null ? {} : { sealing }),
  };
}

function deviceOf({ state }: DeviceChoice): Device | undefined {
  return state === 'asking' ? undefined : state;
}

/** A microphone that is open works once it was heard; where that cannot be measured, nobody knows. */
function soundOf(choice: DeviceChoice, heard: boolean | null): Device | undefined {
  if (choice.state !== 'on' || heard === true) return deviceOf(choice);
  return heard === null ? undefined : 'silent';
}

function speakerOf(state: SpeakerState): Device | undefined {
  switch (state) {
    case 'heard':
      return 'on';
    case 'unheard': case 'failed':
      return 'failed';
    default:
      return undefined;
  }
}

function same(a: Checks, b: Checks): boolean {
  const text = (checks: Checks): string => JSON.stringify(Object.entries(checks).sort(([x], [y]) => (x < y ? -1 : 1)));
  return text(a) === text(b);
}
