// What tests put into a page before its own scripts run: it remembers every RTCPeerConnection, what
// was said on the WebSocket by type, what the sealing worker tells of the call, and every violation of
// the Content-Security-Policy.
// Functions here run in the page: they must not refer to anything outside themselves.

import type { View } from '../../src/sealed/view.ts';
import type { FromWorker } from '../../src/sealed/worker-messages.ts';

/** Left on `window` by `watch`. */
export interface Watched {
  connections: RTCPeerConnection[];
  /** Messages received, newest last. */
  received: { type: string }[];
  sent: string[];
  /** Which circles of the call anything received was about. */
  circles: number[];
  sockets: WebSocket[];
  violations: string[];
  /** What the session of the sealing worker said last of itself. */
  seal: View | null;
  /** What a person hears or reads as the name of a control. */
  nameOf(element: Element): string;
}

declare global {
  interface Window {
    watched: Watched;
  }
}

/** Runs in every page before its scripts. */
export function watch(): void {
  const watched: Watched = { connections: [], received: [], sent: [], circles: [], sockets: [], violations: [], seal: null, nameOf };
  Object.defineProperty(window, 'watched', { value: watched });
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      watched.connections.push(this);
    }
  };
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      watched.sockets.push(this);
      this.addEventListener('message', (event) => {
        read(event.data, (message) => watched.received.push(message));
        nameCircles(event.data);
      });
    }
    override send(data: Parameters<WebSocket['send']>[0]): void {
      read(data, ({ type }) => watched.sent.push(type));
      super.send(data);
    }
  };
  /** Messages that pass are nobody's here; packed ones (a byte 2, then deflated JSON) come a moment later. */
  function read(data: unknown, note: (message: { type: string }) => void): void {
    if (typeof data === 'string') note(JSON.parse(data) as { type: string });
    if (!(data instanceof ArrayBuffer) || new Uint8Array(data)[0] !== 2) return;
    const inflated = new Blob([data.slice(1)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    void new Response(inflated).json().then(note);
  }
  /** By the number that stands in every message: in JSON by name, in one that passes as the second byte of its head. */
  function nameCircles(data: unknown): void {
    const note = (circle: number): void => void (watched.circles.includes(circle) || watched.circles.push(circle));
    const inText = (text: string): void => [...text.matchAll(/"circle":(\d+)/g)].forEach(([, circle]) => note(Number(circle)));
    if (typeof data === 'string') return inText(data);
    if (!(data instanceof ArrayBuffer)) return;
    const bytes = new DataView(data);
    if (bytes.getUint8(0) === 2) {
      const inflated = new Blob([data.slice(1)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
      return void new Response(inflated).text().then(inText);
    }
    for (let at = 0; at + 8 <= bytes.byteLength; at += 8 + bytes.getUint16(at + 6)) note(bytes.getUint8(at + 1));
  }
  window.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
        if (data.type === 'view') watched.seal = data.view;
      });
    }
  };
  document.addEventListener('securitypolicyviolation', (event) => {
    watched.violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
  });

  function nameOf(element: Element): string {
    const said = (node: Node): string => {
      if (node instanceof Element) {
        const hidden = node.getAttribute('aria-hidden') === 'true' || node.getClientRects().length === 0;
        return hidden ? '' : [...node.childNodes].map(said).join('');
      }
      return node.textContent ?? '';
    };
    return (element.getAttribute('aria-label') ?? said(element)).replace(/\s+/g, ' ').trim();
  }
}

/** The statistics the tests judge by, of the newest PeerConnection. */
export interface Figures {
  state: string;
  inbound: {
    kind: string;
    mid: string;
    packets: number;
    bytes: number;
    frames: number;
    keyFrames: number;
    freezes: number;
    energy: number;
    lines: number;
  }[];
  outbound: {
    kind: string;
    mid: string;
    rid: string;
    packets: number;
    bytes: number;
    frames: number;
    lines: number;
    codec: string;
  }[];
  /** Of the pair in use: `udp` or `tcp`. */
  path: string;
  /** Port of the server in that pair. */
  far: number;
  /** `null` where the browser does not say. */
  srtpCipher: string | null;
  sdp: { local: string; remote: string };
}

/** Runs in the page. */
export async function figures(): Promise<Figures | null> {
  const connection = window.watched.connections.at(-1);
  if (connection === undefined) return null;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const rows: any[] = [];
  (await connection.getStats()).forEach((row) => rows.push(row));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const transport = rows.find((row) => row.type === 'transport');
  const pair =
    byId.get(transport?.selectedCandidatePairId) ??
    rows.find((row) => row.type === 'candidate-pair' && (row.selected === true || row.nominated === true));
  return {
    state: connection.connectionState,
    inbound: rows
      .filter((row) => row.type === 'inbound-rtp')
      .map((row) => ({
        kind: row.kind,
        mid: String(row.mid ?? ''),
        packets: row.packetsReceived ?? 0,
        bytes: row.bytesReceived ?? 0,
        frames: row.framesDecoded ?? 0,
        keyFrames: row.keyFramesDecoded ?? 0,
        freezes: row.freezeCount ?? 0,
        energy: row.totalAudioEnergy ?? 0,
        lines: row.frameHeight ?? 0,
      })),
    outbound: rows
      .filter((row) => row.type === 'outbound-rtp')
      .map((row) => ({
        kind: row.kind,
        mid: String(row.mid ?? ''),
        rid: String(row.rid ?? ''),
        packets: row.packetsSent ?? 0,
        bytes: row.bytesSent ?? 0,
        frames: row.framesSent ?? row.framesEncoded ?? 0,
        lines: row.frameHeight ?? 0,
        codec: byId.get(row.codecId)?.mimeType ?? '',
      })),
    path: String(byId.get(pair?.localCandidateId)?.protocol ?? ''),
    far: Number(byId.get(pair?.remoteCandidateId)?.port ?? 0),
    srtpCipher: transport?.srtpCipher ?? null,
    sdp: {
      local: connection.localDescription?.sdp ?? '',
      remote: connection.remoteDescription?.sdp ?? '',
    },
  };
}
