/** After an item moved, the keyboard stays on the same arrow of it, or on the other at the end. */

import { tick } from 'svelte';

export async function focusMover(scope: ParentNode, item: string, by: -1 | 1): Promise<void> {
  await tick();
  const [up, down] = scope.querySelectorAll<HTMLButtonElement>(`${item} .mover button`);
  const [same, other] = by < 0 ? [up, down] : [down, up];
  (same?.disabled ? other : same)?.focus();
}
