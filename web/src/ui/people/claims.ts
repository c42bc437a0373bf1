/** Whom a host can let in, as far as is known of what they came with. */

import type { CircleClaim, TableState } from '../../call/model';

export type Waiting = TableState['queue'][number];

/** The invitation is right but the machine is another: the host decides, one by one, knowing it. */
function moves(waiting: CircleClaim): boolean {
  return waiting.occupied || waiting.claim.problem?.key === 'claim-other-device';
}

/** `admit`: came with the invitation; `move`: from another machine; `no`: nothing to let in, or not known yet. */
export function answerTo(waiting: CircleClaim): 'admit' | 'move' | 'no' {
  if (moves(waiting)) return waiting.claim.verified || waiting.claim.problem?.key === 'claim-other-device' ? 'move' : 'no';
  return waiting.claim.verified ? 'admit' : 'no';
}

/** Those that one click lets in together. */
export function verified(queue: readonly Waiting[]): readonly Waiting[] {
  return queue.filter((waiting) => answerTo(waiting) === 'admit');
}
