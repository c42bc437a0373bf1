/**
 * Opus packets of one size, whatever is said. An encoder that does not keep to the constant bitrate it
 * was asked for has its packets padded (RFC 6716, 3.2.5) before they are sealed: Firefox (153) does not
 * read `cbr`, and makes 3 bytes of silence and 80 to 130 of speech.
 */

/** The full voice has packets as long as this, of so many bytes: 32 kbit/s. */
const FULL_MS = 20;
const FULL_BYTES = 80;
/** The same of an encoder with another size for each sound: of 3,400 packets of speech, noise and clicks one was longer. */
const FULL_BYTES_MAX = 128;
/** Narrow voices, in longer packets, have 8 kbit/s. Firefox never makes more of these, but less. */
const NARROW_BYTES_PER_MS = 1;

/** The last two bits of the first byte: one frame, two of one size, two, or as many as the second byte says. */
const ONE = 0;
const TWO_ALIKE = 1;
const TWO = 2;
const COUNTED = 3;
/** Of the last kind, and what is in its second byte. */
const HEADER_BYTES = 2;
const VARIABLE = 0x80;
const PADDED = 0x40;
const COUNT = 0x3f;
/** In tenths of a millisecond, of the modes for speech, for both, and for music (RFC 6716, table 2). */
const SPEECH = [100, 200, 400, 600] as const;
const BOTH = [100, 200] as const;
const MUSIC = [25, 50, 100, 200] as const;

/** One microphone's packets. */
export class EvenVoice {
  /** This encoder made a packet of another size than it was asked for. */
  #uneven = false;

  take(packet: Uint8Array): Uint8Array {
    const ms = packetMs(packet);
    const asked = ms > FULL_MS ? ms * NARROW_BYTES_PER_MS : FULL_BYTES;
    if (packet.length !== asked) this.#uneven = true;
    if (!this.#uneven) return packet;
    const size = ms > FULL_MS ? asked : FULL_BYTES_MAX;
    if (packet.length === size) return packet;
    // What is longer is not heard: listeners make up for it as for one that was lost.
    return padded(HEADER_BYTES + framesOf(packet).length > size ? empty(packet) : packet, size);
  }
}

function packetMs([toc = 0, second = 0]: Uint8Array): number {
  const mode = toc >> 3;
  const frame = mode < 12 ? SPEECH[mode % 4] : mode < 16 ? BOTH[mode % 2] : MUSIC[mode % 4];
  return ((frame ?? 0) * framesIn(toc, second)) / 10;
}

function framesIn(toc: number, second: number): number {
  const kind = toc & 3;
  return kind === ONE ? 1 : kind === COUNTED ? second & COUNT : 2;
}

/** A packet that lasts as long and has nothing in it. */
function empty([toc = 0, second = 0]: Uint8Array): Uint8Array {
  const kind = toc & 3;
  if (kind === COUNTED) return Uint8Array.of(toc, second & COUNT);
  return Uint8Array.of((toc & ~3) | (kind === ONE ? ONE : TWO_ALIKE));
}

function padded(packet: Uint8Array, size: number): Uint8Array {
  const [toc = 0, second = 0] = packet;
  const kind = toc & 3;
  const flags = kind === COUNTED ? second & ~PADDED : (kind === TWO ? VARIABLE : 0) | framesIn(toc, second);
  const frames = framesOf(packet);
  const room = size - HEADER_BYTES - frames.length;
  const even = new Uint8Array(size);
  even.set(room === 0 ? [toc | COUNTED, flags] : [toc | COUNTED, flags | PADDED, room - 1]);
  even.set(frames, room === 0 ? HEADER_BYTES : HEADER_BYTES + 1);
  return even;
}

/** What is behind the header, without padding that is there already. */
function framesOf(packet: Uint8Array): Uint8Array {
  const [toc = 0, second = 0] = packet;
  if ((toc & 3) !== COUNTED) return packet.subarray(1);
  if ((second & PADDED) === 0) return packet.subarray(2);
  let [at, padding] = [2, 0];
  // 255 stands for 254, and another byte.
  for (; packet[at] === 255; at++) padding += 254;
  padding += packet[at] ?? 0;
  return packet.subarray(at + 1, Math.max(at + 1, packet.length - padding));
}
