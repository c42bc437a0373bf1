/** All links of a call as one text, to paste into a letter or a sheet. Host links stay out of it. */

import type { LinkView } from '../../call/model';

export function allLinks(links: readonly LinkView[]): string {
  return links.flatMap(({ person, url }) => (url === null ? [] : [`${person.shortName}, ${person.name}: ${url}`])).join('\n');
}
