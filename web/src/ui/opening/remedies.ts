/** The one thing to do about each error that ends a call's screen. */

const REMEDIES: Readonly<Record<string, string>> = {
  unknown_call: 'remedy-ask-for-link',
  unknown_link: 'remedy-ask-for-link',
  bad_link: 'remedy-ask-for-link',
  link_no_secret: 'remedy-ask-for-link',
  link_cut: 'remedy-ask-for-link',
  link_changed: 'remedy-ask-for-link',
  link_several: 'remedy-one-link',
  link_elsewhere: 'remedy-other-server',
  link_exposed: 'remedy-renew-link',
  link_wrapped: 'remedy-renew-link',
  host_link_exposed: 'remedy-new-call',
  host_link_wrapped: 'remedy-new-call',
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

/** Whether the place for a link on the home page helps: it takes what an address bar does not. */
export function isOfLink(code: string): boolean {
  return code === 'bad_link' || /^link_(no_secret|cut|changed|several)$/.test(code);
}

/** Anything else is a mistake of ours: loading the page again is what helps. */
export function remedyOf(code: string): string {
  return REMEDIES[code] ?? 'remedy-reload';
}
