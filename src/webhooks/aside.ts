import type { JobName } from '../queue/job.ts';

/** What was given back and has not come by again so long after it was due, another process has taken. */
const FORGOTTEN_MS = 60_000;
/** The queue has them in order; but a claim that was under way while the earlier one was given back may not have seen it. */
const UNSEEN_MS = 1_000;
/** How soon what comes before its turn comes by again. */
export const AGAIN_MS = 50;
const REMEMBERED = 50_000;

interface Waiting {
  until: number;
  /** When the queue had it again; undefined: it is on its way there. */
  backAt: number | undefined;
}

/**
 * Events that were given back before their first attempt: those that come after them in their messages must not overtake
 * them, whichever way they come.
 */
export class Aside {
  /** Of each message: the events that wait, by their ordinals. */
  readonly #waiting = new Map<string, Map<number, Waiting>>();

  put({ subject, ordinal }: JobName, until: number): void {
    const of = this.#waiting.get(subject) ?? new Map<number, Waiting>();
    this.#waiting.delete(subject);
    this.#waiting.set(subject, of.set(ordinal, { until, backAt: undefined }));
    if (this.#waiting.size > REMEMBERED) this.#waiting.delete(this.#waiting.keys().next().value as string);
  }

  /** The queue has it again. */
  back({ subject, ordinal }: JobName, now: number): void {
    const waiting = this.#waiting.get(subject)?.get(ordinal);
    if (waiting) waiting.backAt = now;
  }

  /** It has been tried, or goes nowhere, or is another process's. */
  done({ subject, ordinal }: JobName): void {
    const of = this.#waiting.get(subject);
    if (of?.delete(ordinal) && of.size === 0) this.#waiting.delete(subject);
  }

  /**
   * When an event that has to wait for an earlier one of its message may come by again; undefined: it need not wait.
   * @param straight whether it comes past the queue.
   */
  behind({ subject, ordinal }: JobName, now: number, straight: boolean): number | undefined {
    let last: number | undefined;
    for (const [earlier, { until, backAt = now }] of this.#waiting.get(subject) ?? []) {
      const over = now - Math.max(until, backAt);
      if (earlier >= ordinal || over > (straight ? FORGOTTEN_MS : UNSEEN_MS)) continue;
      last = Math.max(last ?? 0, until, straight ? 0 : now + AGAIN_MS);
    }
    return last;
  }
}
