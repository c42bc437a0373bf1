/**
 * Which microphones, cameras and loudspeakers there are, which are chosen, and which were chosen and are
 * gone. What comes and goes is noticed here, however it is found out: a headset that is pulled
 * ends a track, changes the list of microphones and that of loudspeakers, in any order.
 */

import { Cell, type Scope } from '../base/observable';
import type { DeviceChoice, DeviceEvent, DeviceKind, Devices, InputKind } from './types';

const NO_DEVICE: DeviceChoice = { options: [], chosen: null, state: 'off' };
const KINDS = ['microphone', 'camera', 'speaker'] as const;
const BROWSER_KIND = { microphone: 'audioinput', camera: 'videoinput', speaker: 'audiooutput' } as const;

export type ListedDevices = Pick<MediaDevices, 'enumerateDevices' | 'addEventListener' | 'removeEventListener'>;

export interface ListOptions {
  readonly devices: ListedDevices | undefined;
  readonly memory: Pick<Storage, 'getItem' | 'setItem'> | null;
  readonly canChooseSpeaker: boolean;
}

export interface ListEvents {
  told(event: DeviceEvent): void;
  /** `back`: what was chosen, was lost, and is there again. */
  changed(back: readonly InputKind[]): void;
}

export class DeviceList {
  readonly devices = new Cell<Devices>({ microphone: NO_DEVICE, camera: NO_DEVICE, speaker: NO_DEVICE });
  /** Of what was there in this visit: the system's word for each id. */
  readonly #labels = new Map<string, string>();
  /** Chosen, and gone since. */
  readonly #missing = new Map<DeviceKind, string>();
  /** The loudspeaker before the one that was chosen last. */
  #speakerBefore: string | null = null;

  constructor(private readonly options: ListOptions, scope: Scope, private readonly events: ListEvents) {
    const changed = (): void => void this.#changed();
    options.devices?.addEventListener('devicechange', changed);
    scope.bind(() => options.devices?.removeEventListener('devicechange', changed));
  }

  patch(kind: DeviceKind, fields: Partial<DeviceChoice>): void {
    this.devices.patch({ [kind]: { ...this.devices.value[kind], ...fields } });
  }

  remembered(kind: DeviceKind): string | null {
    return this.options.memory?.getItem(`incamera.device.${kind}`) ?? null;
  }

  remember(kind: DeviceKind, id: string): void {
    this.options.memory?.setItem(`incamera.device.${kind}`, id);
    this.#missing.delete(kind);
  }

  /** As the system calls it; empty if it never said. */
  label(kind: DeviceKind, id: string | null): string {
    return (id !== null && this.#labels.get(`${kind} ${id}`)) || '';
  }

  /** It was in use, and is gone. */
  missing(kind: InputKind, id: string): void {
    this.#missing.set(kind, id);
  }

  chooseSpeaker(id: string): void {
    this.#speakerBefore = this.devices.value.speaker.chosen;
    this.remember('speaker', id);
    this.patch('speaker', { chosen: id });
  }

  /** Sound cannot be sent there; the one before still plays. */
  speakerFailed(id: string): void {
    const { chosen, options } = this.devices.value.speaker;
    if (chosen !== id) return;
    const before = options.find((o) => o.id === this.#speakerBefore && o.id !== id)?.id ?? null;
    this.options.memory?.setItem('incamera.device.speaker', before ?? '');
    this.patch('speaker', { chosen: before });
    this.events.told({ what: 'kept', kind: 'speaker', wanted: this.label('speaker', id), device: before && this.label('speaker', before) });
  }

  /** Reads the list again. A browser that does not give it now has lost nothing. */
  async read(): Promise<void> {
    const all = await this.options.devices?.enumerateDevices().catch(() => null);
    if (!all) return;
    for (const kind of KINDS) {
      if (kind === 'speaker' && !this.options.canChooseSpeaker) continue;
      const options = all
        .filter((d) => d.kind === BROWSER_KIND[kind] && d.deviceId !== '')
        .map((d) => ({ id: d.deviceId, label: d.label }));
      for (const { id, label } of options) if (label !== '') this.#labels.set(`${kind} ${id}`, label);
      this.patch(kind, { options });
    }
    this.#seeSpeaker();
  }

  #seeSpeaker(): void {
    const { chosen, options } = this.devices.value.speaker;
    const there = (id: string | null): boolean => options.some((o) => o.id === id);
    if (chosen !== null && !there(chosen)) {
      this.#missing.set('speaker', chosen);
      this.patch('speaker', { chosen: null });
      this.events.told({ what: 'lost', kind: 'speaker', replacement: null });
    }
    const remembered = this.remembered('speaker');
    if (this.devices.value.speaker.chosen !== null || !remembered || !there(remembered)) return;
    this.patch('speaker', { chosen: remembered });
    if (this.#missing.get('speaker') !== remembered) return;
    this.#missing.delete('speaker');
    this.events.told({ what: 'returned', kind: 'speaker', device: this.label('speaker', remembered) });
  }

  async #changed(): Promise<void> {
    await this.read();
    const back = (['microphone', 'camera'] as const).filter((kind) => {
      const gone = this.#missing.get(kind);
      return gone !== undefined && gone === this.remembered(kind) && this.devices.value[kind].options.some((o) => o.id === gone);
    });
    for (const kind of back) this.#missing.delete(kind);
    this.events.changed(back);
  }
}
