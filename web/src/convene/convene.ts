/**
 * Convening: the key, the list of calls, the form, one call with its links.
 *
 * Ids and secrets are made here, in the browser. The server gets the plan and the hashes of the
 * access tokens, never a secret.
 */

import { Cell, Scope, type Readable } from '../base/observable';
import { every, type Clock } from '../base/time';
import { callView, personOf } from '../call/facts';
import type { CallDraft, ConveneModel, ConveneScreen, LinkView, SummaryView, Words } from '../call/model';
import type { CallDetail, CallSummary, SeatToken } from '../protocol/generated';
import type { Core, MadeLink } from '../sealed/core';
import type { Store } from '../sealed/entry';
import { ApiError, ConvenerApi, type Fetch } from './api';
import { emptyDraft, mistakesIn, planOf } from './draft';
import type { CallSecrets } from './secrets';

const KEY_NAME = 'incamera.convener-key';
const KEY_SHAPE = /^[\w-]{43}$/;
/** Who has arrived changes while the convener watches. */
const REFRESH_MS = 5_000;

export interface ConveneOptions {
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** This tab's: the convener key. */
  readonly tab: (Store & Pick<Storage, 'removeItem'>) | null;
  readonly secrets: CallSecrets;
  /** `https://host`, for links. */
  readonly origin: string;
  core(): Promise<Core>;
}

type CallView = Extract<ConveneScreen, { kind: 'call' }>;

export class Convene implements ConveneModel {
  readonly #screen: Cell<ConveneScreen>;
  readonly #scope = new Scope();
  #api: ConvenerApi | null = null;
  #detail: CallDetail | null = null;

  constructor(private readonly options: ConveneOptions) {
    const key = options.tab?.getItem(KEY_NAME) ?? null;
    this.#screen = new Cell<ConveneScreen>({ kind: 'key', checking: false, problem: null });
    this.#scope.bind(every(options.clock, REFRESH_MS, () => void this.#refresh()));
    if (key !== null) this.enterKey(key);
  }

  get screen(): Readable<ConveneScreen> {
    return this.#screen;
  }

  end(): void {
    this.#scope.end();
  }

  enterKey(key: string): void {
    const trimmed = key.trim();
    if (!KEY_SHAPE.test(trimmed)) {
      return this.#screen.set({ kind: 'key', checking: false, problem: { key: 'convene-key-malformed' } });
    }
    this.#screen.set({ kind: 'key', checking: true, problem: null });
    const api = new ConvenerApi(this.options.fetch, trimmed);
    void api.list().then(
      (calls) => {
        this.#api = api;
        this.options.tab?.setItem(KEY_NAME, trimmed);
        this.#screen.set({ kind: 'list', calls: calls.map(summaryView), problem: null });
      },
      (error: unknown) => this.#screen.set({ kind: 'key', checking: false, problem: wordsFor(error) }),
    );
  }

  forgetKey(): void {
    this.options.tab?.removeItem(KEY_NAME);
    this.#api = null;
    this.#screen.set({ kind: 'key', checking: false, problem: null });
  }

  showList(): void {
    if (!this.#api) return;
    this.#screen.set({ kind: 'list', calls: null, problem: null });
    void this.#refresh();
  }

  showForm(): void {
    if (this.#api) this.#screen.set({ kind: 'form', sending: false, mistakes: [], problem: null });
  }

  showCall(id: string): void {
    const api = this.#api;
    if (!api) return;
    void this.#withProblem(async () => this.#showDetail(await api.detail(id)));
  }

  emptyDraft(): CallDraft {
    return emptyDraft();
  }

  create(draft: CallDraft): void {
    const mistakes = mistakesIn(draft);
    const api = this.#api;
    if (!api || mistakes.length > 0) {
      return this.#screen.set({ kind: 'form', sending: false, mistakes, problem: null });
    }
    this.#screen.set({ kind: 'form', sending: true, mistakes: [], problem: null });
    void this.#withProblem(async () => this.#showDetail(await this.#create(api, draft)));
  }

  newLink(seat: number): void {
    const screen = this.#screen.value;
    const detail = this.#detail;
    const api = this.#api;
    if (screen.kind !== 'call' || screen.busy || !detail || !api) return;
    this.#screen.set({ ...screen, busy: true, problem: null });
    void this.#withProblem(async () => {
      const { id } = detail.summary.info;
      const secret = this.options.secrets.get(id);
      const index = detail.seats.findIndex((s) => s.id === seat);
      if (secret === null || index < 0) return;
      const number = (detail.links[index] ?? 0) + 1;
      const [made] = (await this.options.core()).seatLinks(secret, id, [seat], [number]);
      if (made) await api.relink(id, tokenOf(made));
      await this.#showDetail(await api.detail(id));
    });
  }

  askEnd(): void {
    this.#patchCall({ confirm: 'end', problem: null });
  }

  askDelete(): void {
    this.#patchCall({ confirm: 'delete', problem: null });
  }

  cancel(): void {
    this.#patchCall({ confirm: null });
  }

  confirm(): void {
    const screen = this.#screen.value;
    const api = this.#api;
    if (screen.kind !== 'call' || screen.busy || !screen.confirm || !api) return;
    const { id } = screen.summary.call;
    const act = screen.confirm;
    this.#patchCall({ busy: true, confirm: null });
    void this.#withProblem(async () => {
      if (act === 'end') {
        await api.end(id);
        await this.#showDetail(await api.detail(id));
      } else {
        await api.delete(id);
        this.options.secrets.forget(id);
        this.showList();
      }
    });
  }

  async #create(api: ConvenerApi, draft: CallDraft): Promise<CallDetail> {
    const core = await this.options.core();
    const id = core.newCallId();
    const secret = core.newCallSecret();
    const seats = draft.delegations.flatMap((d) => d.seats).map((_, i) => i + 1);
    const made = core.seatLinks(secret, id, seats, seats.map(() => 1));
    // Kept before the server knows the call: a call whose links are lost is of no use.
    this.options.secrets.keep(id, secret);
    try {
      return await api.create({ id, plan: planOf(draft), tokens: made.map(tokenOf) });
    } catch (error) {
      // Unless the answer was lost on the way: the call may exist then.
      if (!(error instanceof ApiError && error.code === 'offline')) this.options.secrets.forget(id);
      throw error;
    }
  }

  async #showDetail(detail: CallDetail): Promise<void> {
    const { hostLink, urls } = await this.#links(detail);
    const before = this.#screen.value;
    const same = before.kind === 'call' && before.summary.call.id === detail.summary.info.id;
    this.#detail = detail;
    this.#screen.set({
      kind: 'call', summary: summaryView(detail.summary), doors: detail.doors, links: linkViews(detail, urls), hostLink,
      confirm: same ? before.confirm : null, busy: false, problem: null,
    });
  }

  async #links(detail: CallDetail): Promise<{ hostLink: string | null; urls: readonly (string | null)[] }> {
    const { id } = detail.summary.info;
    const secret = this.options.secrets.get(id);
    if (secret === null) return { hostLink: null, urls: detail.seats.map(() => null) };
    const core = await this.options.core();
    const url = (fragment: string): string => `${this.options.origin}/c/${id}#${fragment}`;
    const made = core.seatLinks(secret, id, detail.seats.map((s) => s.id), detail.links);
    // The host link opens its seat by that seat's first link.
    const host = detail.seats.find((s, i) => s.host && detail.links[i] === 1);
    return {
      hostLink: host ? url(core.hostFragment(secret, id, host.id)) : null,
      urls: made.map((m) => url(m.fragment)),
    };
  }

  async #refresh(): Promise<void> {
    const screen = this.#screen.value;
    const api = this.#api;
    if (!api) return;
    if (screen.kind === 'list') {
      await this.#withProblem(async () => {
        const calls = await api.list();
        if (this.#screen.value.kind === 'list') this.#screen.set({ kind: 'list', calls: calls.map(summaryView), problem: null });
      });
    } else if (screen.kind === 'call' && !screen.busy) {
      await this.#withProblem(async () => {
        const detail = await api.detail(screen.summary.call.id);
        const now = this.#screen.value;
        if (now.kind === 'call' && !now.busy && now.summary.call.id === detail.summary.info.id) await this.#showDetail(detail);
      });
    }
  }

  /** Whatever goes wrong is said on the screen that is shown. */
  async #withProblem(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const problem = wordsFor(error);
      const screen = this.#screen.value;
      if (error instanceof ApiError && error.code === 'bad_convener_key') {
        this.forgetKey();
        this.#screen.set({ kind: 'key', checking: false, problem });
      } else if (screen.kind === 'form') this.#screen.set({ ...screen, sending: false, problem });
      else if (screen.kind === 'call') this.#screen.set({ ...screen, busy: false, problem });
      else if (screen.kind === 'list') this.#screen.set({ ...screen, problem });
    }
  }

  #patchCall(fields: Partial<CallView>): void {
    const screen = this.#screen.value;
    if (screen.kind === 'call') this.#screen.set({ ...screen, ...fields });
  }
}

const tokenOf = ({ seat, link, tokenHash }: MadeLink): SeatToken => ({ seat, link, hash: tokenHash });

function summaryView(summary: CallSummary): SummaryView {
  const { info, phase, delegations, seats, seated, convened_at_ms: convenedAtMs } = summary;
  return { call: callView(info), phase, delegations, seats, seated, convenedAtMs };
}

function linkViews(detail: CallDetail, urls: readonly (string | null)[]): LinkView[] {
  const statuses = new Map(detail.statuses.map((s) => [s.seat, s.presence]));
  return detail.seats.map((seat, i) => ({
    person: personOf(seat, detail.delegations.find((d) => d.id === seat.delegation)),
    presence: statuses.get(seat.id) ?? 'absent',
    url: urls[i] ?? null,
  }));
}

function wordsFor(error: unknown): Words {
  if (!(error instanceof ApiError)) return { key: 'convene-server-trouble' };
  switch (error.code) {
    case 'offline':
      return { key: 'convene-offline' };
    case 'bad_convener_key':
      return { key: 'convene-key-unknown' };
    case 'bad_plan': case 'too_large':
      return { key: 'convene-plan-refused', args: { why: error.message } };
    case 'unknown_call': case 'call_ended':
      return { key: 'convene-call-gone' };
    case 'call_exists':
      return { key: 'convene-call-exists' };
    case 'too_fast':
      return { key: 'convene-too-fast' };
    default:
      return { key: 'convene-server-trouble' };
  }
}
