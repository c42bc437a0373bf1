/**
 * Single keys that work while no field has the focus. They can be switched off (WCAG 2.1.4): for
 * people who speak to their computer, words would press them.
 */

import { recall, remember } from '../remembered';

const KEPT_AS = 'incamera.shortcuts';

let on = $state(recall(KEPT_AS) !== 'off');
let held = $state(false);

/** Where letters are written or choose something. */
const FIELDS = 'input, select, textarea, option, [contenteditable], [role=textbox], [role=searchbox], [role=combobox], [role=listbox], dialog';

export function shortcutsOn(): boolean {
  return on;
}

/** Whether keys act now: not while something to write in is open beside the pictures. */
export function keysAct(): boolean {
  return on && !held;
}

/** A panel with a field for text is open, or was shut: one letter too many must not open a microphone. */
export function holdKeys(hold: boolean): void {
  held = hold;
}

export function setShortcuts(wanted: boolean): void {
  on = wanted;
  remember(KEPT_AS, wanted ? 'on' : 'off');
}

/** What a key press asks for, if it is meant as a shortcut. */
export function pressed(event: KeyboardEvent): string | null {
  if (!keysAct() || event.repeat || event.defaultPrevented || isComposing(event) || hasModifier(event)) return null;
  // Within a shadow root the window sees its host only.
  const [at] = event.composedPath();
  if (at instanceof Element && at.closest(FIELDS)) return null;
  if (document.activeElement?.closest(FIELDS) || document.querySelector('dialog:modal')) return null;
  return letter(event);
}

/** An input method makes a sign of several keys; 229 is how some say so. */
export function isComposing(event: Pick<KeyboardEvent, 'isComposing' | 'keyCode' | 'key'>): boolean {
  return event.isComposing || event.keyCode === 229 || event.key === 'Process' || event.key === 'Dead';
}

function hasModifier(event: KeyboardEvent): boolean {
  const { ctrlKey, metaKey, altKey, shiftKey } = event;
  return ctrlKey || metaKey || altKey || shiftKey || event.getModifierState('AltGraph');
}

/** The letter on the key; on a keyboard of another script, the Latin letter that has its place. */
export function letter({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): string | null {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  // A Latin keyboard types other signs at some of these places: a French one a comma where M is elsewhere.
  return /^\p{L}$/u.test(key) && !/\p{Script=Latin}/u.test(key) && /^Key[A-Z]$/.test(code) ? code.slice(3) : null;
}
