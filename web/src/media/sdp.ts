/**
 * The places where session descriptions (RFC 8866) are edited, and nothing else.
 *
 * Opus must send packets of one size at one pace: sizes and gaps leak what is said even through
 * encryption. Browsers take that from the fmtp line of the answer (RFC 7587, 6.1).
 */

/** 32 kbit/s carries speech in full band. Higher costs every listener. */
const OPUS_BITS_PER_SECOND = 32_000;
const OPUS_FORCED: Readonly<Record<string, string>> = {
  cbr: '1',
  usedtx: '0',
  maxaveragebitrate: String(OPUS_BITS_PER_SECOND),
  stereo: '0',
  'sprop-stereo': '0',
};

/** The answer as it is applied: every Opus line asks for constant bitrate and no DTX. */
export function constantBitrateOpus(sdp: string): string {
  const [session = '', ...media] = sdp.split(/(?=^m=)/m);
  return session + media.map((m) => (m.startsWith('m=audio') ? forceOpus(m) : m)).join('');
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

function forceOpus(section: string): string {
  const payload = /^a=rtpmap:(\d+) opus\/48000/im.exec(section)?.[1];
  if (payload === undefined) return section;
  const line = new RegExp(`^a=fmtp:${payload} (.*?)\r?$`, 'm');
  const found = line.exec(section);
  const parameters = new Map(
    (found?.[1] ?? '').split(';').map((p) => p.trim()).filter(Boolean).map((p) => {
      const [name = '', value = ''] = p.split('=');
      return [name, value] as const;
    }),
  );
  for (const [name, value] of Object.entries(OPUS_FORCED)) parameters.set(name, value);
  const text = `a=fmtp:${payload} ${[...parameters].map(([name, value]) => `${name}=${value}`).join(';')}`;
  if (found) return section.replace(line, text + (found[0].endsWith('\r') ? '\r' : ''));
  return section.replace(/^(a=rtpmap:\d+ opus\/48000.*?)(\r?\n|$)/im, `$1\r\n${text}\r\n`);
}

interface Codec {
  readonly mimeType: string;
}

/** The codecs a call uses: one for voices, one for pictures with its retransmissions. */
export function wantedCodecs<C extends Codec>(kind: 'audio' | 'video', all: readonly C[]): C[] {
  const wanted = kind === 'audio' ? ['audio/opus'] : ['video/vp8', 'video/rtx'];
  return all.filter((c) => wanted.includes(c.mimeType.toLowerCase()));
}
