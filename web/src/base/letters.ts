/**
 * How many letters a person sees: extended grapheme clusters (UAX #29), as `protocol::text::letters`
 * counts them. Both are held to `crates/protocol/tests/letters.json`.
 */

const SEGMENTER = 'Segmenter' in Intl ? new Intl.Segmenter('und', { granularity: 'grapheme' }) : null;

export function letters(text: string): number {
  // A browser without it counts code points: a little more than there are, never fewer.
  return SEGMENTER ? [...SEGMENTER.segment(text)].length : [...text].length;
}

/** Length in bytes of UTF-8. */
export function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
