/** The convener's HTTP interface, `/api/calls`. Shapes are the server's; see `docs/protocol.md`. */

import type { CallDetail, CallSummary, ErrorCode, NewCall, SeatToken } from '../protocol/generated';

/** `offline`: no answer at all. Otherwise the server's code and its text. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(readonly code: ErrorCode | 'offline', text = '') {
    super(text);
  }
}

/** As much of `fetch` as is used. */
export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

export class ConvenerApi {
  constructor(private readonly fetch: Fetch, private readonly key: string) {}

  async list(): Promise<CallSummary[]> {
    const { calls } = (await this.#ask('GET', '/api/calls')) as { calls: CallSummary[] };
    return calls;
  }

  detail(id: string): Promise<CallDetail> {
    return this.#ask('GET', `/api/calls/${id}`) as Promise<CallDetail>;
  }

  create(call: NewCall): Promise<CallDetail> {
    return this.#ask('POST', '/api/calls', call) as Promise<CallDetail>;
  }

  async end(id: string): Promise<void> {
    await this.#ask('POST', `/api/calls/${id}/end`);
  }

  async delete(id: string): Promise<void> {
    await this.#ask('DELETE', `/api/calls/${id}`);
  }

  async relink(id: string, token: SeatToken): Promise<void> {
    await this.#ask('PUT', `/api/calls/${id}/seats/${token.seat}/link`, token);
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const init: RequestInit = {
      method, cache: 'no-store', credentials: 'omit',
      headers: { authorization: `Bearer ${this.key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    };
    let response: Response;
    let text: string;
    try {
      response = await this.fetch(path, init);
      text = await response.text();
    } catch {
      throw new ApiError('offline');
    }
    const value = parsed(text);
    if (response.ok) return value;
    const error = value as { code?: unknown; text?: unknown } | null;
    // Not our server's own words, e.g. those of a proxy in front of it.
    if (typeof error?.code !== 'string') throw new ApiError('internal');
    throw new ApiError(error.code as ErrorCode, typeof error.text === 'string' ? error.text : '');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
