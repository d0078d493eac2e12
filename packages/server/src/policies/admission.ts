import type { OptOuts } from '#optouts/optouts.ts';
import type { ApiError, MessageError } from '#platform/errors.ts';
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

export interface AdmissionParts extends QueueState {
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
    if (reachesOptedOut(purpose)) return NOBODY;
    return this.#parts.optOuts.among({ apiClientId, numberId, recipients });
  }

  /**
   * @returns RATE_LIMITED if the messages would be submitted too late, after a pause, or if too many wait. Automatic
   *   replies are not delayed by their client's own messages, and only their number is limited.
   */
  async refusal({ client, lane, purpose, messages }: Request): Promise<ApiError | undefined> {
    const late = purpose === null ? await this.#parts.shedding.check({ client, lane }) : undefined;
    return late ?? refusalFor(this.#parts, { client, lane }, messages);
  }

  /** Checked again before the submit, because a recipient may opt out after the accept. */
  async obstacle(message: Outgoing): Promise<MessageError | undefined> {
    const excluded = await this.excluded(message, [message.to]);
    return excluded.size > 0 ? OPTED_OUT : undefined;
  }
}

const NOBODY: ReadonlySet<string> = new Set();
