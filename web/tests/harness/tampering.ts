// What a dishonest server says in its answers (`crates/evil/src/answers.json`), and a page that gets
// such answers from an honest one: what it reads is changed between the socket and its scripts.

import { readFileSync } from 'node:fs';

import type { Machine } from './chromium.ts';

export interface Tampering {
  name: string;
  says: string;
  /** What a client calls it. */
  fault: string;
  played?: string;
  pictures?: boolean;
  mirror?: boolean;
  edits: [find: string, put: string][];
  append?: string;
}

export const tamperings = JSON.parse(
  readFileSync(new URL('../../../crates/evil/src/answers.json', import.meta.url), 'utf8')) as Tampering[];

/** Every answer that pages of this machine read from now on. */
export function tamper(machine: Machine, { edits, append = '' }: Tampering): Promise<unknown> {
  return machine.context.addInitScript(([edits, append]) => {
    // Answers are to come as text: the page does not say that it reads packed messages.
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (said: Parameters<typeof send>[0]) {
      send.call(this, typeof said === 'string' ? said.replace(',"packed":true', '') : said);
    };
    const data = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data')!;
    Object.defineProperty(MessageEvent.prototype, 'data', {
      ...data,
      get(this: MessageEvent) {
        const text: unknown = data.get!.call(this);
        if (typeof text !== 'string' || !text.includes('"type":"answer"')) return text;
        const message = JSON.parse(text) as { type: string; sdp: string };
        if (message.type !== 'answer') return text;
        for (const [find, put] of edits) message.sdp = message.sdp.replace(find, () => put);
        return JSON.stringify({ ...message, sdp: message.sdp + append });
      },
    });
  }, [edits, append] as const);
}
