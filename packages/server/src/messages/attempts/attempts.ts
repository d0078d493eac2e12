import { asJson, type Queryable } from '#db/db.ts';
import { run } from '#db/statement.ts';
import { ADD, EARLIER_ACCEPTED, OF_MESSAGE, REFUSING, REPORTED } from './sql.ts';

/** Result of an attempt that did not end in acceptance. */
export type AttemptOutcome = 'UNREACHABLE' | 'THROTTLED' | 'MISCONFIGURED' | 'REJECTED' | 'UNKNOWN';

/**
 * Proof that the carrier did not accept the segment. `NOT_SENT`: no byte left this process. `REFUSED`: the response of
 * the carrier refused the segment.
 */
export type Proof = 'NOT_SENT' | 'REFUSED';

/** Result of an ended attempt, with its proof. The proof of an unknown attempt is null. */
export interface AttemptResult {
  outcome: AttemptOutcome;
  proof: Proof | null;
  /** Code of the refusal. */
  carrierCode: string | null;
  /** Text of the refusal, or the reason why the segment was not sent or has no known outcome. */
  reason: string | null;
  /** Whether other carriers need not share the reason of the refusal. */
  isRouteSpecific?: boolean;
}

/** Attempt to submit a segment. */
export interface AttemptName {
  messageId: string;
  part: number;
  /** Number of the attempt, from 1. */
  attempt: number;
  carrier: string;
}

/** Attempt that is followed by another one. */
export type EndedAttempt = AttemptName & AttemptResult;

/** Report of a carrier about one attempt. */
export interface AttemptReport extends AttemptName {
  state: 'SENT' | 'DELIVERED' | 'FAILED';
  carrierRef: string | null;
}

/** Attempt as operators see it. */
export type StoredAttempt = Omit<EndedAttempt, 'messageId' | 'isRouteSpecific'> & {
  endedAt: Date;
  /** State that a later report gave for this attempt. */
  reported: AttemptReport['state'] | null;
  providerMessageRef: string | null;
};

/**
 * Stores ended attempts. An attempt that was not sent and is repeated under its number replaces the earlier result. The
 * same applies to refused attempts of a process of the previous version.
 */
export async function addAttempts(tx: Queryable, attempts: readonly EndedAttempt[], now: Date): Promise<void> {
  if (attempts.length > 0) await run(tx, ADD, asJson(attempts), now);
}

/** Stores what carriers reported about ended attempts. Reports about other attempts change nothing. */
export async function reportAttempts(tx: Queryable, reports: readonly AttemptReport[]): Promise<void> {
  if (reports.length > 0) await run(tx, REPORTED, asJson(reports));
}

/** Ended attempts of a message, by segment, the first attempt first. */
export function attemptsOf(db: Queryable, messageId: string): Promise<StoredAttempt[]> {
  return run(db, OF_MESSAGE, messageId);
}

/** Carriers that have refused a message for a reason of their own, by message. */
export async function refusingCarriers(db: Queryable, ids: readonly string[]): Promise<Map<string, string[]>> {
  if (ids.length === 0) return new Map();
  const rows = await run(db, REFUSING, ids);
  return new Map(rows.map(({ messageId, carriers }) => [messageId, carriers]));
}

/** Whether a carrier has reported the acceptance of an ended attempt of a message. */
export async function isEarlierAccepted(db: Queryable, messageId: string): Promise<boolean> {
  return (await run(db, EARLIER_ACCEPTED, messageId)).length > 0;
}
