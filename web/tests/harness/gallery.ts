// The gallery of the development server: every screen in every state, without a server, in real browsers.

import { createServer, type ViteDevServer } from 'vite';

import { root } from './paths.ts';

declare global {
  interface Window {
    gallery: { screens: string[]; chooseLanguage(code: string): Promise<void> };
  }
}

export class Gallery {
  private constructor(
    private readonly vite: ViteDevServer,
    readonly url: string,
  ) {}

  static async start(): Promise<Gallery> {
    const vite = await createServer({
      root: `${root}/web`,
      configFile: `${root}/web/vite.config.ts`,
      logLevel: 'error',
      server: { host: '127.0.0.1', port: 5199, hmr: false, watch: null },
    });
    await vite.listen();
    return new Gallery(vite, 'http://127.0.0.1:5199/gallery');
  }

  stop(): Promise<void> {
    return this.vite.close();
  }
}

/** What is wrong with how the page fits its window, in words; nothing if all is well. Runs in the page. */
export function misfits(): string[] {
  const wrong: string[] = [];
  const { innerWidth: width, innerHeight: height } = window;
  const named = (element: Element): string => (element.getAttribute('aria-label') ?? element.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 60);
  const over = document.documentElement.scrollWidth - width;
  if (over > 0) wrong.push(`the page is ${over} px wider than the window`);
  const dialog = document.querySelector('dialog:modal');
  const scope: ParentNode = dialog ?? document;
  // Controls that lie outside to the left or right cannot be reached, whatever clips them.
  for (const control of scope.querySelectorAll('button, a[href], input, select, textarea')) {
    const box = control.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1) continue;
    if (box.left < -1 || box.right > width + 1) wrong.push(`“${named(control)}” reaches from ${box.left} to ${box.right} of ${width}`);
  }
  // The one thing to do is in sight, whole, and nothing lies on it.
  for (const button of scope.querySelectorAll('button.primary.large')) {
    const box = button.getBoundingClientRect();
    const inside = box.top >= -1 && box.bottom <= height + 1 && box.left >= -1 && box.right <= width + 1;
    const hit = inside ? document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2) : null;
    if (!hit || !button.contains(hit)) wrong.push(`the button “${named(button)}” is not in sight (${box.top} to ${box.bottom} of ${height})`);
  }
  if (dialog) return wrong;
  // Nothing lies on the plate before a person.
  for (const plate of document.querySelectorAll('.tile > .plate')) {
    const box = plate.getBoundingClientRect();
    const tile = plate.closest('.tile');
    if (box.width === 0 || box.bottom > height + 1 || box.top < 0) {
      if (box.width > 0) wrong.push(`the plate of ${named(tile!)} is not in sight`);
      continue;
    }
    for (const x of [box.left + 4, (box.left + box.right) / 2, box.right - 4]) {
      for (const y of [box.top + 3, (box.top + box.bottom) / 2, box.bottom - 3]) {
        const hit = document.elementFromPoint(x, y);
        if (hit && hit.closest('.tile') !== tile) wrong.push(`the plate of ${named(tile!)} lies under “${named(hit)}”`);
      }
    }
  }
  return [...new Set(wrong)];
}
