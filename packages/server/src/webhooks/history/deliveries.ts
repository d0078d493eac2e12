import type { Db } from '#db/db.ts';
import { inSteps, readsOf } from '#db/drivers/reads.ts';
import { span } from '#db/schema/days.ts';
import { run } from '#db/statement.ts';
import type { EventBody, EventKey } from '#events/events.ts';
import { type MessageEvent, OF_MESSAGE } from '#events/sql.ts';
import type { EventPosition, Stream } from '#events/stream.ts';
import { ATTEMPTS, type StoredAttempt } from '../delivery/sql.ts';
import { type DeliveryState, STATES } from './sql.ts';

export interface Delivery {
  state: DeliveryState;
  nextAttemptAt: Date | null;
  attempts: StoredAttempt[];
}

type Delivered<Event extends EventKey> = Event & { delivery: Delivery };

/** Event of a message, with its delivery. */
export type DeliveredEvent = Delivered<MessageEvent>;

/** Maximum number of events that are examined for one page, if a state is given. */
const EXAMINED = 2_000;
const STEP = 500;

export type Deliveries = ReturnType<typeof createDeliveries>;

/** Deliveries of events to endpoints. */
export function createDeliveries(parts: { db: Db; stream: Stream }) {
  const { stream } = parts;
  const db = readsOf(parts.db);

  /** Adds the delivery of each event, in the same order. With a state, returns only events in that state. */
  async function withDeliveries<Event extends EventKey>(
    events: readonly Event[],
    state?: DeliveryState,
  ): Promise<Delivered<Event>[]> {
    if (events.length === 0) return [];
    const states = await run(db, STATES, ...parametersOf(events), state ?? null);
    if (states.length === 0) return [];
    // Read after the states. A delivery that ends between the two reads is still pending, and not without its attempt.
    const attempts = await inSteps(states, (some) => run(db, ATTEMPTS, ...parametersOf(some)));
    const attemptsOf = Map.groupBy(attempts, keyOf);
    const eventOf = new Map(events.map((event) => [keyOf(event), event]));
    return states.map(({ state, nextAttemptAt, ...key }) => {
      const made = (attemptsOf.get(keyOf(key)) ?? []).map(({ messageId: _, sequence: __, ...attempt }) => attempt);
      return { ...(eventOf.get(keyOf(key)) as Event), delivery: { state, nextAttemptAt, attempts: made } };
    });
  }

  return {
    async ofMessage(messageId: string): Promise<DeliveredEvent[]> {
      return withDeliveries(await run(db, OF_MESSAGE, messageId));
    },

    /**
     * Events of a client, the latest first, with the delivery of each.
     * @param state only events in this state. A page may then hold fewer than `limit` while there are more.
     * @returns a page, and the place before which the next page begins. Undefined: no more events.
     */
    async list(client: string, before: EventPosition | undefined, limit: number, state: DeliveryState | undefined) {
      const step = state ? STEP : limit;
      const found: Delivered<EventPosition>[] = [];
      let place = before;
      for (let examined = 0; examined < EXAMINED && found.length < limit; examined += step) {
        const places = await stream.before(client, place, step);
        found.push(...(await withDeliveries(places, state)));
        place = places.length < step ? undefined : places.at(-1);
        if (!place) break;
      }
      const shown = found.slice(0, limit);
      return { deliveries: await stream.read(shown), before: shown.length === limit ? shown.at(-1) : place };
    },

    /** @returns undefined if the client has no such event. */
    async find(client: string, key: EventKey): Promise<Delivered<EventKey & { event: EventBody }> | undefined> {
      const event = await stream.find(client, key);
      if (!event) return undefined;
      const [found] = await withDeliveries([{ ...key, event }]);
      return found;
    },
  };
}

function keyOf({ messageId, sequence }: EventKey): string {
  return `${messageId}/${sequence}`;
}

function parametersOf(events: readonly EventKey[]): [ids: string[], sequences: number[], first: string, last: string] {
  const ids = events.map(({ messageId }) => messageId);
  return [ids, events.map(({ sequence }) => sequence), ...span(ids)];
}
