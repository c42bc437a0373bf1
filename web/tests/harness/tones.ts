// The pair of tones of a seat, as in `crates/participant/src/tones.rs`.

const GROUP = 18;

/** Every tone a seat may have, low group first. */
export const frequencies: readonly number[] = [
  ...Array.from({ length: GROUP }, (_, at) => 300 + 40 * at),
  ...Array.from({ length: GROUP }, (_, at) => 1100 + 60 * at),
];

/** The two frequencies of a seat in Hz. */
export function pair(seat: number): [low: number, high: number] {
  const low = (seat - 1) % GROUP;
  const high = (low + Math.floor((seat - 1) / GROUP)) % GROUP;
  return [frequencies[low]!, frequencies[GROUP + high]!];
}

/**
 * The seat whose low tone is in one voice, from the strength in dB at each of `frequencies`. The low
 * tone alone is enough for 18 seats, and it is all that Firefox's fake microphone can play.
 */
export function seatHeard(strengths: readonly number[]): number | null {
  const low = strengths.slice(0, GROUP);
  const loudest = low.indexOf(Math.max(...low));
  const others = low.filter((_, at) => Math.abs(at - loudest) > 1);
  const clear = low[loudest]! > -85 && low[loudest]! > Math.max(...others) + 10;
  return clear ? loudest + 1 : null;
}
