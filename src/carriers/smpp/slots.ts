import type { Bind } from './bind.ts';
import type { Session } from './session.ts';

/** Where a segment may go, now. */
export interface Slot<Tag> {
  bind: Bind<Tag>;
  session: Session<Tag>;
}

interface Waiter<Tag> {
  use(slot: Slot<Tag> | undefined): void;
  segments: number;
}

/** Segments that wait for a place in a bind's window and for its pace: first come, first served. */
export class SlotQueue<Tag> {
  readonly #binds: readonly Bind<Tag>[];
  readonly #waiting: Waiter<Tag>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #turn = 0;

  constructor(binds: readonly Bind<Tag>[]) {
    this.#binds = binds;
  }

  /**
   * Resolves with a slot, which is the caller's for the rest of this turn of the event loop; with undefined when no bind
   * is there that could have one.
   */
  next(use: Waiter<Tag>['use'], segments = 1): void {
    this.#waiting.push({ use, segments });
    this.look();
  }

  /** Something has changed. */
  look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0) {
      if (!this.#binds.some(({ session }) => session)) {
        for (const { use } of this.#waiting.splice(0)) use(undefined);
        return;
      }
      const slot = this.#free();
      if (!slot) break;
      const waiter = this.#waiting.shift();
      slot.bind.rate.sent(waiter?.segments);
      waiter?.use(slot);
    }
    if (this.#waiting.length > 0) this.#lookLater();
  }

  stop(): void {
    clearTimeout(this.#timer);
    for (const { use } of this.#waiting.splice(0)) use(undefined);
  }

  /** Binds take turns. */
  #free(): Slot<Tag> | undefined {
    for (let i = 0; i < this.#binds.length; i += 1) {
      const bind = this.#binds[(this.#turn + i) % this.#binds.length] as Bind<Tag>;
      const { session } = bind;
      if (!session || bind.room === 0 || bind.rate.waitMs() > 0) continue;
      this.#turn = (this.#turn + i + 1) % this.#binds.length;
      return { bind, session };
    }
    return undefined;
  }

  /** When the first bind with room may send again; those without room say so themselves. */
  #lookLater(): void {
    const waits = this.#binds.filter(({ room }) => room > 0).map(({ rate }) => rate.waitMs());
    if (waits.length === 0) return;
    this.#timer = setTimeout(() => this.look(), Math.max(1, Math.ceil(Math.min(...waits))));
  }
}
