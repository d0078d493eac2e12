import type { OptOuts } from '#optouts/optouts.ts';
import type { ApiError, MessageError } from '#platform/errors.ts';
import type { Backlog } from '#queue/backlog.ts';
import type { Lane } from '#queue/job.ts';
import { OPTED_OUT, type Purpose, reachesOptedOut } from './purpose.ts';
import { type QueueState, refusalFor } from './queue-limits.ts';
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
  to: string;
  purpose: Purpose | null;
}

export type Admitted = { refusal: ApiError } | { release(): void };

export interface AdmissionParts extends QueueState {
  backlog: Pick<Backlog, 'waiting' | 'hold'>;
  optOuts: Pick<OptOuts, 'among'>;
  shedding: Pick<Shedding, 'check'>;
}

/** Rules that decide whether a message may be accepted, and later whether it may be submitted. */
export class Admission {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** @returns recipients that may not get a message from the number. */
  async excluded(
    { apiClientId, numberId, purpose }: Omit<Outgoing, 'to'>,
    recipients: readonly string[],
  ): Promise<ReadonlySet<string>> {
    if (reachesOptedOut(purpose)) return NONE;
    return this.#parts.optOuts.among({ apiClientId, numberId, recipients });
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

  /** Checked again before the submit, because a recipient may opt out after the accept. */
  async obstacle(message: Outgoing): Promise<MessageError | undefined> {
    const excluded = await this.excluded(message, [message.to]);
    return excluded.size > 0 ? OPTED_OUT : undefined;
  }
}

const NONE: ReadonlySet<string> = new Set();
