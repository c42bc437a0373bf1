/** The one thing to do about each error that ends a call's screen. */

const REMEDIES: Readonly<Record<string, string>> = {
  unknown_call: 'remedy-ask-for-link',
  unknown_link: 'remedy-ask-for-link',
  bad_link: 'remedy-ask-for-link',
  link_closed: 'remedy-ask-for-new-link',
  call_ended: 'remedy-ended',
  seat_occupied: 'remedy-other-machine',
  seat_moved: 'remedy-other-machine',
  refused: 'remedy-ask-host',
  unsupported_version: 'remedy-reload',
  browser_too_old: 'remedy-browser',
  bad_grant: 'remedy-bad-grant',
  answer_extension: 'remedy-bad-answer',
  answer_codec: 'remedy-bad-answer',
  answer_lines: 'remedy-bad-answer',
  answer_transport: 'remedy-bad-answer',
  answer_unknown: 'remedy-bad-answer',
  insecure_page: 'remedy-https',
  server_full: 'remedy-wait',
  going_away: 'remedy-wait',
  unreachable: 'remedy-network',
  too_fast: 'remedy-wait',
  storage_unavailable: 'remedy-operator',
};

/** Anything else is a mistake of ours: loading the page again is what helps. */
export function remedyOf(code: string): string {
  return REMEDIES[code] ?? 'remedy-reload';
}
