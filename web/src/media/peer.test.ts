import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import type { FrameGate } from '../sealed/gate';
import { CHROMIUM, honest } from './offers.testing';
import { Peer } from './peer';

/** As much of a browser's as a negotiation needs; it offers the same each time. */
class FakeConnection {
  static last: FakeConnection;
  signalingState = 'stable';
  localDescription: { sdp: string } | null = null;
  /** Whenever something was negotiated: the rate asked of the microphone, or `offer`. */
  readonly did: string[] = [];
  constructor() {
    FakeConnection.last = this;
  }
  addEventListener(): void {}
  addTransceiver(kind: string): unknown {
    return { sender: {}, receiver: { track: { kind } } };
  }
  getTransceivers(): unknown[] {
    return [];
  }
  async setLocalDescription(): Promise<void> {
    if (this.signalingState === 'closed') throw new Error('closed');
    this.localDescription = { sdp: CHROMIUM };
    this.signalingState = 'have-local-offer';
    this.did.push('offer');
  }
  async setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    if (this.signalingState !== 'have-local-offer') throw new Error(this.signalingState);
    this.signalingState = 'stable';
    this.did.push(/maxaveragebitrate=(\d+)/.exec(sdp)?.[1] ?? '');
  }
  close(): void {
    this.signalingState = 'closed';
  }
}

function setup() {
  const offers: string[] = [];
  const gate = { send: () => {}, receive: () => ({ stop: () => {} }) } as unknown as FrameGate;
  const peer = new Peer({
    generation: 1, failures: 0, publishes: { microphone: true, camera: false, screen: false }, gate, clock: new FakeClock(),
    onoffer: (sdp) => offers.push(sdp), onrefused: () => {}, onsource: () => {},
  });
  return { peer, offers, connection: FakeConnection.last };
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

beforeEach(() => {
  vi.stubGlobal('RTCPeerConnection', FakeConnection);
  vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => null });
});
afterEach(() => vi.unstubAllGlobals());

describe('the voice of a connection', () => {
  test('changes without a word to the server', async () => {
    const { peer, offers, connection } = setup();
    peer.negotiate(0, 0);
    peer.answer(honest(CHROMIUM));
    await settled();
    peer.setVoice('full');
    peer.setVoice('full');
    await settled();
    expect(connection.did).toEqual(['offer', '8000', 'offer', '32000']);
    expect(offers).toHaveLength(1);
  });

  test('waits while a negotiation is under way, and comes with its answer', async () => {
    const { peer, connection } = setup();
    peer.setVoice('full');
    peer.negotiate(0, 0);
    await settled();
    peer.setVoice('narrow');
    peer.setVoice('full');
    await settled();
    expect(connection.did).toEqual(['offer']);
    peer.answer(honest(CHROMIUM));
    await settled();
    expect(connection.did).toEqual(['offer', '32000']);
    peer.negotiate(0, 0);
    peer.setVoice('narrow');
    peer.answer(honest(CHROMIUM));
    await settled();
    expect(connection.did).toEqual(['offer', '32000', 'offer', '8000']);
  });

  test('of a connection that ended is not changed', async () => {
    const { peer, connection } = setup();
    peer.negotiate(0, 0);
    peer.answer(honest(CHROMIUM));
    await settled();
    peer.close();
    peer.setVoice('full');
    await settled();
    expect(connection.did).toEqual(['offer', '8000']);
    expect(peer.state.value).toBe('idle');
  });
});
