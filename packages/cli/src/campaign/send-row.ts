import type { Journal } from '../bulk/journal.ts';
import { type Schedule, scheduleKey } from '../schedule/schedule.ts';
import { ApiError, type RedCloud, type SendParams, type SendResult } from '../sdk.ts';
import type { Known, Result, Results } from './results.ts';

/** Parts that request rows and find the results of earlier requests. */
export interface RowRequests {
  rc: RedCloud;
  signal: AbortSignal;
  results: Pick<Results, 'of' | 'schedules'>;
  journal: Pick<Journal, 'schedulesOf'>;
  /** Registered bulk send of the rows. Not part of their keys. */
  bulkSendId?: string | undefined;
}

export interface RowOutcome extends Pick<Result, 'messageId' | 'error'> {
  outcome: 'ACCEPTED' | 'REJECTED';
  /** Schedule of the request to which the server responded. Undefined if unknown. */
  schedule: Schedule | undefined;
  /** Whether an earlier run made the request. */
  isEarlier: boolean;
}

/** Error of a row that was accepted with a schedule that this machine does not know. */
const UNKNOWN_SCHEDULE = {
  code: 'SCHEDULE_UNKNOWN',
  message: 'Accepted before with another schedule, which is not in the results file. Nothing was sent.',
};

/**
 * Requests a row. If the server knows the key with another payload, only the schedule can differ, since the key is
 * derived from the rest. Then the request is repeated with the schedules under which the row may have been accepted. Such a
 * repeat gets the idempotent response, and never sends.
 *
 * @throws the errors that concern more than this row
 */
export async function requestRow(
  requests: RowRequests,
  key: string,
  params: SendParams,
  schedule: Schedule,
): Promise<RowOutcome> {
  try {
    return await request(requests, key, params, schedule);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 409) return findEarlier(requests, key, params, schedule);
    if (isOfTheRow(error)) return { outcome: 'REJECTED', error: errorOf(error), schedule, isEarlier: false };
    throw error;
  }
}

/** Repeats a request that the server knows, with each schedule that it may have had. */
async function findEarlier(
  requests: RowRequests,
  key: string,
  params: SendParams,
  schedule: Schedule,
): Promise<RowOutcome> {
  for (const earlier of earlierSchedules(requests, key, schedule)) {
    try {
      return { ...(await request(requests, key, params, earlier)), isEarlier: true };
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    }
  }
  return { outcome: 'REJECTED', error: UNKNOWN_SCHEDULE, schedule: undefined, isEarlier: true };
}

function earlierSchedules({ journal, results }: RowRequests, key: string, schedule: Schedule): Schedule[] {
  const recorded: Known | undefined = results.of(key);
  const likely = [...journal.schedulesOf(key).toReversed(), ...(recorded ? [recorded.schedule ?? {}] : [])];
  const all = new Map([...likely, ...results.schedules, {}].map((one) => [scheduleKey(one), one]));
  all.delete(scheduleKey(schedule));
  return [...all.values()];
}

async function request(
  { rc, signal, bulkSendId }: RowRequests,
  idempotencyKey: string,
  params: SendParams,
  schedule: Schedule,
): Promise<RowOutcome> {
  const group = bulkSendId === undefined ? {} : { bulkSendId };
  const result = await rc.messages.send({ ...params, ...schedule, ...group }, { idempotencyKey, signal });
  return { ...outcomeOf(result), schedule };
}

function outcomeOf({ accepted, rejected, replayed, attempts }: SendResult): Omit<RowOutcome, 'schedule'> {
  // If only a retry finds an idempotent response, an earlier attempt of this run was accepted and its response was lost.
  const isEarlier = replayed && attempts === 1;
  if (accepted[0]) return { outcome: 'ACCEPTED', messageId: accepted[0].messageId, isEarlier };
  return { outcome: 'REJECTED', ...(rejected[0] ? { error: errorOf(rejected[0].error) } : {}), isEarlier };
}

const errorOf = ({ code, message }: { code: string; message: string }) => ({ code, message });

/** Fields that are the same for all rows. */
const OF_ALL_ROWS =
  /^(sendFrom|media|sendAt|expiresAt|respectQuietHours|recipientTimeZone|priority|maxPerMinute|bulkSendId)\b/;

/**
 * Whether an error concerns one row only, such as a text that is too long. A number that may not send, a time in the
 * past and an invalid file concern all rows.
 */
export function isOfTheRow({ status, code, message, details }: ApiError): boolean {
  // The permitted hours depend on the recipient, although the error names the expiry.
  if (status === 413 || code === 'NO_SENDING_WINDOW') return true;
  return status === 400 && !OF_ALL_ROWS.test(message) && !OF_ALL_ROWS.test(String(details['field'] ?? ''));
}
