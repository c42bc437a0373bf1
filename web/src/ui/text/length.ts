/** How much may be written at once: a page. */

export const TEXT_CHARACTERS_MAX = 2000;
/** From here on what is left is counted on screen. */
const COUNTED_FROM = TEXT_CHARACTERS_MAX - 200;

/** Characters left, negative when there are too many; `null` while there is plenty. */
export function left(text: string): number | null {
  const length = [...text].length;
  return length > COUNTED_FROM ? TEXT_CHARACTERS_MAX - length : null;
}

/** Whether there is something to send, and not too much. */
export function sendable(text: string): boolean {
  return text.trim() !== '' && (left(text) ?? 0) >= 0;
}
