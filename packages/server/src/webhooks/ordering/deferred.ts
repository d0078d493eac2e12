import { LRUCache } from 'lru-cache';
import type { JobName } from '#queue/job.ts';

/** Milliseconds after which a due event that was not claimed again counts as claimed by another process. */
const FORGOTTEN_MS = 60_000;
/**
 * Milliseconds in which a claim may miss an event that is back in the queue. The queue itself keeps events in order. A
 * claim that was under way while the earlier event was returned may not have seen that event.
 */
const UNSEEN_MS = 1_000;
/** Milliseconds until an event that was claimed too early is tried again. */
export const AGAIN_MS = 50;
/** Maximum number of messages with deferred events. */
const MAX_MESSAGES = 50_000;

interface Waiting {
  until: number;
  /** Time at which the event was back in the queue. Undefined: not yet. */
  backAt: number | undefined;
}

/**
 * Events that were deferred before their first attempt. Later events of the same message must not overtake them,
 * whether claimed or directly dispatched.
 */
export class Deferred {
  /** Deferred events of each message, by ordinal. */
  readonly #waiting = new LRUCache<string, Map<number, Waiting>>({ max: MAX_MESSAGES });

  put({ subject, ordinal }: JobName, until: number): void {
    const of = this.#waiting.get(subject) ?? new Map<number, Waiting>();
    this.#waiting.set(subject, of.set(ordinal, { until, backAt: undefined }));
  }

  /** Records that the event is back in the queue. */
  back({ subject, ordinal }: JobName, now: number): void {
    const waiting = this.#waiting.get(subject)?.get(ordinal);
    if (waiting) waiting.backAt = now;
  }

  /** Removes an event that was attempted, has no target or belongs to another process. */
  done({ subject, ordinal }: JobName): void {
    const of = this.#waiting.get(subject);
    if (of?.delete(ordinal) && of.size === 0) this.#waiting.delete(subject);
  }

  /**
   * Time at which an event that must wait for an earlier event of its message may be tried again. Undefined: no wait.
   * @param isDirect whether the event is directly dispatched.
   */
  behind({ subject, ordinal }: JobName, now: number, isDirect: boolean): number | undefined {
    let last: number | undefined;
    for (const [earlier, { until, backAt = now }] of this.#waiting.get(subject) ?? []) {
      const over = now - Math.max(until, backAt);
      if (earlier >= ordinal || over > (isDirect ? FORGOTTEN_MS : UNSEEN_MS)) continue;
      last = Math.max(last ?? 0, until, isDirect ? 0 : now + AGAIN_MS);
    }
    return last;
  }
}
