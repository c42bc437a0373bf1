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
  // The key's place, not its letter: M is where M is on a Latin keyboard, whatever script is set.
  return /^Key[A-Z]$/.test(event.code) ? event.code.slice(3) : null;
}
