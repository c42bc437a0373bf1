import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import type { CallDraft, ConveneScreen } from '../call/model';
import type { CallDetail, NewCall, SeatToken, UnverifiedPlan } from '../protocol/generated';
import type { Core } from '../sealed/core';
import { Convene } from './convene';
import { emptyDraft, mistakesIn, planOf, startOf, UNFINISHED } from './draft';
import { Drafts } from './drafts';
import { CallSecrets } from './secrets';

const KEY = 'K'.repeat(43);
const ID = 'b'.repeat(26);

const reversed = (text: string): string => [...text].reverse().join('');

/** Links and tokens that show what they were made of, and a seal that anybody could break. */
const core: Core = {
  accessToken: () => '', findLink: () => ({ origin: null, callId: ID, fragment: '' }), linkOfAddress: () => ({ origin: null, callId: ID, fragment: '' }), newCallId: () => ID, newCallSecret: () => 'SECRET',
  seatLinks: (secret, _id, seats, links) =>
    seats.map((seat, i) => ({ seat, link: links[i]!, fragment: `seat.${secret}-${seat}-${links[i]}` })),
  secretOf: (_id, fragment) => {
    if (!/^(seat|host)\./.test(fragment)) throw new Error('cut');
    return fragment.startsWith('host.') ? fragment.split('.')[2]! : null;
  },
  hostFragment: (secret, _id, seat) => `host.${seat}.${secret}`,
  newCall: (_secret, id, plan) => {
    const seats = plan.delegations.flatMap((d, i) => d.seats.map((s) => ({ kind: s.kind, host: s.host, delegation: i + 1 })))
      .map((s, i) => ({ ...s, id: i + 1 }));
    const { format, rehearsal } = plan;
    return {
      id, shape: { format, rehearsal, seats }, plan: reversed(JSON.stringify(plan)),
      tokens: seats.map(({ id: seat }) => token(seat, 1)),
    };
  },
  seatToken: (_secret, _id, _plan, seat, link) => token(seat, link),
  openPlan: (secret, _id, sealed) => {
    if (secret !== 'SECRET') throw new Error('not_ours');
    return JSON.parse(reversed(sealed)) as UnverifiedPlan;
  },
};

const token = (seat: number, link: number): SeatToken => ({ seat, link, hash: `hash-${seat}-${link}`, grant: `grant-${seat}-${link}` });

function draft(): CallDraft {
  const d = emptyDraft();
  d.title = ' Talks ';
  d.delegations.forEach((delegation, i) => {
    delegation.name = `State ${i + 1}`;
    delegation.seats[0]!.name = `Person ${i + 1}`;
  });
  return d;
}

/** The server's side of `/api/calls`, for one call. */
class FakeServer {
  detail: CallDetail | null = null;
  posted: NewCall | null = null;
  readonly asked: string[] = [];
  readonly relinked: SeatToken[] = [];
  fails: { status: number; body: string } | 'offline' | null = null;

  readonly fetch = async (path: string, init: RequestInit): Promise<Response> => {
    this.asked.push(`${init.method} ${path}`);
    if (this.fails === 'offline') throw new TypeError('network');
    if (this.fails) return new Response(this.fails.body, { status: this.fails.status });
    const headers = init.headers as Record<string, string>;
    if (headers['authorization'] !== `Bearer ${KEY}`) return this.#error(401, 'bad_convener_key');
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : null;
    if (init.method === 'POST' && path === '/api/calls') return this.#create(body as NewCall);
    if (path === '/api/calls') return Response.json({ calls: this.detail ? [this.detail.summary] : [] });
    if (!this.detail) return this.#error(404, 'unknown_call');
    if (init.method === 'PUT') {
      this.relinked.push(body as SeatToken);
      this.detail.links[(body as SeatToken).seat - 1] = (body as SeatToken).link;
    }
    if (path.endsWith('/end')) {
      this.detail.summary.phase = 'adjourned';
      delete this.detail.plan;
    }
    if (init.method === 'DELETE') this.detail = null;
    return init.method === 'GET' ? Response.json(this.detail) : new Response(null, { status: 204 });
  };

  #create(call: NewCall): Response {
    this.posted = call;
    const { format, rehearsal, seats } = call.shape;
    this.detail = {
      summary: { info: { id: call.id, format, rehearsal }, phase: 'convened', delegations: seats.at(-1)?.delegation ?? 0,
        seats: seats.length, seated: 0, convened_at_ms: 1 },
      seats, plan: call.plan, statuses: [], links: seats.map(() => 1), doors: 'open',
    };
    return Response.json(this.detail, { status: 201 });
  }

  #error(status: number, code: string): Response {
    return Response.json({ code, blame: 'sender', text: 'why', fatal: false }, { status });
  }
}

function store() {
  const kept = new Map<string, string>();
  return {
    kept, getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v),
    removeItem: (k: string) => void kept.delete(k),
  };
}

let server: FakeServer;
let tab: ReturnType<typeof store>;
let machine: ReturnType<typeof store>;
let convene: Convene;
let clock: FakeClock;

/** Lets every answer arrive. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function open(): Convene {
  return new Convene({
    clock, fetch: server.fetch, tab, secrets: new CallSecrets(machine), drafts: new Drafts(machine), origin: 'https://host', core: async () => core,
  });
}

function on<K extends ConveneScreen['kind']>(kind: K): Extract<ConveneScreen, { kind: K }> {
  const screen = convene.screen.value;
  if (screen.kind !== kind) throw new Error(`the screen is ${screen.kind}, not ${kind}`);
  return screen as Extract<ConveneScreen, { kind: K }>;
}

async function withCall(): Promise<void> {
  convene.enterKey(KEY);
  await settle();
  convene.showForm();
  convene.create(draft());
  await settle();
}

beforeEach(() => {
  clock = new FakeClock();
  server = new FakeServer();
  tab = store();
  machine = store();
  convene = open();
});

describe('the convener key', () => {
  test('is refused here when cut, by the server when unknown, and kept for the tab when good', async () => {
    convene.enterKey('short');
    expect(on('key').problem?.key).toBe('convene-key-malformed');
    convene.enterKey('X'.repeat(43));
    await settle();
    expect(on('key').problem?.key).toBe('convene-key-unknown');
    expect(tab.kept.size).toBe(0);
    convene.enterKey(` ${KEY} `);
    await settle();
    expect(on('list').calls).toEqual([]);
    convene = open();
    await settle();
    expect(on('list').calls).toEqual([]);
    convene.forgetKey();
    expect([on('key').checking, tab.kept.size]).toEqual([false, 0]);
  });

  test('a server that does not answer, or answers nonsense, is said', async () => {
    server.fails = 'offline';
    convene.enterKey(KEY);
    await settle();
    expect(on('key').problem?.key).toBe('convene-offline');
    server.fails = { status: 502, body: '<html>proxy' };
    convene.enterKey(KEY);
    await settle();
    expect(on('key').problem?.key).toBe('convene-server-trouble');
  });
});

describe('a new call', () => {
  test('is made with hashes of tokens and sealed names, and no secret leaves', async () => {
    await withCall();
    expect(server.posted).toMatchObject({ id: ID, tokens: [token(1, 1), token(2, 1)] });
    for (const hidden of ['SECRET', 'Talks', 'State 1', 'Person 1']) expect(JSON.stringify(server.posted)).not.toContain(hidden);
    const screen = on('call');
    expect(screen.summary.call.title).toBe('Talks');
    expect(screen.links.map(({ person: { seat, name, delegation } }) => [seat, name, delegation])).toEqual([
      [1, 'Person 1', 'State 1'], [2, 'Person 2', 'State 2'],
    ]);
    expect(screen.hostLink).toBe(`https://host/c/${ID}#host.1.SECRET`);
    expect(screen.links.map((l) => l.url)).toEqual([`https://host/c/${ID}#seat.SECRET-1-1`, `https://host/c/${ID}#seat.SECRET-2-1`]);
  });

  test('its links are there again later, but not on another machine', async () => {
    await withCall();
    convene = open();
    await settle();
    convene.showCall(ID);
    await settle();
    expect(on('call').hostLink).not.toBe(null);
    machine.kept.clear();
    convene.showCall(ID);
    await settle();
    expect([on('call').hostLink, on('call').links[0]?.url]).toEqual([null, null]);
  });

  test('its title and names are on this machine only, in the list too', async () => {
    await withCall();
    convene.showList();
    await settle();
    expect(on('list').calls?.map((c) => c.call.title)).toEqual(['Talks']);
    machine.kept.clear();
    convene.showList();
    await settle();
    expect(on('list').calls?.map((c) => c.call.title)).toEqual(['']);
    convene.showCall(ID);
    await settle();
    expect([on('call').summary.call.title, on('call').links[0]?.person.name]).toEqual(['', '1']);
  });

  test('another browser shows names and links once the host\'s link is pasted there, and keeps the secret', async () => {
    await withCall();
    const link = on('call').hostLink!;
    machine.kept.clear();
    convene.showCall(ID);
    await settle();
    for (const [wrong, key] of [
      ['', 'convene-host-link-other'], ['what?', 'convene-host-link-other'],
      [link.replace('https://host', 'https://elsewhere'), 'convene-host-link-other'],
      [link.replace(ID, 'c'.repeat(26)), 'convene-host-link-other'],
      [`https://host/c/${ID}#seat.SECRET-1-1`, 'convene-host-link-seat'],
      [link.split('#')[0]!, 'convene-host-link-damaged'], [`https://host/c/${ID}#host.1.OTHER`, 'convene-host-link-damaged'],
    ] as const) {
      convene.unlock(wrong);
      await settle();
      expect(on('call').linkProblem?.key, wrong).toBe(key);
      expect(machine.kept.size).toBe(0);
    }
    convene.unlock(` ${link} `);
    await settle();
    expect(on('call')).toMatchObject({ linkProblem: null, hostLink: link, summary: { call: { title: 'Talks' } } });
    expect(on('call').links.map((l) => [l.person.name, l.url])).toEqual([
      ['Person 1', `https://host/c/${ID}#seat.SECRET-1-1`], ['Person 2', `https://host/c/${ID}#seat.SECRET-2-1`],
    ]);
    convene.showList();
    await settle();
    expect(on('list').calls?.map((c) => c.call.title)).toEqual(['Talks']);
  });

  test('a plan that is not this call\'s shows no names', async () => {
    await withCall();
    server.detail!.plan = 'nonsense';
    convene.showCall(ID);
    await settle();
    expect([on('call').links[1]?.person.name, on('call').links[1]?.url]).toEqual(['2', `https://host/c/${ID}#seat.SECRET-2-1`]);
  });

  test('mistakes are found before anything is sent', async () => {
    convene.enterKey(KEY);
    await settle();
    convene.create(emptyDraft());
    expect(on('form').mistakes.map((m) => m.place)).toContain('delegations.1.seats.0.name');
    expect(server.posted).toBe(null);
  });

  test('a refused plan leaves the form with the server\'s reason, and keeps no secret', async () => {
    convene.enterKey(KEY);
    await settle();
    convene.showForm();
    server.fails = { status: 422, body: JSON.stringify({ code: 'bad_plan', text: 'the title is odd' }) };
    convene.create(draft());
    await settle();
    expect(on('form')).toMatchObject({ sending: false, problem: { key: 'convene-plan-refused', args: { why: 'the title is odd' } } });
    expect(machine.kept.size).toBe(0);
  });

  test('a lost answer keeps the secret: the call may exist', async () => {
    convene.enterKey(KEY);
    await settle();
    convene.showForm();
    server.fails = 'offline';
    convene.create(draft());
    await settle();
    expect(on('form').problem?.key).toBe('convene-offline');
    expect([...machine.kept.values()]).toContain('SECRET');
  });
});

describe('the draft', () => {
  const typed = (): CallDraft => ({ ...draft(), starts: '2026-12-01T15:00', minutes: '80' });

  test('is there again after a reload, names and all, until it is discarded', () => {
    expect(convene.draft()).toEqual({ draft: emptyDraft(), kept: false });
    expect(convene.keepDraft(typed())).toBe(true);
    expect(open().draft()).toEqual({ draft: typed(), kept: true });
    convene.discardDraft();
    expect(open().draft().kept).toBe(false);
    expect(machine.kept.size).toBe(0);
  });

  test('is gone once the call is convened, and stays when it was refused', async () => {
    convene.enterKey(KEY);
    await settle();
    convene.showForm();
    convene.keepDraft(typed());
    server.fails = 'offline';
    convene.create(typed());
    await settle();
    expect(convene.draft().kept).toBe(true);
    server.fails = null;
    convene.create(typed());
    await settle();
    expect([on('call').kind, convene.draft().kept]).toEqual(['call', false]);
  });

  test('an empty form leaves nothing behind', () => {
    convene.keepDraft(typed());
    convene.keepDraft(emptyDraft());
    expect(machine.kept.size).toBe(0);
  });

  test('half a date is not put back, and what another version kept is not shown', () => {
    convene.keepDraft({ ...typed(), starts: UNFINISHED });
    expect(convene.draft().draft.starts).toBe('');
    for (const kept of ['{', '{"title":5}', '{"title":"","delegations":[{"seats":[{"kind":"king"}]}]}']) {
      machine.kept.set('incamera.draft', kept);
      expect(convene.draft().kept, kept).toBe(false);
    }
  });

  test('a browser that keeps nothing says so', () => {
    const nowhere = new Drafts(null);
    expect([nowhere.keep(typed()), nowhere.load()]).toEqual([false, null]);
    expect(new Drafts({ ...machine, setItem: () => { throw new DOMException('full', 'QuotaExceededError'); } }).keep(typed())).toBe(false);
  });
});

describe('a call that exists', () => {
  test('a new link has a higher number, and the host link goes with the host\'s first one', async () => {
    await withCall();
    convene.newLink(2);
    await settle();
    expect(on('call').links[1]?.url).toBe(`https://host/c/${ID}#seat.SECRET-2-2`);
    expect(server.relinked).toEqual([token(2, 2)]);
    convene.newLink(1);
    await settle();
    expect([on('call').links[0]?.url, on('call').hostLink]).toEqual([`https://host/c/${ID}#seat.SECRET-1-2`, null]);
  });

  test('is ended only after a yes', async () => {
    await withCall();
    convene.askEnd();
    expect(on('call').confirm).toBe('end');
    convene.cancel();
    convene.confirm();
    await settle();
    expect(server.asked.some((a) => a.endsWith('/end'))).toBe(false);
    convene.askEnd();
    convene.confirm();
    await settle();
    expect(on('call').summary.phase).toBe('adjourned');
    // The server has deleted the plan; the title is still known here.
    expect([on('call').summary.call.title, on('call').links[0]?.person.name]).toEqual(['Talks', '1']);
  });

  test('deleting forgets its secret', async () => {
    await withCall();
    convene.askDelete();
    convene.confirm();
    await settle();
    expect(on('list').calls).toEqual([]);
    expect(machine.kept.size).toBe(0);
  });

  test('who has arrived shows by itself, and a question stays open meanwhile', async () => {
    await withCall();
    convene.askEnd();
    server.detail!.statuses = [{ seat: 1, presence: 'seated', since_ms: 1, microphone: true, camera: true, screen: false }];
    clock.pass(5000);
    await settle();
    expect([on('call').links[0]?.presence, on('call').confirm]).toEqual(['seated', 'end']);
  });

  test('a key taken away meanwhile leads back to the key', async () => {
    await withCall();
    server.fails = { status: 401, body: JSON.stringify({ code: 'bad_convener_key', text: '' }) };
    clock.pass(5000);
    await settle();
    expect(on('key').problem?.key).toBe('convene-key-unknown');
  });
});

describe('the form', () => {
  const keys = (change: (d: CallDraft) => void): string[] => {
    const d = draft();
    change(d);
    return mistakesIn(d).map((m) => `${m.place} ${m.words.key}`);
  };

  test('a good draft has no mistakes and becomes a plan', () => {
    expect(keys(() => {})).toEqual([]);
    expect(planOf(draft()).delegations[0]).toEqual({ name: 'State 1', seats: [{ name: 'Person 1', title: '', kind: 'principal', host: true }] });
  });

  test('each rule of the server is said at its place', () => {
    expect(keys((d) => { d.title = 'x'.repeat(201); })).toEqual(['title convene-text-too-long']);
    expect(keys((d) => { d.title = 'a\u202Eb'; })).toEqual(['title convene-text-unsafe']);
    expect(keys((d) => { d.minutes = '0'; })).toEqual(['minutes convene-minutes-wrong']);
    expect(keys((d) => { d.delegations[1]!.name = 'STATE 1'; })).toEqual(['delegations.1.shortName convene-same-name']);
    expect(keys((d) => { d.delegations[1]!.seats = []; })).toEqual(['delegations.1.seats convene-no-seat', 'delegations convene-too-few-seats']);
    expect(keys((d) => { d.delegations[0]!.seats[0]!.host = false; })).toEqual(['delegations convene-no-host']);
    expect(keys((d) => { d.delegations[0]!.seats[0]!.kind = 'observer'; })).toEqual(['delegations.0.seats.0.host convene-observer-host']);
    for (const minutes of ['1441', '-5', '1.5', '1e3', 'an hour']) {
      expect(keys((d) => { d.minutes = minutes; }), minutes).toEqual(['minutes convene-minutes-wrong']);
    }
    for (const starts of [UNFINISHED, '12026-12-01T15:00', '2026-12-01']) {
      expect(keys((d) => { d.starts = starts; }), starts).toEqual(['starts convene-start-wrong']);
    }
    expect(keys((d) => { d.starts = '2026-03-29T02:30'; d.zone = 'Europe/Brussels'; })).toEqual(['starts convene-start-skipped']);
    expect(keys((d) => { d.starts = '2026-12-01T15:00'; d.zone = ' '; })).toEqual(['zone convene-zone-missing']);
    expect(keys((d) => { d.zone = 'Europe/Nowhere'; })).toEqual(['zone convene-zone-unknown']);
    expect(keys((d) => { d.delegations[1]!.zone = 'Europe/Nowhere'; })).toEqual(['delegations.1.zone convene-zone-unknown']);
    expect(keys((d) => { d.delegations[0]!.seats = Array.from({ length: 299 }, () => ({ ...d.delegations[0]!.seats[0]!, name: '蔡'.repeat(128), title: '蔡'.repeat(128) })); }))
      .toEqual(['delegations convene-texts-together']);
  });

  test('the start is by the clocks of the zone that was given, and each delegation has its own', () => {
    const d = { ...draft(), starts: '2022-01-24T15:00', zone: 'america/new_york', minutes: ' 80 ' };
    d.delegations[0]!.zone = 'Brussels';
    expect(mistakesIn(d)).toEqual([]);
    expect(startOf(d)).toBe(Date.UTC(2022, 0, 24, 20));
    expect(planOf(d)).toMatchObject({ starts_at_ms: Date.UTC(2022, 0, 24, 20), minutes: 80 });
    expect(planOf(d).delegations.map((of) => of.time_zone)).toEqual(['Europe/Brussels', undefined]);
  });

  test('a mistake is said at the field that has it', () => {
    const long = 'ї'.repeat(129);
    expect(keys((d) => { d.delegations[0]!.name = long; })).toEqual(['delegations.0.name convene-text-too-long']);
    expect(keys((d) => { d.delegations[0]!.shortName = 'ї'.repeat(49); })).toEqual(['delegations.0.shortName convene-text-too-long']);
    expect(keys((d) => { d.delegations[1]!.seats[0]!.name = long; })).toEqual(['delegations.1.seats.0.name convene-text-too-long']);
    expect(keys((d) => { d.delegations[1]!.seats[0]!.title = long; })).toEqual(['delegations.1.seats.0.title convene-text-too-long']);
    expect(keys((d) => { d.delegations[0]!.name = `A${'\u0335'.repeat(600)}`; })).toEqual(['delegations.0.name convene-text-heavy']);
  });

  test('an empty short name is never too long', () => {
    expect(keys((d) => { d.delegations[0]!.name = 'Bundesministerium für wirtschaftliche Zusammenarbeit und Entwicklung'; })).toEqual([]);
  });

  test('letters are counted, whatever bytes they take', () => {
    expect(keys((d) => {
      d.title = 'ї'.repeat(200);
      d.delegations[0]!.name = 'ї'.repeat(128);
      d.delegations[0]!.shortName = '👨\u200d👩\u200d👧'.repeat(20);
      d.delegations[0]!.seats[0]!.name = 'कि'.repeat(128);
    })).toEqual([]);
    expect(mistakesIn({ ...draft(), title: 'ї'.repeat(203) })[0]?.words.args).toEqual({ max: 200, over: 3 });
  });
});
