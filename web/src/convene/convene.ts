/**
 * Convening: the key, the list of calls, the form, one call with its links.
 *
 * Ids and secrets are made here, in the browser. The server gets the shape of the call and the hashes
 * of the access tokens; names and titles only sealed, and never a secret. So only the browser that
 * convened a call can show who is in it.
 */

import { Cell, Scope, type Readable } from '../base/observable';
import { every, type Clock } from '../base/time';
import { callView } from '../call/facts';
import type { CallDraft, ConveneModel, ConveneScreen, DraftMistake, LinkView, Person, SummaryView, Words } from '../call/model';
import { nobody } from '../call/people';
import type { CallDetail, CallSummary, SeatShape, UnverifiedPlan } from '../protocol/generated';
import type { Core } from '../sealed/core';
import type { Store } from '../sealed/entry';
import { ApiError, ConvenerApi, type Fetch } from './api';
import { emptyDraft, mistakesIn, planOf, startOf } from './draft';
import type { Drafts } from './drafts';
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
  readonly drafts: Drafts;
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
        this.#screen.set({ kind: 'list', calls: this.#summaries(calls), problem: null });
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

  draft(): { draft: CallDraft; kept: boolean } {
    const kept = this.options.drafts.load();
    return { draft: kept ?? emptyDraft(), kept: kept !== null };
  }

  keepDraft(draft: CallDraft): boolean {
    return this.options.drafts.keep(draft);
  }

  discardDraft(): void {
    this.options.drafts.discard();
  }

  check(draft: CallDraft): readonly DraftMistake[] {
    return mistakesIn(draft);
  }

  startOf(draft: CallDraft): number | null {
    return startOf(draft);
  }

  create(draft: CallDraft): void {
    const mistakes = mistakesIn(draft);
    const api = this.#api;
    if (!api || mistakes.length > 0) {
      return this.#screen.set({ kind: 'form', sending: false, mistakes, problem: null });
    }
    this.#screen.set({ kind: 'form', sending: true, mistakes: [], problem: null });
    void this.#withProblem(async () => {
      const detail = await this.#create(api, draft);
      this.options.drafts.discard();
      await this.#showDetail(detail);
    });
  }

  unlock(link: string): void {
    const detail = this.#detail;
    if (this.#screen.value.kind !== 'call' || !detail) return;
    const { id } = detail.summary.info;
    void this.#withProblem(async () => {
      const core = await this.options.core();
      const found = this.#secretIn(core, detail, link);
      if (typeof found !== 'string') return this.#patchCall({ linkProblem: found });
      this.options.secrets.keep(id, found);
      await this.#showDetail(detail);
    });
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
      const core = await this.options.core();
      const plan = this.#openPlan(core, detail, secret);
      if (plan) await api.relink(id, core.seatToken(secret, id, plan, seat, number));
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
    const call = core.newCall(secret, id, planOf(draft));
    // Kept before the server knows the call: a call whose links are lost is of no use.
    this.options.secrets.keep(id, secret);
    try {
      return await api.create(call);
    } catch (error) {
      // Unless the answer was lost on the way: the call may exist then.
      if (!(error instanceof ApiError && error.code === 'offline')) this.options.secrets.forget(id);
      throw error;
    }
  }

  async #showDetail(detail: CallDetail): Promise<void> {
    const { hostLink, urls, people, zones } = await this.#open(detail);
    const before = this.#screen.value;
    const same = before.kind === 'call' && before.summary.call.id === detail.summary.info.id;
    this.#detail = detail;
    this.#screen.set({
      kind: 'call', summary: this.#summary(detail.summary), doors: detail.doors, links: linkViews(detail, urls, people, zones), hostLink, linkProblem: null,
      confirm: same ? before.confirm : null, busy: false, problem: null,
    });
  }

  /** What only the call secret opens: links and names. */
  async #open(detail: CallDetail): Promise<{
    hostLink: string | null; urls: readonly (string | null)[]; people: readonly Person[]; zones: readonly (string | null)[];
  }> {
    const { id } = detail.summary.info;
    const secret = this.options.secrets.get(id);
    if (secret === null) return { hostLink: null, urls: detail.seats.map(() => null), people: [], zones: [] };
    const core = await this.options.core();
    const plan = this.#openPlan(core, detail, secret);
    if (plan) this.options.secrets.keepTitle(id, plan.title);
    const url = (fragment: string): string => `${this.options.origin}/c/${id}#${fragment}`;
    const made = core.seatLinks(secret, id, detail.seats.map((s) => s.id), detail.links);
    // The host link opens its seat by that seat's first link.
    const host = detail.seats.find((s, i) => s.host && detail.links[i] === 1);
    return {
      hostLink: host ? url(core.hostFragment(secret, id, host.id)) : null,
      urls: made.map((m) => url(m.fragment)),
      people: plan ? peopleOf(plan) : [], zones: plan ? plan.delegations.flatMap((d) => d.seats.map(() => d.time_zone ?? null)) : [],
    };
  }

  /** `null` once the call has ended (the server deletes it), or if what the server gives is not this call's. */
  #openPlan(core: Core, detail: CallDetail, secret: string): UnverifiedPlan | null {
    if (detail.plan === undefined) return null;
    try {
      return core.openPlan(secret, detail.summary.info.id, detail.plan);
    } catch {
      return null;
    }
  }

  /** The secret of this call in a pasted link, or what is wrong with the link. */
  #secretIn(core: Core, detail: CallDetail, link: string): string | Words {
    const { id } = detail.summary.info;
    const fragment = fragmentOf(link, `${this.options.origin}/c/${id}`);
    if (fragment === null) return { key: 'convene-host-link-other' };
    try {
      const secret = core.secretOf(id, fragment);
      if (secret === null) return { key: 'convene-host-link-seat' };
      // A secret that does not open this call's plan is none of its own.
      if (detail.plan !== undefined) core.openPlan(secret, id, detail.plan);
      return secret;
    } catch {
      return { key: 'convene-host-link-damaged' };
    }
  }

  #summaries(calls: readonly CallSummary[]): SummaryView[] {
    return calls.map((call) => this.#summary(call));
  }

  #summary(summary: CallSummary): SummaryView {
    const { info, phase, delegations, seats, seated, convened_at_ms: convenedAtMs } = summary;
    const { secrets } = this.options;
    return { call: callView(info, secrets.title(info.id)), phase, delegations, seats, seated, convenedAtMs };
  }

  async #refresh(): Promise<void> {
    const screen = this.#screen.value;
    const api = this.#api;
    if (!api) return;
    if (screen.kind === 'list') {
      await this.#withProblem(async () => {
        const calls = await api.list();
        if (this.#screen.value.kind === 'list') this.#screen.set({ kind: 'list', calls: this.#summaries(calls), problem: null });
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

/** What follows the `#` in a link to this call; `null` if it leads elsewhere. */
function fragmentOf(link: string, call: string): string | null {
  try {
    const { origin, pathname, hash } = new URL(link.trim());
    return origin + pathname === call ? hash.slice(1) : null;
  } catch {
    return null;
  }
}

/** In the order of seat ids. */
function peopleOf({ delegations }: UnverifiedPlan): Person[] {
  return delegations
    .flatMap((d) => d.seats.map((seat) => ({ ...seat, delegation: d.name, shortName: d.short_name ?? d.name })))
    .map((person, i) => ({ ...person, seat: i + 1 }));
}

function linkViews(
  detail: CallDetail, urls: readonly (string | null)[], people: readonly Person[], zones: readonly (string | null)[],
): LinkView[] {
  const statuses = new Map(detail.statuses.map((s) => [s.seat, s.presence]));
  const person = (seat: SeatShape): Person => people[seat.id - 1] ?? nobody(seat);
  return detail.seats.map((seat, i) => ({
    person: person(seat), presence: statuses.get(seat.id) ?? 'absent', url: urls[i] ?? null, zone: zones[seat.id - 1] ?? null,
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
    case 'convener_full':
      return { key: 'convene-full' };
    case 'too_fast':
      return { key: 'convene-too-fast' };
    default:
      return { key: 'convene-server-trouble' };
  }
}
