/** One state made of several sources, recomputed when any of them changes. */

import { Cell, type Readable, type Scope } from '../base/observable';

export function combine<T>(scope: Scope, sources: readonly Readable<unknown>[], compute: () => T): Readable<T> {
  const state = new Cell(compute());
  for (const source of sources) scope.bind(source.subscribe(() => state.set(compute())));
  return state;
}
