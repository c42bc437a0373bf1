/**
 * Trusted Types: the one place that makes a script URL out of text.
 *
 * The page is served with `require-trusted-types-for 'script'` and may create the policy
 * `incamera` only, so nothing else in the client can start a worker from a string.
 */

interface Policy {
  createScriptURL(url: string): unknown;
}

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

let policy: Policy | null = null;

/** A URL the browser takes for `new Worker`. Only files of this client's own origin. */
export function trustedScriptUrl(url: string): string {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  // Browsers without Trusted Types take the text itself.
  if (!factory) return ownUrl(url);
  policy ??= factory.createPolicy('incamera', { createScriptURL: ownUrl });
  return policy.createScriptURL(url) as string;
}

function ownUrl(url: string): string {
  const absolute = new URL(url, location.origin);
  if (absolute.origin !== location.origin) throw new TypeError('Scripts come from this origin only.');
  return absolute.href;
}
