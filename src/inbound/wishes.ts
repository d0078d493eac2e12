import type { Clock } from '../clock.ts';
import type { Queryable } from '../db/db.ts';
import type { Purpose } from '../messages/purpose.ts';
import type { Received } from '../messages/receive.ts';
import type { Keyword, Wish } from '../optouts/keywords.ts';
import type { Made, OptOuts } from '../optouts/optouts.ts';
import type { Queue } from '../queue/queue.ts';
import { STEP } from './replies.ts';

/** What a keyword has done, to be told after the commit. */
export interface Fulfilled {
  wish: Wish;
  made: Made | undefined;
}

/** Does what a handset asks for with a keyword, in the transaction that keeps its message: both are true or neither. */
export function createFulfil({ optOuts, queue, clock }: { optOuts: OptOuts; queue: Queue; clock: Clock }) {
  /** A reply is a job of its own: whatever becomes of this process, it is sent once. */
  async function reply(tx: Queryable, { id, apiClientId, numberId }: Owned, purpose: Purpose): Promise<void> {
    const runAt = new Date(clock.now());
    await queue.add(tx, 'replies', [
      { subject: id, ordinal: STEP[purpose], client: apiClientId, lane: numberId, runAt },
    ]);
  }

  return async (tx: Queryable, message: Owned, { keyword, wish }: Keyword): Promise<Fulfilled> => {
    const { id: messageId, apiClientId, numberId, from: recipient } = message;
    const change = { apiClientId, numberId, recipient, origin: 'HANDSET' as const, keyword, messageId };
    if (wish === 'HELP') {
      await reply(tx, message, 'HELP_REPLY');
      return { wish, made: undefined };
    }
    const made = wish === 'OPT_OUT' ? await optOuts.optOut(tx, change) : await optOuts.optIn(tx, change);
    // Told once: whoever says STOP again, or START without having said STOP, has nothing to be told.
    if (made) await reply(tx, message, wish === 'OPT_OUT' ? 'OPT_OUT_REPLY' : 'OPT_IN_REPLY');
    return { wish, made };
  };
}

/** A message to a number that is somebody's. */
export type Owned = Received & { apiClientId: string; numberId: string };

export function isOwned(message: Received): message is Owned {
  return message.apiClientId !== null && message.numberId !== null;
}
