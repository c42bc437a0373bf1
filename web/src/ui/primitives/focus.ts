/** Where the keyboard is when the screen changes, so that nobody has to search for it. */

/** For `{@attach}`: takes the focus if the control that had it went away with the last screen. */
export function land(element: HTMLElement): void {
  if (document.activeElement === null || document.activeElement === document.body) element.focus({ preventScroll: true });
}

/** For `{@attach}`: takes the focus, and gives it back when the element goes. */
export function borrowFocus(element: HTMLElement): () => void {
  const before = document.activeElement;
  element.focus({ preventScroll: true });
  return () => {
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
}
