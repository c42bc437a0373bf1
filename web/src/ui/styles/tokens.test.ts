/** The promise of tokens.css: what must be read keeps its contrast in both variants. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const split = css.indexOf('@media (prefers-color-scheme: dark)');

function colours(text: string): Map<string, string> {
  return new Map([...text.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? '', m[2] ?? '']));
}

const light = colours(css.slice(0, split));
const dark = new Map([...light, ...colours(css.slice(split))]);

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const least: [front: string, back: string, ratio: number][] = [
  ...(['paper', 'paper-sheet'] as const).flatMap((back): [string, string, number][] =>
    (['text', 'soft', 'accent', 'signal'] as const).map((front) => [`paper-${front}`, back, 4.5]),
  ),
  ...(['ink', 'ink-raised'] as const).flatMap((back): [string, string, number][] =>
    (['text', 'soft', 'accent', 'signal'] as const).map((front) => [`ink-${front}`, back, 4.5]),
  ),
  ['paper-accent-text', 'paper-accent', 4.5],
  ['paper-signal-text', 'paper-signal', 4.5],
  ['ink-accent-text', 'ink-accent', 4.5],
  ['ink-signal-text', 'ink-signal', 4.5],
  ...(['text', 'soft', 'accent', 'signal'] as const).map((front): [string, string, number] => [`plate-${front}`, 'plate', 7]),
  ['plate-accent-text', 'plate-accent', 7],
  // Borders of what can be filled in or pressed.
  ['paper-edge', 'paper-sheet', 3],
  ['ink-edge', 'ink-raised', 3],
];

test.each([
  ['light', light],
  ['dark', dark],
] as const)('%s keeps the contrasts it promises', (_name, variant) => {
  for (const [front, back, ratio] of least) {
    const found = contrast(variant.get(front) ?? '#000000', variant.get(back) ?? '#000000');
    expect(found, `${front} on ${back}: ${found.toFixed(2)}`).toBeGreaterThanOrEqual(ratio);
  }
});
