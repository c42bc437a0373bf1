/**
 * The server's answer to an offer (RFC 8829) is not applied. It is read, line by line, for the few
 * values that can come from nobody else: where the server is, under which ICE credentials and
 * certificate, and which SSRCs it sends. The answer that is applied is written here, from these and
 * from the own offer.
 *
 * So a server cannot turn on what shows the way what is said: header extensions beside the sealed
 * frame, pauses or a changing bit rate, another codec. One that tries is named and left: an answer with
 * a line that is not exactly as an honest server writes it is refused as a whole.
 */

import { SDP_BYTES_MAX } from '../protocol/generated';
import { EXTENSIONS, linesOf, nameOf, sections, type Line } from './sdp';
import { FIRST_VOICE, voiceLines, type Voice } from './voice';

/**
 * What an answer was refused for: header extensions; codecs and their settings; m-lines, directions,
 * layers and streams that were not offered so; ICE and DTLS; a line that belongs into no answer.
 */
export type AnswerFault = 'extension' | 'codec' | 'lines' | 'transport' | 'unknown';

export class AnswerRefused extends Error {
  override readonly name = 'AnswerRefused';

  /** `where`: which kind of line; never what was in it. */
  constructor(readonly fault: AnswerFault, where: string) {
    super(`the server's answer: ${fault}, ${where}`);
  }
}

/** What an answer may say of Opus. It has no effect, but one that says something else is not honest. */
const OPUS_SAID: Readonly<Record<string, RegExp>> = {
  minptime: /^10$/, useinbandfec: /^[01]$/, usedtx: /^0$/, cbr: /^1$/, maxaveragebitrate: /^32000$/, stereo: /^0$/, 'sprop-stereo': /^0$/,
};
const OPUS_NEEDED = ['usedtx', 'cbr', 'maxaveragebitrate'];
/** An address for each interface of a server, by UDP and on a few TCP ports. */
const CANDIDATES_MAX = 64;
const PORT_MAX = 65_535;

/** How the server is reached, the same for all m-lines (RFC 8843). */
interface Transport {
  readonly ufrag: string;
  readonly password: string;
  readonly fingerprint: string;
}

interface Media {
  readonly transport: Transport;
  readonly candidates: readonly string[];
  /** VP8 is sent again under its own payload type, as was offered. */
  readonly resend: boolean;
  /** The server's SSRC of what it sends, and that of its retransmissions. */
  readonly ssrcs: readonly number[];
}

/**
 * The answer to apply, with which the microphone sends this voice. Throws `AnswerRefused`, and for an
 * offer of a browser without our codecs.
 */
export function builtAnswer(offer: string, answer: string, voice: Voice = FIRST_VOICE): string {
  if (answer.length > SDP_BYTES_MAX) throw new AnswerRefused('lines', 'length');
  const ours = linesOf(offer);
  const { session, media } = sections(answer);
  if (/\n\r?\n|[^\n]$/.test(answer)) throw new AnswerRefused('unknown', 'line ends');
  const origin = readSession(session, ours);
  if (media.length !== ours.length) throw new AnswerRefused('lines', 'm=');
  const theirs = ours.map((line, at) => readMedia(media[at] ?? [], line, at === 0));
  const [first] = theirs;
  if (!first) throw new AnswerRefused('lines', 'm=');
  const one = JSON.stringify(first.transport);
  if (theirs.some(({ transport }) => JSON.stringify(transport) !== one)) throw new AnswerRefused('transport', 'bundle');
  const ssrcs = theirs.flatMap((m) => m.ssrcs);
  if (new Set(ssrcs).size !== ssrcs.length) throw new AnswerRefused('lines', 'ssrc');
  const written = [
    'v=0', `o=- ${origin} IN IP4 0.0.0.0`, 's=-', 't=0 0', `a=group:BUNDLE ${ours.map(({ mid }) => mid).join(' ')}`, 'a=ice-lite',
    ...ours.flatMap((line, at) => writeMedia(line, theirs[at] ?? first, at === 0, voice)),
  ];
  return written.map((line) => `${line}\r\n`).join('');
}

/**
 * The answer with ICE-TCP candidates (RFC 6544) of one port only, another one at each attempt after
 * the first. Where a firewall refuses one port, Firefox can give up the others with it.
 */
export function tcpOfOnePort(sdp: string, attempt: number): string {
  const candidate = /^a=candidate:\S+ \d+ tcp \S+ \S+ (\d+) .*\r?\n/gim;
  const ports = [...new Set([...sdp.matchAll(candidate)].map(([, port]) => port))];
  if (attempt === 0 || ports.length < 2) return sdp;
  // From the last, the port of the page itself: it is known to be open.
  const kept = ports.at(-1 - ((attempt - 1) % ports.length));
  return sdp.replace(candidate, (line, port: string) => (port === kept ? line : ''));
}

/** Session id and version, which a browser compares with those of the answer before. */
function readSession(lines: readonly string[], ours: readonly Line[]): string {
  const seen = new Once();
  let origin: string | null = null;
  for (const line of lines) {
    const name = nameOf(line);
    seen.take(name, 'unknown');
    switch (name) {
      case 'v': must(line === 'v=0', 'unknown', name); break;
      case 'o': [, origin = null] = needed(line, /^o=\S+ (\d{1,19} \d{1,19}) IN IP[46] \S+$/, 'unknown'); break;
      case 's': must(line === 's=-', 'unknown', name); break;
      case 't': must(line === 't=0 0', 'unknown', name); break;
      case 'group': must(line === `a=group:BUNDLE ${ours.map(({ mid }) => mid).join(' ')}`, 'lines', name); break;
      case 'ice-lite': must(line === 'a=ice-lite', 'transport', name); break;
      case 'extmap-allow-mixed': must(line === 'a=extmap-allow-mixed', 'extension', name); break;
      case 'msid-semantic': needed(line, /^a=msid-semantic: ?WMS( [\w{}+/-]+)* ?$/, 'lines'); break;
      default: throw new AnswerRefused(faultOf(name), name);
    }
  }
  seen.all(['v', 'o', 's', 't', 'group'], 'lines');
  seen.all(['ice-lite'], 'transport');
  return origin ?? '';
}

function readMedia(lines: readonly string[], ours: Line, isFirst: boolean): Media {
  const reader = new MediaReader(ours, isFirst);
  for (const line of lines) reader.read(line);
  return reader.done();
}

class MediaReader {
  readonly #seen = new Once();
  readonly #found = new Map<'ufrag' | 'password' | 'fingerprint', string>();
  readonly #candidates: string[] = [];
  readonly #types: number[] = [];
  readonly #extensions = new Set<string>();
  readonly #feedback = new Set<string>();
  readonly #rids: string[] = [];
  readonly #ssrcs: number[] = [];
  #pair: string | null = null;

  constructor(private readonly ours: Line, private readonly isFirst: boolean) {}

  read(line: string): void {
    const { ours } = this;
    const name = nameOf(line);
    if (!REPEATED.has(name)) this.#seen.take(DIRECTIONS.has(name) ? 'direction' : name, faultOf(name));
    switch (name) {
      case 'm': return this.#media(line);
      case 'c': return void needed(line, /^c=IN IP[46] [0-9a-fA-F.:]+$/, 'transport');
      case 'mid': return must(line === `a=mid:${ours.mid}`, 'lines', name);
      case 'msid': return void needed(line, /^a=msid:\S+( \S+)?$/, 'lines');
      case 'sendonly': case 'recvonly': case 'inactive': return must(line === `a=${OPPOSITE[ours.direction]}`, 'lines', 'direction');
      case 'rtcp-mux': case 'rtcp-rsize': case 'end-of-candidates': return must(line === `a=${name}`, 'transport', name);
      case 'ice-ufrag': return this.#keep('ufrag', needed(line, /^a=ice-ufrag:([A-Za-z0-9+/]{4,256})$/, 'transport'));
      case 'ice-pwd': return this.#keep('password', needed(line, /^a=ice-pwd:([A-Za-z0-9+/]{22,256})$/, 'transport'));
      case 'ice-options': return must(line === 'a=ice-options:trickle', 'transport', name);
      case 'fingerprint': return this.#keep('fingerprint', needed(line, /^a=fingerprint:sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/, 'transport'));
      case 'setup': return must(line === 'a=setup:passive', 'transport', name);
      case 'candidate': return this.#candidate(line);
      case 'extmap': return this.#extension(line);
      case 'rtpmap': return this.#codec(line);
      case 'fmtp': return this.#settings(line);
      case 'rtcp-fb': return this.#hears(line);
      case 'rid': return void this.#rids.push(needed(line, /^a=rid:(\w{1,16}) recv$/, 'lines')[1] ?? '');
      case 'simulcast': return must(ours.rids.length > 0 && line === `a=simulcast:recv ${ours.rids.join(';')}`, 'lines', name);
      case 'ssrc': case 'ssrc-group': return this.#stream(line, name);
      default: throw new AnswerRefused(faultOf(name), name);
    }
  }

  done(): Media {
    const { ours } = this;
    this.#seen.all(['m', 'c', 'mid', 'direction'], 'lines');
    this.#seen.all(['rtcp-mux', 'ice-ufrag', 'ice-pwd', 'fingerprint', 'setup'], 'transport');
    must(ours.kind === 'video' || this.#seen.has(`fmtp ${ours.codec}`), 'codec', 'fmtp');
    const types = [...this.#types].sort().join(' ');
    const mapped = [ours.codec, ...(ours.resend === null ? [] : [ours.resend])].filter((type) => this.#seen.has(`rtpmap ${type}`)).sort();
    must(this.#seen.has(`rtpmap ${ours.codec}`) && types === mapped.join(' '), 'codec', 'm=');
    const resend = ours.resend !== null && mapped.includes(ours.resend);
    must(resend === this.#seen.has(`fmtp ${ours.resend}`), 'codec', 'apt');
    must([...this.#rids].sort().join() === [...ours.rids].sort().join(), 'lines', 'rid');
    must(this.#seen.has('simulcast') === ours.rids.length > 0, 'lines', 'simulcast');
    must(this.#ssrcs.length < 2 || this.#pair === this.#ssrcs.join(' '), 'lines', 'ssrc-group');
    must(!this.isFirst || this.#candidates.length > 0, 'transport', 'candidate');
    const get = (name: 'ufrag' | 'password' | 'fingerprint'): string => this.#found.get(name) ?? '';
    return {
      transport: { ufrag: get('ufrag'), password: get('password'), fingerprint: get('fingerprint') },
      candidates: this.#candidates, ssrcs: this.#ssrcs, resend,
    };
  }

  #media(line: string): void {
    const [, kind, types = ''] = needed(line, /^m=(\w+) 9 UDP\/TLS\/RTP\/SAVPF( \d{1,3}(?: \d{1,3})*)$/, 'lines');
    must(kind === this.ours.kind, 'lines', 'm=');
    this.#types.push(...types.trim().split(' ').map(Number));
  }

  #keep(name: 'ufrag' | 'password' | 'fingerprint', [, value = '']: RegExpExecArray): void {
    this.#found.set(name, value);
  }

  /** Host candidates by number; a name would be asked for on the network. */
  #candidate(line: string): void {
    const [, foundation, protocol, priority, address, port, tcp] = needed(
      line, /^a=candidate:([\w+/]{1,32}) 1 (udp|tcp) (\d{1,10}) ([0-9a-fA-F.:]{2,45}) (\d{1,5}) typ host( tcptype passive)?(?: ufrag [A-Za-z0-9+/]{4,256})?$/, 'transport');
    must((protocol === 'tcp') === (tcp !== undefined) && Number(port) > 0 && Number(port) <= PORT_MAX, 'transport', 'candidate');
    must(this.isFirst && this.#candidates.length < CANDIDATES_MAX, 'transport', 'candidate');
    const candidate = `a=candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ host${tcp ?? ''}`;
    if (!this.#candidates.includes(candidate)) this.#candidates.push(candidate);
  }

  #extension(line: string): void {
    const [, id, uri = ''] = needed(line, /^a=extmap:(\d{1,5}) (\S+)$/, 'extension');
    must(EXTENSIONS[this.ours.kind].has(uri) && this.ours.extensions.get(uri) === Number(id), 'extension', 'extmap');
    must(!this.#extensions.has(uri), 'extension', 'extmap');
    this.#extensions.add(uri);
  }

  #codec(line: string): void {
    const { kind, codec, resend } = this.ours;
    const [, type, name = ''] = needed(line, /^a=rtpmap:(\d{1,3}) (\S+)$/, 'codec');
    const known = Number(type) === codec ? (kind === 'audio' ? 'opus/48000/2' : 'vp8/90000') : Number(type) === resend ? 'rtx/90000' : null;
    must(name.toLowerCase() === known, 'codec', 'rtpmap');
    this.#seen.take(`rtpmap ${Number(type)}`, 'codec');
  }

  #settings(line: string): void {
    const { kind, codec, resend } = this.ours;
    const [, type, said = ''] = needed(line, /^a=fmtp:(\d{1,3}) (\S+)$/, 'codec');
    this.#seen.take(`fmtp ${Number(type)}`, 'codec');
    if (kind === 'video') return must(Number(type) === resend && said === `apt=${codec}`, 'codec', 'fmtp');
    must(Number(type) === codec, 'codec', 'fmtp');
    const settings = said.split(';').map((setting) => setting.split('='));
    const names = settings.map(([name = '']) => name);
    must(settings.every(([name = '', value = '', more]) => OPUS_SAID[name]?.test(value) === true && more === undefined), 'codec', 'fmtp');
    must(new Set(names).size === names.length && OPUS_NEEDED.every((name) => names.includes(name)), 'codec', 'fmtp');
  }

  #hears(line: string): void {
    const [, type, what = ''] = needed(line, /^a=rtcp-fb:(\d{1,3}) (.+)$/, 'codec');
    // str0m says REMB of pictures whatever was offered. It is not applied.
    const known = this.ours.feedback.includes(what) || (this.ours.kind === 'video' && what === 'goog-remb');
    must(Number(type) === this.ours.codec && known && !this.#feedback.has(what), 'codec', 'rtcp-fb');
    this.#feedback.add(what);
  }

  #stream(line: string, name: string): void {
    must(this.ours.direction === 'recvonly', 'lines', name);
    if (name === 'ssrc-group') {
      this.#seen.take(name, 'lines');
      [, this.#pair = null] = needed(line, /^a=ssrc-group:FID (\d{1,10} \d{1,10})$/, 'lines');
      return;
    }
    const ssrc = Number(needed(line, /^a=ssrc:(\d{1,10}) (?:cname|msid):[^\r\n]{1,256}$/, 'lines')[1]);
    must(ssrc > 0 && ssrc < 2 ** 32, 'lines', name);
    if (!this.#ssrcs.includes(ssrc)) this.#ssrcs.push(ssrc);
    must(this.#ssrcs.length <= (this.ours.resend === null ? 1 : 2), 'lines', name);
  }
}

/** One m-line of what is applied. */
function writeMedia(ours: Line, { transport, candidates, resend, ssrcs }: Media, isFirst: boolean, voice: Voice): string[] {
  const { kind, codec, mid, direction, rids } = ours;
  const types = resend && ours.resend !== null ? [codec, ours.resend] : [codec];
  return [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${types.join(' ')}`, 'c=IN IP4 0.0.0.0', ...(isFirst ? candidates : []),
    `a=ice-ufrag:${transport.ufrag}`, `a=ice-pwd:${transport.password}`, 'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${transport.fingerprint}`, 'a=setup:passive', `a=mid:${mid}`,
    ...[...ours.extensions].map(([uri, id]) => `a=extmap:${id} ${uri}`),
    `a=${OPPOSITE[direction]}`, 'a=rtcp-mux',
    `a=rtpmap:${codec} ${kind === 'audio' ? 'opus/48000/2' : 'VP8/90000'}`,
    ...ours.feedback.map((what) => `a=rtcp-fb:${codec} ${what}`),
    ...(kind === 'audio' ? voiceLines(codec, voice) : []),
    ...types.slice(1).flatMap((type) => [`a=rtpmap:${type} rtx/90000`, `a=fmtp:${type} apt=${codec}`]),
    ...rids.map((rid) => `a=rid:${rid} recv`), ...(rids.length > 0 ? [`a=simulcast:recv ${rids.join(';')}`] : []),
    ...(ssrcs.length > 1 ? [`a=ssrc-group:FID ${ssrcs.join(' ')}`] : []),
    ...ssrcs.map((ssrc) => `a=ssrc:${ssrc} cname:${mid}`),
  ];
}

const OPPOSITE = { sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive' } as const;
const DIRECTIONS: ReadonlySet<string> = new Set(['sendonly', 'recvonly', 'inactive', 'sendrecv']);
/** Lines that may come more than once in an m-line; each is counted in its own way. */
const REPEATED: ReadonlySet<string> = new Set(['candidate', 'extmap', 'rtpmap', 'fmtp', 'rtcp-fb', 'rid', 'ssrc', 'ssrc-group']);
const FAULTS: readonly (readonly [AnswerFault, readonly string[]])[] = [
  ['extension', ['extmap', 'extmap-allow-mixed']],
  ['codec', ['rtpmap', 'fmtp', 'rtcp-fb', 'ptime', 'maxptime', 'framerate', 'imageattr', 'b']],
  ['lines', ['m', 'mid', 'msid', 'group', 'rid', 'simulcast', 'ssrc', 'ssrc-group', ...DIRECTIONS]],
  ['transport', ['c', 'candidate', 'ice-lite', 'ice-ufrag', 'ice-pwd', 'ice-options', 'fingerprint', 'setup', 'crypto', 'rtcp', 'rtcp-mux', 'rtcp-rsize']],
];

function faultOf(name: string): AnswerFault {
  return FAULTS.find(([, names]) => names.includes(name))?.[0] ?? 'unknown';
}

function needed(line: string, pattern: RegExp, fault: AnswerFault): RegExpExecArray {
  const found = pattern.exec(line);
  if (!found) throw new AnswerRefused(fault, nameOf(line));
  return found;
}

function must(holds: boolean, fault: AnswerFault, where: string): void {
  if (!holds) throw new AnswerRefused(fault, where);
}

/** Names each of which comes once. */
class Once {
  readonly #names = new Set<string>();

  take(name: string, fault: AnswerFault): void {
    must(!this.#names.has(name), fault, name);
    this.#names.add(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  all(names: readonly string[], fault: AnswerFault): void {
    for (const name of names) must(this.#names.has(name), fault, name);
  }
}
