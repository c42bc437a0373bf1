/** Where the keyboard is when the screen changes, so that nobody has to search for it. */

import { tick } from 'svelte';

/** For `{@attach}`: takes the focus if the control that had it went away with the last screen. */
export function land(element: HTMLElement): void {
  if (document.activeElement === null || document.activeElement === document.body) element.focus({ preventScroll: true });
}

/** For `{@attach}`: another screen begins, at its top wherever the last one was scrolled to. */
export function begin(element: HTMLElement): void {
  scrollTo(0, 0);
  land(element);
}

/** For `{@attach}`: takes the focus, and gives it back when the element goes. */
export function borrowFocus(element: HTMLElement): () => void {
  const before = document.activeElement;
  element.focus({ preventScroll: true });
  return () => giveFocusBack(before);
}

/** To what had it before; if that is gone, to the page's main part, never to nothing. */
export function giveFocusBack(before: Element | null): void {
  if (before instanceof HTMLElement && before !== document.body && before.isConnected) {
    return before.focus({ preventScroll: true });
  }
  void tick().then(() => {
    const main = document.querySelector('main');
    if (main) land(main);
  });
}
