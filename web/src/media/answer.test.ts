import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AnswerRefused, builtAnswer, tcpOfOnePort } from './answer';
import { CHROMIUM, FIREFOX, honest } from './offers.testing';
import { linesOf, sections } from './sdp';
import type { Voice } from './voice';

/** What a dishonest server does to an answer; `crates/evil` plays some of them. */
interface Tampering {
  readonly name: string;
  readonly fault: string;
  readonly edits: readonly (readonly [find: string, put: string])[];
  readonly append?: string;
}

const file = new URL('../../../crates/evil/src/answers.json', import.meta.url);
const TAMPERINGS = JSON.parse(readFileSync(file, 'utf8')) as Tampering[];

function tampered(answer: string, { edits, append }: Tampering): string {
  return edits.reduce((sdp, [find, put]) => sdp.replace(find, () => put), answer) + (append ?? '');
}

function refused(run: () => string): string {
  try {
    return `applied: ${run()}`;
  } catch (error) {
    if (!(error instanceof AnswerRefused)) throw error;
    return error.fault;
  }
}

describe('the answer that is applied', () => {
  const built = builtAnswer(CHROMIUM, honest(CHROMIUM));

  test('has the values of the server that nobody else knows', () => {
    expect(built).toContain('a=candidate:fffeff7e32c583ef85edbb1a 1 udp 2130706175 192.0.2.1 3478 typ host\r\n');
    expect(built).not.toContain('goog-remb');
    expect(built).toContain('a=candidate:3 1 tcp 1671430143 2001:db8::1 443 typ host tcptype passive\r\n');
    for (const line of ['a=ice-ufrag:Aserver', 'a=ice-pwd:serverserverserverserver', `a=fingerprint:sha-256 ${Array(32).fill('01').join(':')}`]) {
      expect(built.split(`${line}\r\n`)).toHaveLength(6);
    }
    expect(built).toContain('a=ssrc-group:FID 1008 1009\r\n');
  });

  test('has the own lines in their order, each with its one codec and no extension beyond the four', () => {
    expect(sections(built).media.map(([first]) => first)).toEqual(
      ['audio', 'video', 'video', 'audio', 'video'].map((kind) => `m=${kind} 9 UDP/TLS/RTP/SAVPF ${kind === 'audio' ? '111' : '96 97'}`));
    expect(linesOf(built).map(({ mid, direction }) => [mid, direction])).toEqual(
      [['0', 'recvonly'], ['1', 'recvonly'], ['2', 'recvonly'], ['3', 'sendonly'], ['4', 'sendonly']]);
    expect(built.match(/^a=extmap.*$/gm)).toHaveLength(14);
    expect(built).not.toMatch(/audio-level|capture|timing|color|layers-allocation|playout/);
    expect(built).toContain('a=rid:f recv\r\na=simulcast:recv q;h;f\r\n');
  });

  test('asks opus for one packet size and no pauses, whatever the server said of it', () => {
    for (const [voice, rate, time] of [['full', 32_000, 20], ['narrow', 8_000, 120]] as const) {
      const forced = [`a=fmtp:111 minptime=10;useinbandfec=1;usedtx=0;cbr=1;maxaveragebitrate=${rate};stereo=0;sprop-stereo=0`, `a=ptime:${time}`, 'a=maxptime:120'];
      const applied = builtAnswer(CHROMIUM, honest(CHROMIUM), voice);
      // On all lines: one payload type of a bundle means one thing.
      expect(applied.match(/^a=(fmtp:111|ptime|maxptime).*$/gm)).toEqual([...forced, ...forced]);
    }
  });

  test('says nothing else when the voice is another', () => {
    const lines = (voice: Voice): string[] =>
      builtAnswer(CHROMIUM, honest(CHROMIUM), voice).split('\r\n').filter((line) => !/^a=(fmtp:111|ptime)/.test(line));
    expect(lines('narrow')).toEqual(lines('full'));
  });

  test('is built again from itself, for Firefox too, and for a server that sends nothing again', () => {
    expect(builtAnswer(FIREFOX, honest(FIREFOX))).toContain('m=video 9 UDP/TLS/RTP/SAVPF 120 124\r\n');
    const once = honest(FIREFOX).replace(' 120 124', ' 120').replace(/a=(rtpmap|fmtp):124.*\r\n/g, '').replace(/a=ssrc-group.*\r\n/, '').replace(/a=ssrc:1001.*\r\n/g, '');
    expect(builtAnswer(FIREFOX, once)).not.toMatch(/rtx|ssrc-group/);
  });
});

describe('an answer is refused, and the reason named, that says', () => {
  test.each(TAMPERINGS.map((t) => [t.name, t] as const))('%s', (_, tampering) => {
    const answer = honest(CHROMIUM);
    const changed = tampered(answer, tampering);
    expect(changed).not.toBe(answer);
    expect(refused(() => builtAnswer(CHROMIUM, changed))).toBe(tampering.fault);
  });

  test('any one line twice, or any line at all that it should not', () => {
    const lines = honest(CHROMIUM).split('\r\n').slice(0, -1);
    for (const [at, line] of lines.entries()) {
      const twice = lines.toSpliced(at, 0, line);
      // An address is taken once, and of a stream only its number, however often they are said.
      if (!/^a=(ssrc|candidate):/.test(line)) expect(refused(() => builtAnswer(CHROMIUM, `${twice.join('\r\n')}\r\n`)), line).not.toMatch(/^applied/);
      for (const strange of ['a=x', 'a=', 'b=AS:1', 'x', 'i=', 'A=SENDONLY', '\u2028a=sendrecv', 'a=sendonly\u2028']) {
        const more = lines.toSpliced(at, 0, strange);
        expect(refused(() => builtAnswer(CHROMIUM, `${more.join('\r\n')}\r\n`)), `${strange} before ${line}`).not.toMatch(/^applied/);
      }
    }
  });

  test('another value in any line: it is refused, or nothing of it is applied but an address, a key or a number', () => {
    const [answer, pattern] = [honest(CHROMIUM), /(?<=[:= ])[^\s:=;]+/g];
    const wrong = /audio-level|EVIL|usedtx=1|cbr=0/;
    for (const found of answer.matchAll(pattern)) {
      const changed = `${answer.slice(0, found.index)}EVIL${answer.slice(found.index + found[0].length)}`;
      const outcome = refused(() => builtAnswer(CHROMIUM, changed)).replace(/^a=(ice-ufrag|candidate|ice-pwd).*$/gm, '');
      expect(outcome, changed.slice(Math.max(0, found.index - 20), found.index + 20)).not.toMatch(wrong);
    }
  });

  test('nothing, or too much', () => {
    expect(['', 'v=0\r\n', 'x'.repeat(200_000)].map((sdp) => refused(() => builtAnswer(CHROMIUM, sdp)))).toEqual(['lines', 'lines', 'lines']);
    expect(refused(() => builtAnswer(CHROMIUM, honest(FIREFOX)))).toBe('lines');
  });
});

test('after a failure each attempt has the TCP candidates of another port, the page\'s first', () => {
  const udp = 'a=candidate:1 1 udp 2130706175 192.0.2.1 3478 typ host\r\n';
  const tcp = (port: number, address = '192.0.2.1'): string =>
    `a=candidate:2 1 tcp 1526725887 ${address} ${port} typ host tcptype passive ufrag x\r\n`;
  const sdp = `m=audio 9 X 1\r\n${udp}${tcp(3478)}${tcp(443)}${tcp(443, '2001:db8::1')}a=mid:0\r\n`;
  const page = `m=audio 9 X 1\r\n${udp}${tcp(443)}${tcp(443, '2001:db8::1')}a=mid:0\r\n`;
  const media = `m=audio 9 X 1\r\n${udp}${tcp(3478)}a=mid:0\r\n`;
  expect([0, 1, 2, 3].map((attempt) => tcpOfOnePort(sdp, attempt))).toEqual([sdp, page, media, page]);
  expect(tcpOfOnePort(media, 5)).toBe(media);
});
