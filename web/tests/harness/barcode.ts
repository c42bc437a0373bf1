// The barcode of a picture: which seat's, which frame. The layout is that of
// `crates/participant/src/barcode.rs`, so natives read the fake cameras of browsers and the reverse.

interface Block {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What a barcode says. */
export interface Mark {
  seat: number;
  /** Modulo 2^22. */
  frame: number;
}

/** The layout's picture. */
export const UNITS = { wide: 320, high: 180 };
const COLUMNS = 22;
const ROWS = 2;
const CONTRAST_MIN = 48;

/** Where the 44 blocks are, row by row, in units of a 320 x 180 picture. */
export const blocks: readonly Block[] = Array.from({ length: ROWS * COLUMNS }, (_, at) => ({
  x: 28 + 12 * (at % COLUMNS),
  y: 144 + 14 * Math.floor(at / COLUMNS),
  width: 12,
  height: 14,
}));

// Corners are references: white, black, black, white.
const [WHITE, BLACK] = [
  [0, 2 * COLUMNS - 1],
  [COLUMNS - 1, COLUMNS],
] as const;
const data = blocks.map((_, at) => at).filter((at) => at % COLUMNS !== 0 && at % COLUMNS !== COLUMNS - 1);

/** The blocks of a mark in the order of `blocks`; `true` is white. */
export function draw(mark: Mark): boolean[] {
  const value = mark.seat * 2 ** 22 + (mark.frame % 2 ** 22);
  const bits = value.toString(2).padStart(32, '0') + crc8(value).toString(2).padStart(8, '0');
  const white = blocks.map(() => false);
  for (const at of WHITE) white[at] = true;
  data.forEach((at, bit) => (white[at] = bits[bit] === '1'));
  return white;
}

/** Reads the mean brightness of the blocks; `null` if no barcode is there or it was damaged. */
export function read(levels: readonly number[]): Mark | null {
  const mean = ([a, b]: readonly [number, number]) => ((levels[a] ?? 0) + (levels[b] ?? 0)) / 2;
  const [white, black] = [mean(WHITE), mean(BLACK)];
  if (white < black + CONTRAST_MIN) return null;
  const bits = data.map((at) => ((levels[at] ?? 0) > (white + black) / 2 ? '1' : '0')).join('');
  const value = Number.parseInt(bits.slice(0, 32), 2);
  if (crc8(value) !== Number.parseInt(bits.slice(32), 2)) return null;
  return { seat: Math.floor(value / 2 ** 22), frame: value % 2 ** 22 };
}

/** Polynomial 0x07, initial value 0xff, over the four bytes, most significant first. */
export function crc8(value: number): number {
  let crc = 0xff;
  for (const shift of [24, 16, 8, 0]) {
    crc ^= Math.floor(value / 2 ** shift) & 0xff;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  }
  return crc;
}
