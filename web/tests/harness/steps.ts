// What people do in a call, in the words of the screens.

import type { Sight, Tab } from './tab.ts';
import { until } from './wait.ts';
import { about, exactly, words } from './words.ts';

/** Opens a link and waits for the green room. */
export async function arrive(tab: Tab, link: string): Promise<void> {
  await tab.goto(link);
  await tab.shows(words('they-see-you-as'));
}

/** Waits until the camera shows something in the green room or the antechamber. */
export async function seesItself(tab: Tab): Promise<void> {
  await until(`${tab.name}'s own picture`, async () => (await tab.sights()).length > 0);
}

/** From the green room to the table, as a host may. */
export async function takeSeat(tab: Tab): Promise<void> {
  await tab.click('button', exactly('take-your-seat'));
  await sits(tab);
}

/** From the green room into the antechamber. */
export async function knock(tab: Tab): Promise<void> {
  await tab.click('button', exactly('enter-antechamber'));
  await tab.shows(words('antechamber-waiting'));
}

/** The host lets somebody in. */
export function admit(host: Tab, name: string): Promise<void> {
  return host.click('button', words('admit-who', { who: about(name) }));
}

/** The host sends somebody away. */
export function refuse(host: Tab, name: string): Promise<void> {
  return host.click('button', words('refuse-who', { who: about(name) }));
}

/** At the table: the bottom line is there. */
export async function sits(tab: Tab, timeoutMs = 30_000): Promise<void> {
  await until(`${tab.name} at the table`, () => tab.has('button', exactly('leave')), timeoutMs);
}

/** Leaves by choice. */
export async function leave(tab: Tab): Promise<void> {
  await tab.click('button', exactly('leave'));
  await tab.click('button', exactly('leave-go'));
  await tab.shows(words('leaving-left'));
}

/** Opens the panel of texts if need be, on those to all or to the delegation `to`. */
export async function reads(tab: Tab, to?: string): Promise<void> {
  if (!(await tab.has('button', exactly('text-close')))) await tab.click('button', new RegExp(words('text').source, 'i'));
  const [send, choice] = to === undefined ? [exactly('text-send'), words('text-tab-all')] : [exactly('text-send-own', { to }), words('text-tab-own', { to })];
  if (!(await tab.has('button', send))) await tab.click('tab', choice);
}

/** The texts on the open panel. */
export function textsOn(tab: Tab): Promise<(string | null)[]> {
  return tab.evaluate(() => [...document.querySelectorAll('.texts article .text')].map((text) => text.textContent));
}

/** Writes to all at the table, or to the delegation `to` only. */
export async function writes(tab: Tab, text: string, to?: string): Promise<void> {
  await reads(tab, to);
  await until(`a place to write in ${tab.name}`, () =>
    tab.evaluate((text) => {
      const field = document.querySelector('textarea');
      if (!field) return false;
      field.value = text;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      return true;
    }, text));
  await tab.click('button', to === undefined ? exactly('text-send') : exactly('text-send-own', { to }));
}

/** The six words and twenty digits on this screen. */
export function comparesWords(tab: Tab): Promise<{ words: string[]; digits: string }> {
  return until(`the words in ${tab.name}`, async () => {
    const seen = await tab.evaluate(() => {
      const dialog = document.querySelector('dialog:modal');
      const words = [...(dialog?.querySelectorAll('.word') ?? [])].map((word) => word.textContent ?? '');
      return { words, digits: (dialog?.querySelector('.digits')?.textContent ?? '').replace(/\D/g, '') };
    });
    return seen.words.length > 0 && seen;
  });
}

/** The picture on the tile that names `name`. */
export async function tileOf(tab: Tab, name: string): Promise<Sight | undefined> {
  return (await tab.sights()).find((sight) => sight.label.includes(name));
}

/** Waits until the tile that names `name` shows the film of `seat`. */
export function sees(tab: Tab, name: string, seat: number, timeoutMs = 30_000): Promise<Sight> {
  return until(
    `the film of seat ${seat} on ${name}'s tile in ${tab.name}`,
    async () => {
      const sight = await tileOf(tab, name);
      return sight?.mark?.seat === seat && sight;
    },
    timeoutMs,
  );
}

/** Waits until the picture on the tile that names `name` has changed `times` times. */
export async function moves(tab: Tab, name: string, times = 4): Promise<void> {
  const digests = new Set<number>();
  await until(`a moving picture on ${name}'s tile in ${tab.name}`, async () => {
    const sight = await tileOf(tab, name);
    if (sight !== undefined) digests.add(sight.digest);
    return digests.size >= times;
  });
}
