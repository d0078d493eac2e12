import { span } from '../db/days.ts';
import type { Db } from '../db/db.ts';
import type { EventBody, EventKey, EventType } from '../events/events.ts';
import type { Place, Placed, Stream } from '../events/stream.ts';

/** One time that an event was sent. */
export interface Attempt {
  at: Date;
  url: string;
  outcome: 'DELIVERED' | 'RETRY' | 'GIVEN_UP';
  statusCode: number | null;
  error: string | null;
  durationMs: number;
  /** At most 4 KiB of it; only of one that failed. */
  responseStart: string | null;
}

/**
 * How far an event has come. PENDING: it is being sent, or will be. FAILED: given up. UNSENT: there was nowhere to send it,
 * or where it would have gone was disabled.
 */
export type DeliveryState = 'PENDING' | 'DELIVERED' | 'FAILED' | 'UNSENT';

export interface Delivery {
  state: DeliveryState;
  nextAttemptAt: Date | null;
  attempts: Attempt[];
}

type Delivered<Event extends EventKey> = Event & { delivery: Delivery };

/** An event of a message, as its page shows it. */
export type DeliveredEvent = Delivered<MessageEvent>;

interface MessageEvent extends EventKey {
  type: EventType;
  status: string;
  occurredAt: Date;
}

/** Events that a page is looked for among, when a state is asked for. */
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

const PENDING = `
  select j.subject as "messageId", j.ordinal as sequence, case when j.leased_by is null then j.run_at end as "runAt"
  from unnest($1::text[], $2::integer[]) as given (id, sequence)
  cross join lateral (select * from jobs where subject = given.id and ordinal = given.sequence offset 0) as j`;

const OF_MESSAGE = `
  select message_id as "messageId", sequence, type, status, occurred_at as "occurredAt" from events
  where message_id = $1 order by sequence`;

export type Deliveries = ReturnType<typeof createDeliveries>;

/** What became of events on their way to customers. */
export function createDeliveries({ db, stream }: { db: Db; stream: Stream }) {
  /** With how each was delivered, in the same order. */
  async function withDeliveries<Event extends EventKey>(events: readonly Event[]): Promise<Delivered<Event>[]> {
    if (events.length === 0) return [];
    const ids = events.map(({ messageId }) => messageId);
    const sequences = events.map(({ sequence }) => sequence);
    // First the jobs: what ends between the two reads is then pending, and not missing.
    const pending = await db.query<EventKey & { runAt: Date | null }>(PENDING, [ids, sequences]);
    const attempts = await db.query<EventKey & Attempt>(ATTEMPTS, [ids, sequences, ...span(ids)]);
    const jobOf = new Map(pending.map((job) => [keyOf(job), job]));
    const attemptsOf = Map.groupBy(attempts, keyOf);
    return events.map((event) => {
      const job = jobOf.get(keyOf(event));
      const made = (attemptsOf.get(keyOf(event)) ?? []).map(({ messageId: _, sequence: __, ...attempt }) => attempt);
      const delivery = { state: stateOf(job !== undefined, made), nextAttemptAt: job?.runAt ?? null, attempts: made };
      return { ...event, delivery };
    });
  }

  return {
    async ofMessage(messageId: string): Promise<DeliveredEvent[]> {
      return withDeliveries(await db.query<MessageEvent>(OF_MESSAGE, [messageId]));
    },

    /**
     * A client's events, the latest first, with how each was delivered.
     * @param state only those; then a page may hold fewer than `limit` while there are more.
     * @returns where to go on; undefined: there are no more.
     */
    async list(client: string, before: Place | undefined, limit: number, state: DeliveryState | undefined) {
      const found: Delivered<Placed>[] = [];
      let place = before;
      for (let examined = 0; examined < EXAMINED; ) {
        const step = state ? STEP : limit;
        const page = await withDeliveries(await stream.before(client, place, step));
        for (const event of page) {
          place = event;
          if (!state || event.delivery.state === state) found.push(event);
          if (found.length === limit) return { deliveries: found, before: place };
        }
        if (page.length < step) return { deliveries: found, before: undefined };
        examined += page.length;
      }
      return { deliveries: found, before: place };
    },

    /** @returns undefined when this client has no such event. */
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

function stateOf(pending: boolean, attempts: readonly Attempt[]): DeliveryState {
  if (pending) return 'PENDING';
  if (attempts.some(({ outcome }) => outcome === 'DELIVERED')) return 'DELIVERED';
  return attempts.length > 0 ? 'FAILED' : 'UNSENT';
}
