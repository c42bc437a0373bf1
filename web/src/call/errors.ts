/** What an error of the server means for a person: the screen for one that ends, the words for one that does not. */

import type { ErrorMessage } from '../protocol/generated';
import { MESSAGES, type MessageKey } from './messages';
import type { CallScreen, Words } from './model';

/** What the session sends; it deals with the answers itself. */
const OF_SESSION: ReadonlySet<string | undefined> = new Set(['knock', 'found', 'commit', 'group_welcome', 'kept', 'passing', 'catch_up']);

/** The screen for an error code of the protocol, or for one of the client's own. `missing`: in this browser. */
export function errorScreen(code: string, retry?: () => void, missing = ''): CallScreen {
  const key = `error-${code.replaceAll('_', '-')}`;
  const known = Object.hasOwn(MESSAGES, key) ? (key as MessageKey) : 'error-internal';
  const words = missing === '' ? { key: known } : { key: known, args: { missing } };
  return { kind: 'error', code, words, ...(retry ? { retry } : {}) };
}

/** What is wrong with a link, as the core says it: a code of the client's own. */
const LINK_CODES: Readonly<Record<string, string>> = {
  no_fragment: 'link_no_secret', cut: 'link_cut', changed: 'link_changed', several: 'link_several',
  exposed_seat: 'link_exposed', exposed_host: 'host_link_exposed', wrapped_seat: 'link_wrapped', wrapped_host: 'host_link_wrapped',
};

export function codeOfLink(problem: string): string {
  return LINK_CODES[problem] ?? 'bad_link';
}

export function linkScreen(problem: string): CallScreen {
  return errorScreen(codeOfLink(problem));
}

/** What to say at the table; `null`: nothing. `who`: the seats it is about. */
export function refusalWords({ code, in_reply_to }: ErrorMessage, who: string): Words | null {
  if (OF_SESSION.has(in_reply_to)) return null;
  if (code === 'wrong_state' && in_reply_to === 'screen') return { key: 'screen-share-taken', args: { who } };
  switch (code) {
    case 'microphones_full':
      return { key: 'microphones-full', args: { who } };
    case 'bad_offer':
      return { key: 'media-failed' };
    case 'not_permitted':
      return { key: 'not-permitted' };
    case 'too_fast':
      return { key: 'too-fast' };
    case 'doors_closed': case 'wrong_state':
      return { key: 'wrong-state' };
    case 'out_of_order':
      // Said just before a break or a return; the state that follows tells.
      return null;
    default:
      return { key: 'server-trouble' };
  }
}
