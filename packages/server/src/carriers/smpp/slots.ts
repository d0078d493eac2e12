import type { Session } from '@redcloud/smpp';
import type { Unsent } from '../carrier.ts';
import type { Bind } from './bind.ts';
import type { Rate, Ticket } from './rate.ts';

/** Permission to submit one PDU at once. */
export interface Slot<Tag> {
  session: Session<Tag>;
  /** Ticket that the holder of the slot settles with the response. */
  ticket: Ticket;
}

/** Called once, with a slot that is valid for this turn of the event loop, or without one if no bind is up. */
export type Use<Tag> = (slot: Slot<Tag> | undefined) => void;

interface Waiter<Tag> {
  use: Use<Tag>;
  segments: number;
}

/** First-in, first-out queue of segments that wait for a place in a window and for the rate of the link. */
export class SlotQueue<Tag> {
  readonly #binds: readonly Bind<Tag>[];
  readonly #rate: Rate;
  readonly #waiting: Waiter<Tag>[] = [];
  /** Throttled segments, which are sent before all others. */
  readonly #again: Waiter<Tag>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #turn = 0;
  #soon = false;
  #stopped = false;

  constructor(binds: readonly Bind<Tag>[], rate: Rate) {
    this.#binds = binds;
    this.#rate = rate;
  }

  /** Queues a PDU. @param segments number of segments that the PDU counts for. */
  next(use: Use<Tag>, segments = 1): void {
    this.#waiting.push({ use, segments });
    this.look();
  }

  /** Queues a throttled segment again. Call `lookSoon` afterwards. */
  again(use: Use<Tag>, segments = 1): void {
    this.#again.push({ use, segments });
  }

  /** Calls `look` after all responses of this moment are handled, so that throttled segments are sent first. */
  lookSoon(): void {
    if (this.#soon) return;
    this.#soon = true;
    queueMicrotask(() => {
      this.#soon = false;
      this.look();
    });
  }

  /** Hands out the free slots. Call whenever a slot may have become free. */
  look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#again.length > 0 || this.#waiting.length > 0) {
      if (this.#stopped || !this.#binds.some(({ session }) => session)) {
        this.giveBack('all');
        return;
      }
      const bind = this.#free();
      if (!bind?.session) {
        this.#lookLater();
        return;
      }
      const { use, segments } = (this.#again.shift() ?? this.#waiting.shift()) as Waiter<Tag>;
      bind.pacer.sent(segments);
      use({ session: bind.session, ticket: this.#rate.sent(segments) });
    }
  }

  /** Ends the wait of segments without a slot. Later segments wait as usual. */
  giveBack(which: Unsent): void {
    const waiting = which === 'all' ? this.#waiting.splice(0) : [];
    for (const { use } of [...this.#again.splice(0), ...waiting]) use(undefined);
  }

  /** Gives no more slots, neither to the waiting segments nor to later ones. */
  stop(): void {
    this.#stopped = true;
    this.look();
  }

  /** Finds a bind with a free slot. Binds are used in turn. */
  #free(): Bind<Tag> | undefined {
    if (this.#rate.waitMs() > 0) return undefined;
    for (let i = 0; i < this.#binds.length; i += 1) {
      const bind = this.#binds[(this.#turn + i) % this.#binds.length] as Bind<Tag>;
      if (!bind.session || bind.room === 0 || bind.pacer.waitMs() > 0) continue;
      this.#turn = (this.#turn + i + 1) % this.#binds.length;
      return bind;
    }
    return undefined;
  }

  /** Calls `look` when the rate allows a segment. Free places in a window, and responses, call `look` themselves. */
  #lookLater(): void {
    const paces = this.#binds.filter(({ room }) => room > 0).map(({ pacer }) => pacer.waitMs());
    if (paces.length === 0) return;
    const waitMs = Math.max(this.#rate.waitMs(), Math.min(...paces));
    this.#timer = setTimeout(() => this.look(), Math.max(1, Math.ceil(waitMs)));
  }
}
