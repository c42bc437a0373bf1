/** Which of the table's connections is in trouble, and the sentences about it. */

import { Cell, type Readable, type Scope } from '../base/observable';
import type { LinkState, MediaLink } from '../media/types';
import type { ConnectionState } from '../protocol/connection';
import type { Bulletin } from './bulletin';
import type { TableState, Words } from './model';

interface Connections {
  readonly connection: Readable<ConnectionState>;
  readonly media: Pick<MediaLink, 'state' | 'quality'>;
  readonly now: Readable<number>;
  readonly bulletin: Bulletin;
}

export function watchTrouble(scope: Scope, { connection, media, now, bulletin }: Connections): Readable<TableState['connection']> {
  const trouble = new Cell<TableState['connection']>({ state: 'connected' });
  let everConnected = false;
  const update = (): void => {
    const state = troubleOf(connection.value, media.state.value, everConnected);
    if (media.state.value === 'connected') everConnected = true;
    if (state === trouble.value.state) return;
    trouble.set(state === 'connected' ? { state } : { state, sinceMs: now.value });
    const restarting = connection.value.state === 'waiting' && connection.value.restarting;
    const words: Words = { key: restarting ? 'server-restarting' : 'signal-reconnecting' };
    bulletin.problem('signal', state === 'signal' ? words : null);
    bulletin.problem('media', state === 'media' ? { key: 'media-reconnecting' } : null);
  };
  // Ends last: what was wrong at the table is not wrong in the antechamber.
  scope.bind(() => {
    for (const id of ['signal', 'media', 'quality']) bulletin.problem(id, null);
  });
  scope.bind(connection.subscribe(update));
  scope.bind(media.state.subscribe(update));
  scope.bind(media.quality.subscribe((quality) => {
    const key = quality === 'weak' ? 'own-connection-weak' : quality === 'unheard' ? 'own-connection-unheard' : null;
    bulletin.problem('quality', key && { key });
  }));
  return trouble;
}

/** The first set-up of media is not a trouble to tell about. */
function troubleOf(connection: ConnectionState, media: LinkState, everConnected: boolean): TableState['connection']['state'] {
  if (connection.state !== 'open') return 'signal';
  if (media === 'broken' || (everConnected && media !== 'connected')) return 'media';
  return 'connected';
}
