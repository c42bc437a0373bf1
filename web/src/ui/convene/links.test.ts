import { expect, test } from 'vitest';

import type { LinkView, Person } from '../../call/model';
import { allLinks, type Heading } from './links';

const person = (seat: number, name: string, host = false): Person => (
  { seat, name, title: '', kind: 'principal', host, delegation: `State ${seat}`, shortName: `S${seat}` }
);
const link = (of: Person, zone: string | null, url: string | null): LinkView => ({ person: of, presence: 'absent', url, zone });
const heading: Heading = {
  title: 'Talks', format: 'Video call', starts: (zone) => (zone === null ? '24 Jan 2022, 15:00 CET' : `16:00 in ${zone}`),
  hosts: (people) => `Host: ${people.map((p) => p.name).join(' and ')}`, named: ({ shortName, name }) => `${shortName}, ${name}`,
};

test('all links say what call it is, when, who presides, and each delegation\'s own time', () => {
  const links = [link(person(1, 'Ada', true), null, 'https://x/1'), link(person(2, 'Ben'), 'Europe/Kyiv', 'https://x/2')];
  expect(allLinks(links, heading)).toBe([
    'Talks', 'Video call, 24 Jan 2022, 15:00 CET', 'Host: Ada', '',
    'S1, Ada:', 'https://x/1', '', 'S2, Ben, 16:00 in Europe/Kyiv:', 'https://x/2',
  ].join('\n'));
});

test('a call without a time says none, and a link that is not held is left out', () => {
  const text = allLinks([link(person(1, 'Ada', true), 'Europe/Kyiv', 'https://x/1'), link(person(2, 'Ben'), null, null)], { ...heading, starts: () => null });
  expect(text).toBe('Talks\nVideo call\nHost: Ada\n\nS1, Ada:\nhttps://x/1');
});
