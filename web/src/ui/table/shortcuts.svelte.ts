/**
 * Single keys that work while no field has the focus. They can be switched off (WCAG 2.1.4): for
 * people who speak to their computer, words would press them.
 */

import { recall, remember } from '../remembered';

const KEPT_AS = 'incamera.shortcuts';

let on = $state(recall(KEPT_AS) !== 'off');

export function shortcutsOn(): boolean {
  return on;
}

export function setShortcuts(wanted: boolean): void {
  on = wanted;
  remember(KEPT_AS, wanted ? 'on' : 'off');
}

/** What a key press asks for, if it is meant as a shortcut. */
export function pressed(event: KeyboardEvent): string | null {
  if (!on || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return null;
  const at = event.target;
  if (at instanceof Element && at.closest('input, select, textarea, [contenteditable], dialog')) return null;
  return letter(event);
}

/** The letter on the key; on a keyboard of another script, the Latin letter that has its place. */
export function letter({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): string | null {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  // A Latin keyboard types other signs at some of these places: a French one a comma where M is elsewhere.
  return /^\p{L}$/u.test(key) && !/\p{Script=Latin}/u.test(key) && /^Key[A-Z]$/.test(code) ? code.slice(3) : null;
}
