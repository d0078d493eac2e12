import { canSend } from '#numbers/can-send.ts';
import type { PhoneNumber } from '#numbers/numbers.ts';
import type { OptOuts } from '#optouts/optouts.ts';
import type { ApiError, MessageError } from '#platform/errors.ts';
import type { Backlog } from '#queue/backlog.ts';
import type { Lane } from '#queue/job.ts';
import { OPTED_OUT, type Purpose, reachesOptedOut } from './purpose.ts';
import { type QueueState, refusalFor } from './queue-limits.ts';
import type { ScheduledLimit } from './scheduled-limit.ts';
import type { Shedding } from './shedding.ts';

/** Messages of one request that are about to be stored. */
export interface Request extends Lane {
  /** Null for a request of the client itself. */
  purpose: Purpose | null;
  messages: number;
}

/** Message that is about to be submitted. */
export interface Outgoing {
  apiClientId: string;
  numberId: string;
  /** Pool that has selected the number. */
  poolId: string | null;
  to: string;
  messageType: 'SMS' | 'MMS';
  purpose: Purpose | null;
}

/** Error of a message whose sender changed between the accept and the submit. */
export const SENDER_UNAVAILABLE: MessageError = {
  code: 'SENDER_UNAVAILABLE',
  message: 'The API client may no longer send messages, or not from this number',
  details: {},
};

export type Admitted = { refusal: ApiError } | { release(): void };

export interface AdmissionParts extends QueueState {
  backlog: Pick<Backlog, 'waiting' | 'hold'>;
  optOuts: Pick<OptOuts, 'among'>;
  /** Current state of a number. */
  numberOf(numberId: string): Promise<PhoneNumber | undefined>;
  shedding: Pick<Shedding, 'check'>;
  scheduledLimit: Pick<ScheduledLimit, 'admit'>;
}

/** Rules that decide whether a message may be accepted, and later whether it may be submitted. */
export class Admission {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** @returns recipients that may not get a message. @param scopes ids of the number, and of its pool. */
  async excluded(
    { apiClientId, scopes, purpose }: Pick<Outgoing, 'apiClientId' | 'purpose'> & { scopes: readonly string[] },
    recipients: readonly string[],
  ): Promise<ReadonlySet<string>> {
    if (reachesOptedOut(purpose)) return NONE;
    return this.#parts.optOuts.among({ apiClientId, scopes, recipients });
  }

  /**
   * Admits messages and counts them as waiting until `release`, or rejects them with RATE_LIMITED. A rejection for a
   * too long delay comes after a pause, and a rejection for too many waiting messages at once. Automatic replies are
   * not delayed by their client's own messages, and only the queue limits apply to them.
   */
  async admit({ client, lane, purpose, messages }: Request): Promise<Admitted> {
    const { shedding, backlog } = this.#parts;
    const late = purpose === null ? await shedding.check({ client, lane }) : undefined;
    // No wait may come between the check and the count. Concurrent requests would exceed the limit together.
    const refusal = late ?? refusalFor(this.#parts, { client, lane }, messages);
    return refusal ? { refusal } : { release: backlog.hold({ client, lane }, messages) };
  }

  /** Admits messages that are due later, or rejects them with RATE_LIMITED. */
  admitScheduled(apiClientId: string, messages: number): ReturnType<ScheduledLimit['admit']> {
    return this.#parts.scheduledLimit.admit(apiClientId, messages);
  }

  /** Estimated delay of a new message of a number, in seconds. Undefined: unknown. */
  delaySeconds(lane: Lane): number | undefined {
    return this.#parts.delaySeconds(lane);
  }

  /**
   * Checked again before the submit, because a recipient may opt out after the accept, and the number may be disabled, lose its
   * campaign or get another client.
   */
  async obstacle(message: Outgoing): Promise<MessageError | undefined> {
    const { apiClientId, numberId, poolId, purpose, to, messageType } = message;
    const number = await this.#parts.numberOf(numberId);
    // The recipients of another client have not opted out from this one.
    if (number?.apiClientId !== apiClientId || !canSend(number, messageType)) return SENDER_UNAVAILABLE;
    const scopes = new Set([numberId, poolId, number.poolId].filter((id) => id !== null));
    const excluded = await this.excluded({ apiClientId, scopes: [...scopes], purpose }, [to]);
    return excluded.size > 0 ? OPTED_OUT : undefined;
  }
}

const NONE: ReadonlySet<string> = new Set();
