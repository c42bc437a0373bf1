/** Recognises a call's link that somebody pasted. Whether it is good, the server says. */

const LINK = /^\/c\/([a-z2-7]{26})$/;

/** Path and fragment to go to, if `text` is a link to a call on this host; else `null`. */
export function callPath(text: string, host: string): string | null {
  let url: URL;
  try {
    url = new URL(text.trim(), `https://${host}`);
  } catch {
    return null;
  }
  if (url.host !== host || !LINK.test(url.pathname) || url.hash.length < 2) return null;
  return url.pathname + url.hash;
}
