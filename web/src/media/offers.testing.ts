/** Offers as browsers make them, and answers as an honest server gives them: for tests. */

import { linesOf, type Line } from './sdp';

const TAIL = ['a=setup:actpass', 'a=ice-ufrag:abcd', 'a=ice-pwd:abcdefghijklmnopqrstuv', 'a=ice-options:trickle',
  `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`];
const TWCC = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
const SDES = 'urn:ietf:params:rtp-hdrext:sdes';
const WEBRTC = 'http://www.webrtc.org/experiments/rtp-hdrext';

function chromiumAudio(mid: string, direction: string): string[] {
  return ['m=audio 9 UDP/TLS/RTP/SAVPF 111 63', 'c=IN IP4 0.0.0.0', 'a=rtcp:9 IN IP4 0.0.0.0', ...TAIL, `a=mid:${mid}`,
    'a=candidate:1 1 udp 2122260223 192.168.1.7 50000 typ host', 'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
    `a=extmap:2 ${WEBRTC}/abs-capture-time`, `a=extmap:3 ${TWCC}`, `a=extmap:4 ${SDES}:mid`, `a=${direction}`, 'a=msid:- track',
    'a=rtcp-mux', 'a=rtcp-rsize', 'a=rtpmap:111 opus/48000/2', 'a=rtcp-fb:111 transport-cc', 'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:63 red/48000/2', 'a=fmtp:63 111/111'];
}

function chromiumVideo(mid: string, direction: string, rids: readonly string[] = []): string[] {
  return ['m=video 9 UDP/TLS/RTP/SAVPF 96 97', 'c=IN IP4 0.0.0.0', 'a=rtcp:9 IN IP4 0.0.0.0', ...TAIL, `a=mid:${mid}`,
    'a=extmap:14 urn:ietf:params:rtp-hdrext:toffset', `a=extmap:2 ${WEBRTC}/abs-send-time`, 'a=extmap:13 urn:3gpp:video-orientation',
    `a=extmap:3 ${TWCC}`, `a=extmap:5 ${WEBRTC}/playout-delay`, `a=extmap:6 ${WEBRTC}/video-content-type`,
    `a=extmap:7 ${WEBRTC}/video-timing`, `a=extmap:8 ${WEBRTC}/color-space`, `a=extmap:9 ${WEBRTC}/video-layers-allocation00`,
    `a=extmap:4 ${SDES}:mid`, `a=extmap:10 ${SDES}:rtp-stream-id`, `a=extmap:11 ${SDES}:repaired-rtp-stream-id`, `a=${direction}`,
    'a=rtcp-mux', 'a=rtcp-rsize', 'a=rtpmap:96 VP8/90000', 'a=rtcp-fb:96 goog-remb', 'a=rtcp-fb:96 transport-cc',
    'a=rtcp-fb:96 ccm fir', 'a=rtcp-fb:96 nack', 'a=rtcp-fb:96 nack pli', 'a=rtpmap:97 rtx/90000', 'a=fmtp:97 apt=96',
    ...rids.map((rid) => `a=rid:${rid} send`), ...(rids.length > 0 ? [`a=simulcast:send ${rids.join(';')}`] : [])];
}

function firefoxVideo(mid: string): string[] {
  return ['m=video 9 UDP/TLS/RTP/SAVPF 120 124 126', 'c=IN IP4 0.0.0.0', 'a=recvonly', `a=extmap:3 ${SDES}:mid`,
    `a=extmap:4 ${WEBRTC}/abs-send-time`, 'a=extmap:5 urn:ietf:params:rtp-hdrext:toffset', `a=extmap:6/recvonly ${WEBRTC}/playout-delay`,
    `a=extmap:7 ${TWCC}`, 'a=fmtp:120 max-fs=12288;max-fr=60', 'a=fmtp:124 apt=120', ...TAIL, `a=mid:${mid}`,
    'a=rtcp-fb:120 nack', 'a=rtcp-fb:120 nack pli', 'a=rtcp-fb:120 ccm fir', 'a=rtcp-fb:120 goog-remb', 'a=rtcp-fb:120 transport-cc',
    'a=rtcp-mux', 'a=rtcp-rsize', 'a=rtpmap:120 VP8/90000', 'a=rtpmap:124 rtx/90000', 'a=rtpmap:126 H264/90000'];
}

function joined(mids: readonly string[], ...media: string[][]): string {
  const head = ['v=0', 'o=- 4611731400430051336 2 IN IP4 127.0.0.1', 's=-', 't=0 0', `a=group:BUNDLE ${mids.join(' ')}`,
    'a=extmap-allow-mixed', 'a=msid-semantic: WMS'];
  return [...head, ...media.flat()].map((line) => `${line}\r\n`).join('');
}

/** Microphone, camera in three layers, screen; a voice and a picture to receive. */
export const CHROMIUM = joined(['0', '1', '2', '3', '4'], chromiumAudio('0', 'sendonly'), chromiumVideo('1', 'sendonly', ['q', 'h', 'f']),
  chromiumVideo('2', 'sendonly'), chromiumAudio('3', 'recvonly'), chromiumVideo('4', 'recvonly'));
export const FIREFOX = joined(['0'], firefoxVideo('0'));
/** It says for which way an extension is, where that is one. */
export const FIREFOX_CAMERA = joined(['0'], firefoxVideo('0').flatMap((line) => (line === 'a=recvonly' ? ['a=sendonly', `a=extmap:9/sendonly ${SDES}:rtp-stream-id`,
  `a=extmap:10/sendonly ${SDES}:repaired-rtp-stream-id`, 'a=rid:q send', 'a=rid:h send', 'a=simulcast:send q;h'] : [line])));

/** As str0m writes it, and `sfu::offer` after it. */
export function honest(offer: string): string {
  const lines = linesOf(offer);
  const mids = lines.map(({ mid }) => mid);
  const head = ['v=0', 'o=str0m-0.25.0 4242424242 2 IN IP4 0.0.0.0', 's=-', 't=0 0', `a=group:BUNDLE ${mids.join(' ')}`,
    'a=extmap-allow-mixed', 'a=msid-semantic: WMS stream', 'a=ice-lite'];
  return [...head, ...lines.flatMap(answered)].map((line) => `${line}\r\n`).join('');
}

function answered({ kind, mid, direction, codec, resend, extensions, feedback, rids }: Line, at: number): string[] {
  const candidates = ['a=candidate:fffeff7e32c583ef85edbb1a 1 udp 2130706175 192.0.2.1 3478 typ host ufrag Aserver', 'a=candidate:3 1 tcp 1671430143 2001:db8::1 443 typ host tcptype passive'];
  const sends = direction === 'recvonly';
  const ssrcs = sends ? [1000 + 2 * at, ...(resend === null ? [] : [1001 + 2 * at])] : [];
  return [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${[codec, ...(resend === null ? [] : [resend])].join(' ')}`, 'c=IN IP4 0.0.0.0',
    ...(at === 0 ? candidates : []), 'a=ice-ufrag:Aserver', 'a=ice-pwd:serverserverserverserver', 'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${Array(32).fill('01').join(':')}`, 'a=setup:passive', `a=mid:${mid}`,
    ...[...extensions].map(([uri, id]) => `a=extmap:${id} ${uri}`), sends ? 'a=sendonly' : 'a=recvonly', 'a=msid:stream track',
    'a=rtcp-mux', `a=rtpmap:${codec} ${kind === 'audio' ? 'opus/48000/2' : 'VP8/90000'}`, ...feedback.map((what) => `a=rtcp-fb:${codec} ${what}`),
    ...(kind === 'video' ? [`a=rtcp-fb:${codec} goog-remb`] : []),
    ...(kind === 'audio' ? [`a=fmtp:${codec} minptime=10;useinbandfec=1;usedtx=0;cbr=1;maxaveragebitrate=32000`] : []),
    ...(resend === null ? [] : [`a=rtpmap:${resend} rtx/90000`, `a=fmtp:${resend} apt=${codec}`]),
    ...rids.map((rid) => `a=rid:${rid} recv`), ...(rids.length > 0 ? [`a=simulcast:recv ${rids.join(';')}`] : []),
    ...(ssrcs.length > 1 ? [`a=ssrc-group:FID ${ssrcs.join(' ')}`] : []),
    ...ssrcs.flatMap((ssrc) => [`a=ssrc:${ssrc} cname:server`, `a=ssrc:${ssrc} msid:stream track`]),
  ];
}
