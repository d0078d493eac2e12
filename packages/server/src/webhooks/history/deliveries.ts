import type { Db } from '#db/db.ts';
import { inSteps, readsOf } from '#db/drivers/reads.ts';
import { span } from '#db/schema/days.ts';
import type { EventBody, EventKey, EventType } from '#events/events.ts';
import type { Place, Stream } from '#events/stream.ts';

/** One attempt to deliver an event. */
export interface Attempt {
  at: Date;
  url: string;
  outcome: 'DELIVERED' | 'RETRY' | 'GIVEN_UP';
  statusCode: number | null;
  error: string | null;
  durationMs: number;
  /** At most 4 KiB of the response. Only for a failed attempt. */
  responseStart: string | null;
}

/**
 * Delivery state of an event. PENDING: being sent, or to be sent. FAILED: given up. UNSENT: there was no URL, or its
 * endpoint was disabled.
 */
export type DeliveryState = 'PENDING' | 'DELIVERED' | 'FAILED' | 'UNSENT';

export interface Delivery {
  state: DeliveryState;
  nextAttemptAt: Date | null;
  attempts: Attempt[];
}

type Delivered<Event extends EventKey> = Event & { delivery: Delivery };

/** Event of a message, with its delivery. */
export type DeliveredEvent = Delivered<MessageEvent>;

interface MessageEvent extends EventKey {
  type: EventType;
  status: string;
  occurredAt: Date;
}

/** Events that are examined for one page, if a state is given. */
const EXAMINED = 2_000;
const STEP = 500;

const ATTEMPTS = `
  select a.message_id as "messageId", a.sequence, a.attempted_at as at, a.url, a.outcome, a.status_code as "statusCode",
    a.error, a.duration_ms as "durationMs", a.response_start as "responseStart"
  from unnest($1::text[], $2::integer[]) as given (id, sequence)
  cross join lateral (
    select * from webhook_attempts
    where message_id = given.id and sequence = given.sequence and message_id between $3 and $4 order by attempt offset 0
  ) as a`;

/** States of these events and times of their next attempts. With a state, only events in that state. */
const STATES = `
  select given.id as "messageId", given.sequence, d.state, d."nextAttemptAt"
  from unnest($1::text[], $2::integer[]) with ordinality as given (id, sequence, nth)
  cross join lateral (
    select case when j.subject is not null then 'PENDING' when a.delivered then 'DELIVERED' when not a.delivered then 'FAILED' else 'UNSENT' end as state,
      case when j.leased_by is null then j.run_at end as "nextAttemptAt"
    from (select bool_or(outcome = 'DELIVERED') as delivered from webhook_attempts
      where message_id = given.id and sequence = given.sequence and message_id between $3 and $4) as a
    left join jobs j on j.subject = given.id and j.ordinal = given.sequence
    offset 0
  ) as d
  where $5::text is null or d.state = $5
  order by given.nth`;

const OF_MESSAGE = `
  select message_id as "messageId", sequence, type, status, occurred_at as "occurredAt" from events
  where message_id = $1 order by sequence`;

type Standing = EventKey & Omit<Delivery, 'attempts'>;

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
    const states = await db.query<Standing>(STATES, [...parametersOf(events), state ?? null]);
    if (states.length === 0) return [];
    // Read after the states. A delivery that ends between the two reads is still pending, and not without its attempt.
    const attempts = await inSteps(states, (some) => db.query<EventKey & Attempt>(ATTEMPTS, parametersOf(some)));
    const attemptsOf = Map.groupBy(attempts, keyOf);
    const eventOf = new Map(events.map((event) => [keyOf(event), event]));
    return states.map(({ state, nextAttemptAt, ...key }) => {
      const made = (attemptsOf.get(keyOf(key)) ?? []).map(({ messageId: _, sequence: __, ...attempt }) => attempt);
      return { ...(eventOf.get(keyOf(key)) as Event), delivery: { state, nextAttemptAt, attempts: made } };
    });
  }

  return {
    async ofMessage(messageId: string): Promise<DeliveredEvent[]> {
      return withDeliveries(await db.query<MessageEvent>(OF_MESSAGE, [messageId]));
    },

    /**
     * Events of a client, the latest first, with the delivery of each.
     * @param state only events in this state. A page may then hold fewer than `limit` while there are more.
     * @returns a page, and the place before which the next page begins. Undefined: no more events.
     */
    async list(client: string, before: Place | undefined, limit: number, state: DeliveryState | undefined) {
      const step = state ? STEP : limit;
      const found: Delivered<Place>[] = [];
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
