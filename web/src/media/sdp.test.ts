import { describe, expect, test } from 'vitest';
import { constantBitrateOpus, tcpOfOnePort, wantedCodecs } from './sdp';

const answer = (fmtp: string): string =>
  ['v=0', 'a=ice-lite', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0', 'a=rtpmap:111 opus/48000/2', ...(fmtp ? [fmtp] : []),
    'm=video 9 UDP/TLS/RTP/SAVPF 96', 'a=rtpmap:96 VP8/90000', ''].join('\r\n');

describe('the answer as applied', () => {
  test('asks opus for one packet size and no pauses, keeping what else is asked', () => {
    const sdp = constantBitrateOpus(answer('a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1'));
    expect(sdp).toContain('a=fmtp:111 minptime=10;useinbandfec=1;usedtx=0;cbr=1;maxaveragebitrate=32000;stereo=0;sprop-stereo=0\r\n');
    expect(sdp).toContain('m=video 9 UDP/TLS/RTP/SAVPF 96\r\n');
  });

  test('adds the line where the server sent none', () => {
    expect(constantBitrateOpus(answer(''))).toContain('opus/48000/2\r\na=fmtp:111 cbr=1;usedtx=0;');
  });

  test('changes every voice that is sent or received, and nothing without opus', () => {
    const two = answer('a=fmtp:111 minptime=10') + answer('').split('\r\n').slice(2).join('\r\n');
    expect(constantBitrateOpus(two).match(/cbr=1/g)?.length).toBe(2);
    const none = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=rtpmap:0 PCMU/8000\r\n';
    expect(constantBitrateOpus(none)).toBe(none);
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

test('only opus, vp8 and its retransmissions are offered', () => {
  const all = ['audio/opus', 'audio/red', 'video/VP8', 'video/rtx', 'video/AV1', 'video/red'].map((mimeType) => ({ mimeType }));
  expect(wantedCodecs('audio', all).map((c) => c.mimeType)).toEqual(['audio/opus']);
  expect(wantedCodecs('video', all).map((c) => c.mimeType)).toEqual(['video/VP8', 'video/rtx']);
});
