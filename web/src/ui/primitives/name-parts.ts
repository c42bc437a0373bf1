/** A name in two: what may be shortened where there is no room, and the word that must stay. */
export function nameParts(name: string): [given: string, last: string] {
  const words = name.trim().split(/\s+/);
  const last = words.pop() ?? '';
  return [words.join(' '), last];
}
