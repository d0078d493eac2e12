import { type AutoReplies, type ReplyKind, textOf } from '../accounts/auto-replies.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import { ApiError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Accepted } from '../messages/accept.ts';
import type { Purpose } from '../messages/purpose.ts';
import { loadReceived, type ReceivedFrom } from '../messages/received.ts';
import type { SendRequest } from '../messages/send-request.ts';
import type { Metrics } from '../metrics.ts';
import type { Claimed } from '../queue/claim.ts';
import { HELP_REPLY, type Job, OPT_IN_REPLY, OPT_OUT_REPLY } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';
import { allOf, Worker } from '../queue/worker.ts';

const SLOTS = 50;
/** An answer that comes a day late answers nothing; and before that no idempotency key is forgotten. */
const TOO_LATE_MS = 24 * 3_600_000;

/** The job's ordinal says which answer it is for. */
export const STEP: Readonly<Record<Purpose, number>> = { OPT_OUT_REPLY, OPT_IN_REPLY, HELP_REPLY };
const KIND: Readonly<Record<Purpose, ReplyKind>> = {
  OPT_OUT_REPLY: 'optOut',
  OPT_IN_REPLY: 'optIn',
  HELP_REPLY: 'help',
};

/**
 * `accepted`: it is a message now | `off`: the client wants none sent | `suspended`: the client may not send | `refused`: its
 * number can't send, or the handset's is none that can be sent to | `late` | `gone`: nobody knows the message any more.
 */
type End = 'accepted' | 'off' | 'suspended' | 'refused' | 'late' | 'gone';
type Outcome = { end: End; code?: string } | { end: 'postponed'; afterMs: number };

export interface RepliesParts {
  db: Db;
  queue: Queue;
  accept(
    apiClientId: string,
    key: string,
    request: SendRequest,
    refused: undefined,
    purpose: Purpose,
  ): Promise<Accepted>;
  autoReplies: Pick<AutoReplies, 'of'>;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  pollMs?: number;
}

/** Answers the keywords of handsets, by ordinary messages of the client whose number they wrote to. */
export function createReplies(parts: RepliesParts): Worker<ReceivedFrom | undefined> {
  const { db, queue, accept, autoReplies, clock, log, metrics, pollMs = 1_000 } = parts;

  /** Under a key that follows from the message: when a process dies between this and the job's end, it is no second one. */
  async function outcomeOf(purpose: Purpose, message: ReceivedFrom | undefined): Promise<Outcome> {
    if (!message) return { end: 'gone' };
    if (clock.now() - message.createdAt.getTime() > TOO_LATE_MS) return { end: 'late' };
    const { id, apiClientId, numberId, from } = message;
    const settings = await autoReplies.of(apiClientId);
    if (!settings.active) return { end: 'suspended' };
    const text = textOf(settings, KIND[purpose]);
    if (text === undefined) return { end: 'off' };
    const request: SendRequest = { sendFrom: numberId, to: [from], messageType: 'SMS', text, smartEncoding: true };
    return accept(apiClientId, `${purpose}/${id}`, request, undefined, purpose).then(
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

/** The same text under the same key, or the client has changed it between: then the first one is what was sent. */
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
