import { describe, expect, test } from 'vitest';
import { builtAnswer } from './answer';
import { CHROMIUM, FIREFOX, FIREFOX_CAMERA, honest } from './offers.testing';
import { linesOf, sections, told, wantedCodecs } from './sdp';

describe('the offer as the server is told it', () => {
  test('names no header extension but the four of a call, and those of voices but one', () => {
    const extensions = (sdp: string): string[][] =>
      sections(sdp).media.map((lines) => lines.filter((line) => line.startsWith('a=extmap')).map((line) => line.replace(/^\S+ .*[:/]/, '')));
    expect(extensions(told(CHROMIUM)).slice(0, 2)).toEqual([
      ['mid'], ['draft-holmer-rmcat-transport-wide-cc-extensions-01', 'mid', 'rtp-stream-id', 'repaired-rtp-stream-id']]);
    expect(told(FIREFOX)).not.toMatch(/playout-delay|toffset|abs-send/);
  });

  test('has one codec on each line and its retransmissions, and no address of this machine', () => {
    expect(told(CHROMIUM)).toContain('m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n');
    expect(told(FIREFOX)).toContain('m=video 9 UDP/TLS/RTP/SAVPF 120 124\r\n');
    expect(told(CHROMIUM) + told(FIREFOX)).not.toMatch(/red\/|H264|192\.168|candidate|a=rtcp:|goog-remb|a=rtcp-fb:111/);
  });

  test('loses nothing the server needs', () => {
    expect(linesOf(told(CHROMIUM))).toEqual(linesOf(CHROMIUM));
    expect(linesOf(told(FIREFOX))).toEqual(linesOf(FIREFOX));
    expect(told(CHROMIUM)).toContain('a=simulcast:send q;h;f\r\n');
    expect(honest(told(CHROMIUM))).toBe(honest(CHROMIUM));
  });

  test('is none where a browser has no codec of a call', () => {
    expect(() => told(FIREFOX.replaceAll('VP8', 'AV1'))).toThrow('no codec for video');
  });
});

test('what is offered for one way only is offered, as Firefox does for its layers', () => {
  const [camera] = linesOf(FIREFOX_CAMERA);
  expect(camera?.extensions.get('urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id')).toBe(9);
  expect(builtAnswer(FIREFOX_CAMERA, honest(FIREFOX_CAMERA))).toContain('a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n');
});

test('only opus, vp8 and its retransmissions are offered', () => {
  const all = ['audio/opus', 'audio/red', 'video/VP8', 'video/rtx', 'video/AV1', 'video/red'].map((mimeType) => ({ mimeType }));
  expect(wantedCodecs('audio', all).map((c) => c.mimeType)).toEqual(['audio/opus']);
  expect(wantedCodecs('video', all).map((c) => c.mimeType)).toEqual(['video/VP8', 'video/rtx']);
});
