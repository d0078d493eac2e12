import type { Db, Queryable } from '#db/db.ts';
import { inSteps, readsOf } from '#db/drivers/reads.ts';
import { run } from '#db/statement.ts';
import { bodyOf, type EventBody, type EventKey, type EventRow, type ReadEvents } from './events.ts';
import { BACKWARD, END, FIRST_FROM, FORWARD, HORIZON } from './sql.ts';

/** Position of an event in the event stream of its client. */
export interface EventPosition {
  position: number;
  messageId: string;
  sequence: number;
}

/** Before the first event. */
export const START: EventPosition = { position: 0, messageId: '', sequence: 0 };

export interface Placed extends EventPosition {
  event: EventBody;
}

/** Position up to which the stream is complete. The events must be read by a later statement. */
export async function horizonOf(db: Queryable): Promise<number> {
  const [row] = await run(db, HORIZON);
  return row?.at ?? 0;
}

export type Stream = ReturnType<typeof createStream>;

/**
 * A client's event stream, in the order of transactions, and of the sequence within a message.
 * @param readEvents reads events with their messages (messages/lookup/events.ts).
 */
export function createStream(store: Db, readEvents: ReadEvents) {
  const db = readsOf(store);

  async function places(
    direction: typeof FORWARD,
    client: string,
    { position, messageId, sequence }: EventPosition,
    limit: number,
  ): Promise<EventPosition[]> {
    const horizon = await horizonOf(db);
    return run(db, direction, client, position, messageId, sequence, limit, horizon);
  }

  async function read<At extends EventPosition>(places: readonly At[]): Promise<(At & Placed)[]> {
    const rows = await inSteps(places, (some) => readEvents(db, some));
    return places.flatMap((place, i) => {
      const event = bodyOf(rows[i] as EventRow);
      return event ? [{ ...place, event }] : [];
    });
  }

  return {
    /** Position after all existing events, including those that cannot be read yet. */
    async end(): Promise<number> {
      const [row] = await run(db, END);
      return row?.at ?? 0;
    },

    /** The next events after a place. */
    after: async (client: string, place: EventPosition, limit: number) =>
      read(await places(FORWARD, client, place, limit)),

    /** Places of the events before a place, the latest first. Without a place: of the latest events. */
    before: (client: string, place: EventPosition | undefined, limit: number) =>
      places(BACKWARD, client, place ?? { ...START, position: Number.MAX_SAFE_INTEGER }, limit),

    /** Events at these places, in their order. Omits events whose day has been dropped since. */
    read,

    /** @returns the event, or undefined when this client has no such event. */
    async find(client: string, key: EventKey): Promise<EventBody | undefined> {
      const [row] = await readEvents(db, [key]);
      const event = row && bodyOf(row);
      return event?.apiClientId === client ? event : undefined;
    },

    /** The place before the first event at or after a moment, to the accuracy of the clocks of the processes. */
    async since(client: string, moment: Date): Promise<EventPosition> {
      let low = 0;
      let high = await horizonOf(db);
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const [first] = await run(db, FIRST_FROM, client, middle);
        if (first && first.position < high && first.occurredAt < moment) low = first.position + 1;
        else high = middle;
      }
      return { ...START, position: low };
    },
  };
}
