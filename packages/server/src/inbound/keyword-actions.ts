import type { Purpose } from '#policies/purpose.ts';
import type { Queryable } from '../db/db.ts';
import type { Received } from '../messages/lifecycle/receive.ts';
import type { Keyword, KeywordAction } from '../optouts/keywords.ts';
import type { Made, OptOuts } from '../optouts/optouts.ts';
import type { Clock } from '../platform/clock.ts';
import type { Queue } from '../queue/queue.ts';
import { STEP } from './replies.ts';

/** Effect of a keyword action, for reports after the commit. */
export interface ActionTaken {
  action: KeywordAction;
  made: Made | undefined;
}

/** Runs keyword actions in the transaction that stores the inbound message, so that both or neither are committed. */
export function createKeywordActions({
  optOuts,
  queue,
  clock,
}: {
  optOuts: OptOuts;
  queue: Pick<Queue, 'add'>;
  clock: Clock;
}) {
  /** Queues the reply as a job of its own, so that it is sent exactly once, even if this process dies. */
  async function reply(tx: Queryable, { id, apiClientId, numberId }: Owned, purpose: Purpose): Promise<void> {
    const runAt = new Date(clock.now());
    await queue.add(tx, 'replies', [
      { subject: id, ordinal: STEP[purpose], client: apiClientId, lane: numberId, runAt },
    ]);
  }

  /** @param isAnswered whether the carrier has sent a reply, so that a second one would only repeat it. */
  return async (
    tx: Queryable,
    message: Owned,
    { keyword, action }: Keyword,
    isAnswered: boolean,
  ): Promise<ActionTaken> => {
    const { id: messageId, apiClientId, numberId, from: recipient } = message;
    const change = { apiClientId, numberId, recipient, origin: 'HANDSET' as const, keyword, messageId };
    if (action === 'HELP') {
      if (!isAnswered) await reply(tx, message, 'HELP_REPLY');
      return { action, made: undefined };
    }
    const made = action === 'OPT_OUT' ? await optOuts.optOut(tx, change) : await optOuts.optIn(tx, change);
    // Confirmed once. A repeated STOP, or a START without an opt-out, gets no reply.
    if (made && !isAnswered) await reply(tx, message, action === 'OPT_OUT' ? 'OPT_OUT_REPLY' : 'OPT_IN_REPLY');
    return { action, made };
  };
}

/** A message to a number with an owner. */
export type Owned = Received & { apiClientId: string; numberId: string };

export function isOwned(message: Received): message is Owned {
  return message.apiClientId !== null && message.numberId !== null;
}
