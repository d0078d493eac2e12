import type { JobName } from '../queue/job.ts';

/** What was given back and has not come by again so long after it was due, another process has taken. */
const FORGOTTEN_MS = 60_000;
const REMEMBERED = 50_000;

/**
 * Events that were given back before their first attempt: those that come after them in their messages must not overtake
 * them, whichever way they come.
 */
export class Aside {
  /** Of each message: the events that wait, and until when. */
  readonly #waiting = new Map<string, Map<number, number>>();

  put({ subject, ordinal }: JobName, until: number): void {
    const of = this.#waiting.get(subject) ?? new Map<number, number>();
    this.#waiting.delete(subject);
    this.#waiting.set(subject, of.set(ordinal, until));
    if (this.#waiting.size > REMEMBERED) this.#waiting.delete(this.#waiting.keys().next().value as string);
  }

  /** It has been tried, or goes nowhere. */
  done({ subject, ordinal }: JobName): void {
    const of = this.#waiting.get(subject);
    if (of?.delete(ordinal) && of.size === 0) this.#waiting.delete(subject);
  }

  /**
   * Until when an event has to wait for an earlier one of its message; undefined: it need not.
   * @param straight whether it comes past the queue. What comes from the queue comes in order, once the earlier one is due.
   */
  behind({ subject, ordinal }: JobName, now: number, straight: boolean): number | undefined {
    let last: number | undefined;
    for (const [earlier, until] of this.#waiting.get(subject) ?? []) {
      if (earlier >= ordinal || until < (straight ? now - FORGOTTEN_MS : now + 1)) continue;
      last = Math.max(last ?? 0, until);
    }
    return last;
  }
}
