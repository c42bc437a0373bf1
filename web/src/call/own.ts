/**
 * The own voice and picture from the green room to the table: what the person wants, what the
 * devices give, and what to say when the two differ.
 */

import { Cell, Scope, type Readable } from '../base/observable';
import { every, type Clock } from '../base/time';
import { SpeakingDetector } from '../media/level';
import type { Capture, DeviceChoice, DeviceEvent, Devices, Publishes } from '../media/types';
import type { Bulletin } from './bulletin';
import type { MessageKey, Words } from './model';

/** Silent for this long, the hint that one is muted goes. */
const HINT_MS = 2_500;
const LISTEN_MS = 100;

/** What was chosen, kept for this tab so that a reload does not open a closed microphone. */
export interface Preferences {
  load(): { microphone: boolean; camera: boolean };
  save(wishes: { microphone: boolean; camera: boolean }): void;
}

export interface OwnState {
  /** Open, whoever hears it. */
  readonly microphone: boolean;
  /** Which circle hears the microphone in place of the table; `null`: the table does. */
  readonly circle: number | null;
  readonly camera: boolean;
  readonly screen: boolean;
  readonly mutedButSpeaking: boolean;
  readonly speaking: boolean;
}

export class Own {
  readonly #state: Cell<OwnState>;
  readonly #wishes: Cell<{ microphone: boolean; camera: boolean }>;
  readonly #circle = new Cell<number | null>(null);
  readonly #scope = new Scope();

  constructor(
    readonly capture: Capture,
    readonly can: Publishes,
    private readonly bulletin: Bulletin,
    private readonly preferences: Preferences,
    private readonly clock: Clock,
  ) {
    const { microphone, camera } = preferences.load();
    this.#wishes = new Cell({ microphone: microphone && can.microphone, camera: camera && can.camera });
    this.#state = new Cell<OwnState>({
      microphone: false, circle: null, camera: false, screen: false, mutedButSpeaking: false, speaking: false,
    });
    for (const source of [capture.microphone, capture.camera, capture.screen, this.#wishes, this.#circle]) {
      this.#scope.bind((source as Readable<unknown>).subscribe(() => this.#update()));
    }
    this.#scope.bind(capture.devices.subscribe((devices) => {
      this.#tellTrouble(devices);
      this.#update();
    }));
    capture.onevent = (event) => this.#tell(event);
    this.#listen();
    this.#scope.bind(() => capture.end());
  }

  /** What is really on. */
  get state(): Readable<OwnState> {
    return this.#state;
  }

  /** What is wanted, of the microphone at the table. */
  get wishes(): Readable<{ microphone: boolean; camera: boolean }> {
    return this.#wishes;
  }

  /** What is wanted and not known to be impossible: what a switch before the table shows as on. */
  get expected(): { microphone: boolean; camera: boolean } {
    const { microphone, camera } = this.#wishes.value;
    const devices = this.capture.devices.value;
    return { microphone: microphone && !troubled(devices.microphone), camera: camera && !troubled(devices.camera) };
  }

  /** Opens the devices that are wanted; a muted microphone too, to notice speaking into it. */
  start(): void {
    if (this.can.microphone) this.capture.want('microphone', true);
    if (this.#wishes.value.camera) this.capture.want('camera', true);
  }

  setMicrophone(on: boolean): void {
    if (!this.can.microphone) return;
    this.#wish({ microphone: on });
    if (on) this.#tryMicrophone();
  }

  /**
   * Opens the microphone to one circle in place of the table; `null`: back to what it is at the table.
   * What is wanted at the table stays, so that neither the end nor a reload opens a closed microphone.
   */
  setCircle(circle: number | null): void {
    if (!this.can.microphone) return;
    this.#circle.set(circle);
    if (circle !== null) this.#tryMicrophone();
  }

  setCamera(on: boolean): void {
    if (!this.can.camera) return;
    this.#wish({ camera: on });
    if (on && this.capture.devices.value.camera.state !== 'off' && !this.capture.camera.value) this.capture.tryAgain();
    this.capture.want('camera', on);
  }

  async setScreen(on: boolean): Promise<void> {
    if (!on) return this.capture.stopScreen();
    if (!this.can.screen) return;
    try {
      await this.capture.startScreen();
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: '', message: '' };
      if (name !== 'NotAllowedError') this.bulletin.notice({ key: 'screen-share-failed' });
      // Closing the chooser is a choice and gives the same error as a ban by the system, but for the text.
      else if (message.includes('system')) this.bulletin.notice({ key: 'screen-share-denied' });
    }
  }

  end(): void {
    this.#scope.end();
  }

  #tryMicrophone(): void {
    if (!this.capture.microphone.value || troubled(this.capture.devices.value.microphone)) this.capture.tryAgain();
  }

  #wish(fields: Partial<{ microphone: boolean; camera: boolean }>): void {
    this.#wishes.patch(fields);
    this.preferences.save(this.#wishes.value);
  }

  #update(): void {
    const wishes = this.#wishes.value;
    const circle = this.#circle.value;
    const open = wishes.microphone || circle !== null;
    // What the system has muted gives nothing, whatever is wanted; nobody is told that it does.
    const gives = (kind: 'microphone' | 'camera'): boolean =>
      this.capture[kind].value !== null && this.capture.devices.value[kind].state !== 'muted';
    this.#state.patch({
      microphone: open && gives('microphone'),
      circle,
      camera: wishes.camera && gives('camera'),
      screen: this.capture.screen.value !== null,
      ...(open ? { mutedButSpeaking: false } : { speaking: false }),
    });
  }

  #tellTrouble(devices: Devices): void {
    for (const kind of ['microphone', 'camera'] as const) {
      const { state } = devices[kind];
      if (state === 'off' || state === 'asking' || state === 'on') this.bulletin.problem(kind, null);
      else {
        const key: MessageKey = `device-${kind}-${state.replace('_', '-') as 'denied' | 'not-found' | 'in-use' | 'failed' | 'muted'}`;
        this.bulletin.problem(kind, { key }, { key: 'action-try-again', run: () => this.capture.tryAgain() });
      }
    }
  }

  #tell(event: DeviceEvent): void {
    const { kind } = event;
    const say = (words: Words): void => this.bulletin.notice(words, `device-${kind}`);
    switch (event.what) {
      case 'lost':
        if (kind === 'speaker') return say({ key: 'device-speaker-lost' });
        if (event.replacement === null) return say({ key: `device-${kind}-lost` });
        return say({ key: `device-${kind}-lost-replaced`, args: { device: event.replacement } });
      case 'returned':
        return say({ key: `device-${kind}-returned`, args: { device: event.device } });
      case 'kept':
        if (event.device !== null) return say({ key: 'device-kept', args: { wanted: event.wanted, device: event.device } });
        // Of a microphone or camera its state says so for as long as it is so.
        if (kind === 'speaker') say({ key: 'device-speaker-kept', args: { wanted: event.wanted } });
    }
  }

  #listen(): void {
    const ear = new SpeakingDetector();
    let heardMs = Number.NEGATIVE_INFINITY;
    const hear = (): void => {
      const now = this.clock.now();
      const speaking = ear.hear(this.capture.level.value, now);
      if (speaking) heardMs = now;
      const muted = this.can.microphone && !this.#wishes.value.microphone && this.#circle.value === null;
      const state = this.#state.value;
      const mutedButSpeaking = muted && (speaking || (state.mutedButSpeaking && now - heardMs < HINT_MS));
      const ring = state.microphone && speaking;
      if (mutedButSpeaking !== state.mutedButSpeaking || ring !== state.speaking) {
        this.#state.patch({ mutedButSpeaking, speaking: ring });
      }
    };
    this.#scope.bind(every(this.clock, LISTEN_MS, hear));
  }
}

const troubled = ({ state }: DeviceChoice): boolean => state !== 'off' && state !== 'asking' && state !== 'on';
