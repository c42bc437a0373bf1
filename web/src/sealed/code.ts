/**
 * Which code this page runs, as it is told to the others in the call: an honest difference shows. It
 * proves nothing about a page that lies.
 */

/** First byte: what kind of client. */
const BROWSER = 2;
const CODE_BYTES = 16;

/** As it is shown: hexadecimal digits. */
export function codeText(code: Uint8Array): string {
  return Array.from(code, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The script a page of this server begins with, as an address; `null` if there is none. */
export function entryOf(page: string, origin: string): string | null {
  const path = /<script type="module"[^>]* src="(\/[^"]+)"/.exec(page)?.[1];
  return path === undefined ? null : new URL(path, origin).href;
}

/** `entry`: the script the page begins with. Its name has the hash of all that it is built from. */
export async function codeOf(entry: string): Promise<Uint8Array> {
  const name = new TextEncoder().encode(new URL(entry).pathname);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', name));
  return Uint8Array.of(BROWSER, ...digest.subarray(0, CODE_BYTES - 1));
}
