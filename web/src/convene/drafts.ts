/**
 * The one call that is being written down: kept in this browser, names and all, so that a reload or a
 * closed tab loses nothing. Gone once it is convened or discarded; the form says where it is.
 */

import type { CallDraft, DelegationDraft, SeatDraft, SeatKind } from '../call/model';
import { quietly, type Store } from '../sealed/entry';
import { emptyDraft, UNFINISHED } from './draft';

const NAME = 'incamera.draft';
const KINDS: readonly string[] = ['principal', 'staff', 'interpreter', 'observer'] satisfies SeatKind[];

export class Drafts {
  constructor(private readonly store: (Store & Pick<Storage, 'removeItem'>) | null) {}

  /** `null` if there is none, or none that this version understands. */
  load(): CallDraft | null {
    try {
      return draftFrom(JSON.parse(this.store?.getItem(NAME) ?? 'null'));
    } catch {
      return null;
    }
  }

  /** Whether it is safe from a reload: a full or forbidden storage is no reason to stop somebody who types. */
  keep(draft: CallDraft): boolean {
    if (isEmpty(draft)) {
      this.discard();
      return true;
    }
    const text = JSON.stringify(draft);
    quietly(() => this.store?.setItem(NAME, text));
    return this.store?.getItem(NAME) === text;
  }

  discard(): void {
    quietly(() => this.store?.removeItem(NAME));
  }
}

/** Nothing typed and nothing added. */
function isEmpty(draft: CallDraft): boolean {
  return JSON.stringify({ ...draft, zone: '' }) === JSON.stringify({ ...emptyDraft(), zone: '' });
}

type Fields = Readonly<Record<string, unknown>>;

/** Throws if it is something else: another version's, or changed by hand. */
function draftFrom(value: unknown): CallDraft | null {
  if (value === null) return null;
  const of = fields(value);
  const starts = text(of['starts']);
  return {
    title: text(of['title']), format: of['format'] === 'voice' ? 'voice' : 'video',
    // Half a date cannot be put back into its field.
    starts: starts === UNFINISHED ? '' : starts,
    zone: text(of['zone']), minutes: text(of['minutes']), delegations: list(of['delegations']).map(delegationFrom),
  };
}

function delegationFrom(value: unknown): DelegationDraft {
  const of = fields(value);
  return { name: text(of['name']), shortName: text(of['shortName']), zone: text(of['zone']), seats: list(of['seats']).map(seatFrom) };
}

function seatFrom(value: unknown): SeatDraft {
  const of = fields(value);
  const kind = text(of['kind']);
  if (!KINDS.includes(kind)) throw new TypeError('kind');
  return { name: text(of['name']), title: text(of['title']), kind: kind as SeatKind, host: of['host'] === true };
}

function fields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new TypeError('fields');
  return value as Fields;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('text');
  return value;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError('list');
  return value;
}
