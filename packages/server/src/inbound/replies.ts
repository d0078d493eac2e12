import type { Purpose } from '#policies/purpose.ts';
import type { Db } from '../db/db.ts';
import { type AutoReplies, type ReplyKind, textOf } from '../identity/auto-replies.ts';
import type { Accepted } from '../messages/lifecycle/accept.ts';
import { loadReceived, type ReceivedFrom } from '../messages/lifecycle/received.ts';
import type { SendRequest } from '../messages/request/send-request.ts';
import type { Clock } from '../platform/clock.ts';
import { ApiError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Claimed } from '../queue/claim.ts';
import { HELP_REPLY, type Job, OPT_IN_REPLY, OPT_OUT_REPLY } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import { allOf, Worker } from '../queue/worker.ts';
import type { InboundMetrics } from './metrics.ts';

const SLOTS = 50;
/** Age after which a reply is useless. Not longer than the minimum retention of idempotency keys. */
const TOO_LATE_MS = 24 * 3_600_000;

/** Ordinals of the jobs, one per kind of reply. */
export const STEP: Readonly<Record<Purpose, number>> = { OPT_OUT_REPLY, OPT_IN_REPLY, HELP_REPLY };
const KIND: Readonly<Record<Purpose, ReplyKind>> = {
  OPT_OUT_REPLY: 'optOut',
  OPT_IN_REPLY: 'optIn',
  HELP_REPLY: 'help',
};

/**
 * Result of a reply job.
 * - `accepted`: the reply is stored as a message.
 * - `off`: the client has turned this reply off.
 * - `suspended`: the client may not send.
 * - `refused`: the number cannot send, or the handset cannot be sent to.
 * - `late`: the inbound message is too old.
 * - `gone`: the inbound message no longer exists.
 */
type End = 'accepted' | 'off' | 'suspended' | 'refused' | 'late' | 'gone';
type Outcome = { end: End; code?: string } | { end: 'postponed'; afterMs: number };

export interface RepliesParts {
  db: Db;
  queue: Queue;
  accept(apiClientId: string, key: string, request: SendRequest, purpose: Purpose): Promise<Accepted>;
  autoReplies: Pick<AutoReplies, 'of'>;
  clock: Clock;
  log: Log;
  metrics: InboundMetrics;
  pollMs?: number;
}

/** Replies to keywords of handsets, by ordinary messages of the client that owns the number. */
export function createReplies(parts: RepliesParts): Worker<ReceivedFrom | undefined> {
  const { db, queue, accept, autoReplies, clock, log, metrics, pollMs = 1_000 } = parts;

  /**
   * Derives the idempotency key from the inbound message. If the process dies before the job ends, the repeated job
   * sends no second reply.
   */
  async function outcomeOf(purpose: Purpose, message: ReceivedFrom | undefined): Promise<Outcome> {
    if (!message) return { end: 'gone' };
    if (clock.now() - message.createdAt.getTime() > TOO_LATE_MS) return { end: 'late' };
    const { id, apiClientId, numberId, from } = message;
    const settings = await autoReplies.of(apiClientId);
    if (!settings.active) return { end: 'suspended' };
    const text = textOf(settings, KIND[purpose]);
    if (text === undefined) return { end: 'off' };
    const request: SendRequest = { sendFrom: numberId, to: [from], messageType: 'SMS', text, smartEncoding: true };
    return accept(apiClientId, `${purpose}/${id}`, request, purpose).then(
      ({ messages, replayed }) => ({ end: messages > 0 || replayed ? 'accepted' : 'refused' }),
      outcomeOfRefusal,
    );
  }

  async function carryOut({ job, loaded }: Claimed<ReceivedFrom | undefined>): Promise<void> {
    const purpose = purposeOf(job);
    const outcome = await outcomeOf(purpose, loaded);
    if (outcome.end === 'postponed') {
      const runAt = new Date(clock.now() + outcome.afterMs);
      await queue.postpone(db, [{ ...job, runAt, counts: false }]);
    } else await queue.finish(db, [job]);
    metrics.replies.inc({ purpose, outcome: outcome.end });
    log.info({ event: 'auto_reply', purpose, inReplyTo: job.subject, apiClientId: loaded?.apiClientId, ...outcome });
  }

  const handle = (claimed: Claimed<ReceivedFrom | undefined>[]) => allOf(claimed.map(carryOut));
  return new Worker({ db, queue, log, name: 'replies', slots: () => SLOTS, load: loadReceived(db), pollMs, handle });
}

/** CONFLICT means that an earlier run sent a reply and the client changed the text since. The first reply counts. */
function outcomeOfRefusal(error: unknown): Outcome {
  if (!(error instanceof ApiError)) throw error;
  if (error.code === 'CONFLICT') return { end: 'accepted' };
  if (error.retryAfterSeconds !== undefined) return { end: 'postponed', afterMs: error.retryAfterSeconds * 1_000 };
  return { end: 'refused', code: error.code };
}

function purposeOf({ ordinal }: Job): Purpose {
  const found = (Object.keys(STEP) as Purpose[]).find((purpose) => STEP[purpose] === ordinal);
  if (!found) throw new Error(`No reply has the ordinal ${ordinal}`);
  return found;
}
