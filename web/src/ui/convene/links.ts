/**
 * All links of a call as one text, to paste into a letter or a sheet: what call, when, who presides, then
 * each seat's link with the time where that delegation is. The host's own link stays out of it.
 */

import type { LinkView, Person } from '../../call/model';

/** What the reader's language and the call say. */
export interface Heading {
  readonly title: string;
  readonly format: string;
  /** By the reader's clock, or that of a zone; `null`: not scheduled. */
  starts(zone: string | null): string | null;
  hosts(people: readonly Person[]): string;
  named(person: Person): string;
}

export function allLinks(links: readonly LinkView[], heading: Heading): string {
  const hosts = links.map((link) => link.person).filter((person) => person.host);
  const facts = [heading.format, heading.starts(null)].filter(Boolean).join(', ');
  const lines = links.flatMap(({ person, url, zone }) => {
    if (url === null) return [];
    const there = zone === null ? null : heading.starts(zone);
    return [[heading.named(person), there].filter(Boolean).join(', ') + ':', url, ''];
  });
  return [heading.title, facts, heading.hosts(hosts), '', ...lines].join('\n').trim();
}
