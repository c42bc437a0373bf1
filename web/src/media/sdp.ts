/**
 * Session descriptions (RFC 8866) as this client reads and writes its own: which codecs and header
 * extensions a call uses, what of the browser's offer is told to the server, and what each m-line of
 * it is. What the server answers is judged in `answer.ts`.
 */

export type Kind = 'audio' | 'video';

/** One m-line of the own offer, as far as an answer depends on it. */
export interface Line {
  readonly kind: Kind;
  readonly mid: string;
  readonly direction: 'sendonly' | 'recvonly' | 'inactive';
  /** The payload type of Opus or VP8. */
  readonly codec: number;
  /** Of its retransmissions (RFC 4588), if any. */
  readonly resend: number | null;
  /** Of those a call uses, with the ids they were offered under. */
  readonly extensions: ReadonlyMap<string, number>;
  /** Of those a call uses. */
  readonly feedback: readonly string[];
  /** Simulcast layers, in order. */
  readonly rids: readonly string[];
}

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const TRANSPORT_CC = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
const RID = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';
const REPAIRED_RID = 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id';

/**
 * All that may stand beside a sealed frame in a packet. Anything else (loudness, RFC 6464; sizes of
 * layers; capture times; colours) would show the way what the frame hides.
 */
export const EXTENSIONS: Readonly<Record<Kind, ReadonlySet<string>>> = {
  audio: new Set([MID]), video: new Set([MID, TRANSPORT_CC, RID, REPAIRED_RID]),
};

/** RFC 4585, 5104; voices are not counted in the estimate of a network. */
const FEEDBACK: Readonly<Record<Kind, readonly string[]>> = {
  audio: [], video: ['transport-cc', 'ccm fir', 'nack', 'nack pli'],
};

const NAMES: Readonly<Record<Kind, RegExp>> = { audio: /^opus\/48000\/2$/i, video: /^VP8\/90000$/i };

/** Attributes of an offer that the server needs (RFC 8829, 5.2.1). */
const TOLD = new Set([
  'group', 'msid-semantic', 'extmap-allow-mixed', 'ice-ufrag', 'ice-pwd', 'ice-options', 'fingerprint', 'setup', 'mid', 'extmap',
  'sendonly', 'recvonly', 'inactive', 'msid', 'rtcp-mux', 'rtcp-rsize', 'rtpmap', 'fmtp', 'rtcp-fb', 'rid', 'simulcast', 'ssrc',
  'ssrc-group',
]);

/** The part before the first m-line, and each m-line with what belongs to it; lines without their ends. */
export function sections(sdp: string): { session: string[]; media: string[][] } {
  const [session = [], ...media] = sdp.split(/(?=^m=)/m).map((part) => part.split(/\r?\n/).filter((line) => line !== ''));
  return { session, media };
}

/** What `a=name:…` or `a=name` is about; of other lines their letter. */
export const nameOf = (line: string): string => /^a=([^:]*)/.exec(line)?.[1] ?? line.slice(0, 1);

/** The own offer, m-line by m-line. Throws if the browser offers no codec of a call: then there is none. */
export function linesOf(offer: string): Line[] {
  return sections(offer).media.map(lineOf);
}

function lineOf(lines: readonly string[]): Line {
  const kind: Kind = lines[0]?.startsWith('m=audio') ? 'audio' : 'video';
  const values = (name: string): string[] =>
    lines.filter((line) => nameOf(line) === name).map((line) => line.slice(name.length + 3));
  const direction = (['sendonly', 'recvonly'] as const).find((name) => lines.includes(`a=${name}`)) ?? 'inactive';
  const maps = values('rtpmap').map((value) => value.split(' '));
  const codec = maps.find(([, name = '']) => NAMES[kind].test(name))?.[0];
  if (codec === undefined) throw new Error(`this browser offers no codec for ${kind} that a call uses`);
  const resends = new Set(maps.filter(([, name = '']) => /^rtx\//i.test(name)).map(([type]) => type));
  const resend = values('fmtp').map((value) => value.split(' ')).find(([type, what]) => resends.has(type) && what === `apt=${codec}`)?.[0];
  const extensions = values('extmap').map((value) => /^(\d+)(?:\/\w+)? (\S+)$/.exec(value)).flatMap((found) =>
    found && EXTENSIONS[kind].has(found[2] ?? '') ? [[found[2] ?? '', Number(found[1])] as const] : []);
  const feedback = values('rtcp-fb').flatMap((value) => (value.startsWith(`${codec} `) || value.startsWith('* ') ? value.replace(/^\S+ /, '') : []));
  return {
    kind, direction, mid: values('mid')[0] ?? '', codec: Number(codec), resend: resend === undefined ? null : Number(resend),
    extensions: new Map(extensions), feedback: FEEDBACK[kind].filter((name) => feedback.includes(name)),
    rids: values('rid').map((value) => value.split(' ')).flatMap(([rid = '', way]) => (way === 'send' ? [rid] : [])),
  };
}

/**
 * The offer as the server is told it. Not in it: addresses of this machine, which an ICE-lite server
 * never sends to (RFC 8445, 2.5); codecs and header extensions a call does not use. What was never
 * offered, no answer can ask for.
 */
export function told(offer: string): string {
  const { session, media } = sections(offer);
  const parts = [...session.filter(isTold), ...media.flatMap((lines) => toldLines(lines, lineOf(lines)))];
  return parts.map((line) => `${line}\r\n`).join('');
}

function toldLines(lines: readonly string[], { kind, codec, resend }: Line): string[] {
  const types = resend === null ? [codec] : [codec, resend];
  return lines.filter(isTold).flatMap((line) => {
    const media = /^(m=\S+ \d+ \S+) /.exec(line)?.[1];
    if (media !== undefined) return [`${media} ${types.join(' ')}`];
    const type = /^a=(?:rtpmap|fmtp|rtcp-fb):(\S+) /.exec(line)?.[1];
    if (type !== undefined && type !== '*' && !types.includes(Number(type))) return [];
    const feedback = /^a=rtcp-fb:\S+ (.*)/.exec(line)?.[1];
    if (feedback !== undefined && !FEEDBACK[kind].includes(feedback)) return [];
    const extension = /^a=extmap:\S+ (\S+)/.exec(line)?.[1];
    return extension !== undefined && !EXTENSIONS[kind].has(extension) ? [] : [line];
  });
}

function isTold(line: string): boolean {
  return line.startsWith('a=') ? TOLD.has(nameOf(line)) : /^[vostcm]=/.test(line);
}

interface Codec {
  readonly mimeType: string;
}

/** The codecs a call uses: one for voices, one for pictures with its retransmissions. */
export function wantedCodecs<C extends Codec>(kind: Kind, all: readonly C[]): C[] {
  const wanted = kind === 'audio' ? ['audio/opus'] : ['video/vp8', 'video/rtx'];
  return all.filter((c) => wanted.includes(c.mimeType.toLowerCase()));
}
