/** How much may be written at once: a page, in letters as people count them. */

import { bytes, letters } from '../../base/letters';
import { TEXT_BYTES_MAX } from '../../call/texts';

export const TEXT_CHARACTERS_MAX = 2000;
/** From here on what is left is counted on screen. */
const COUNTED_FROM = TEXT_CHARACTERS_MAX - 200;

/** What the session takes has room for letters of this size; heavier ones leave room for fewer. */
const BYTES_PER_LETTER = TEXT_BYTES_MAX / TEXT_CHARACTERS_MAX;

/** Letters left, negative when there are too many; `null` while there is plenty. */
export function left(text: string): number | null {
  const trimmed = text.trim();
  const used = Math.max(letters(trimmed), Math.ceil(bytes(trimmed) / BYTES_PER_LETTER));
  return used > COUNTED_FROM ? TEXT_CHARACTERS_MAX - used : null;
}

/** Whether there is something to send, and not too much. */
export function sendable(text: string): boolean {
  return text.trim() !== '' && (left(text) ?? 0) >= 0;
}
