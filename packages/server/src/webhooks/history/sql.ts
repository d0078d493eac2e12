/** Statements of the table `webhook_replays`, and those that compare events with their attempts and jobs. */
import { rowsAs, statement } from '#db/statement.ts';
import type { EventKey } from '#events/events.ts';
import { GIVEN_EVENT, GIVEN_EVENTS, placesAfter } from '#events/sql.ts';
import type { EventPosition } from '#events/stream.ts';
import { messageById } from '#messages/sql.ts';
import { enqueueAgainFrom, joiningJob, moreWaiting } from '#queue/sql.ts';
import { ROUND } from '../delivery/schedule.ts';

/**
 * FAILED: events that were given up. MISSING: these, and all other events that were never delivered and are not
 * pending.
 */
export type Which = 'FAILED' | 'MISSING';

export interface Replay {
  id: string;
  which: Which;
  since: Date;
  status: 'RUNNING' | 'DONE' | 'CANCELLED';
  /** Events examined so far, and events that are sent again. */
  examined: number;
  replayed: number;
  createdAt: Date;
  finishedAt: Date | null;
}

/** A running replay, and the place that it has reached. */
export type Running = EventPosition & { id: string; client: string; which: Which; since: Date; until: number };

/**
 * Delivery state of an event. PENDING: being sent, or to be sent. FAILED: given up. UNSENT: there was no URL, or its
 * endpoint was disabled.
 */
export type DeliveryState = 'PENDING' | 'DELIVERED' | 'FAILED' | 'UNSENT';

/** Delivery of an event without its attempts. */
export interface Standing extends EventKey {
  state: DeliveryState;
  nextAttemptAt: Date | null;
}

/** Maximum number of events in one step, which is one transaction. */
export const STEP = 500;
/** Waiting jobs of a client above which its replays pause, so that the rest waits outside of the queue. */
const MOST_WAITING = 5_000;
/** Maximum number of ended replays that are stored for a client. */
const MOST_ENDED = 100;
/**
 * Most replays of one event. Each replay stores its attempts, and pages of deliveries show all attempts of an event.
 */
export const MOST_OF_EVENT = 100;
const SHOWN = 50;

const REPLAY = `id, which, since, status, examined, replayed, created_at as "createdAt", finished_at as "finishedAt"`;
const REPLAY_ROW = {
  id: 'text',
  which: 'text',
  since: 'timestamp with time zone',
  status: 'text',
  examined: 'integer',
  replayed: 'integer',
  createdAt: 'timestamp with time zone',
  finishedAt: 'timestamp with time zone?',
} as const;

/** Locks the next running replay with an id after $1 that no other process works on. */
export const NEXT = rowsAs<Running>()(
  statement(
    'webhooks.replays.next',
    {
      params: ['text'],
      row: {
        id: 'text',
        client: 'text',
        which: 'text',
        since: 'timestamp with time zone',
        position: 'bigint',
        messageId: 'text',
        sequence: 'integer',
        until: 'bigint',
      },
    },
    `select id, api_client_id as client, which, since, position, message_id as "messageId", sequence, until
    from webhook_replays where status = 'RUNNING' and id > $1 order by id limit 1 for update skip locked`,
  ),
);

/** Number of running replays of client $1, and of its replays that began after $2. */
export const COUNTS = statement(
  'webhooks.replays.counts',
  { params: ['text', 'timestamp with time zone'], row: { running: 'integer', recent: 'integer' } },
  `select (count(*) filter (where status = 'RUNNING'))::int as running, (count(*) filter (where created_at > $2))::int as recent
  from webhook_replays where api_client_id = $1`,
);

/** Begins the replay $1 of client $2 for the events $3 since $4, from position $5 to $6. $7 now. */
export const BEGIN = rowsAs<Replay>()(
  statement(
    'webhooks.replays.begin',
    {
      params: ['text', 'text', 'text', 'timestamp with time zone', 'bigint', 'bigint', 'timestamp with time zone'],
      row: REPLAY_ROW,
    },
    `insert into webhook_replays (id, api_client_id, which, since, status, position, until, created_at)
    values ($1, $2, $3, $4, 'RUNNING', $5, $6, $7) returning ${REPLAY}`,
  ),
);

/** Removes the oldest ended replays of client $1 beyond the limit. */
export const TRIM = statement(
  'webhooks.replays.trim',
  { params: ['text'] },
  `delete from webhook_replays where id = any(array(
    select id from webhook_replays where api_client_id = $1 and status <> 'RUNNING' order by id desc offset ${MOST_ENDED}))`,
);

/** Latest replays of client $1. */
export const LIST = rowsAs<Replay>()(
  statement(
    'webhooks.replays.list',
    { params: ['text'], row: REPLAY_ROW },
    `select ${REPLAY} from webhook_replays where api_client_id = $1 order by id desc limit ${SHOWN}`,
  ),
);

/** Replay $1 of client $2. */
export const FIND = rowsAs<Replay>()(
  statement(
    'webhooks.replays.find',
    { params: ['text', 'text'], row: REPLAY_ROW },
    `select ${REPLAY} from webhook_replays where id = $1 and api_client_id = $2`,
  ),
);

/** Cancels the replay $1 of client $2 at $3, if it is running. */
export const CANCEL = statement(
  'webhooks.replays.cancel',
  { params: ['text', 'text', 'timestamp with time zone'] },
  `update webhook_replays set status = 'CANCELLED', finished_at = $3
  where id = $1 and api_client_id = $2 and status = 'RUNNING'`,
);

/** Removes replays that ended before $1. */
export const EXPIRE = statement(
  'webhooks.replays.expire',
  { params: ['timestamp with time zone'], row: { removed: 'integer' } },
  `delete from webhook_replays where status <> 'RUNNING' and finished_at < $1 returning 1 as removed`,
);

/** Whether more than `MOST_WAITING` events of client $1 wait in the queue. */
export const WAITING = statement(
  'webhooks.replays.waiting',
  { params: ['text'], row: { found: 'boolean' } },
  moreWaiting('webhooks', '$1', MOST_WAITING),
);

/** Places of the next events of client $1 after the place ($2, $3, $4), up to the end $5 and the horizon $6. */
export const PAGE = rowsAs<EventPosition>()(
  statement(
    'webhooks.replays.page',
    {
      params: ['text', 'bigint', 'text', 'integer', 'bigint', 'bigint'],
      row: { position: 'bigint', messageId: 'text', sequence: 'integer' },
    },
    placesAfter('least($5::bigint, $6::bigint)', String(STEP)),
  ),
);

/**
 * Condition on the attempts of the event `e`. The parameters $3 and $4 are the span of the message ids, here and in the
 * statements that contain this condition. The span limits the search to the day partitions of these ids.
 */
const OF_EVENT = 'a.message_id = e.message_id and a.sequence = e.sequence and a.message_id between $3 and $4';
/** Number from which the attempts of an event's next replay count. */
const ROUND_AFTER = `coalesce((select max(attempt) / ${ROUND} + 1 from webhook_attempts a where ${OF_EVENT}), 0) * ${ROUND}`;
const ATTEMPTED = `select from webhook_attempts a where ${OF_EVENT}`;
/** Greatest number from which the attempts of a replay may count. */
const LAST_ROUND = MOST_OF_EVENT * ROUND;

/**
 * Adds a job for each event of a page that a replay covers. $1 message ids, $2 sequences, $3 and $4 span of the ids, $5
 * since, $6 which events, $7 client, $8 now.
 */
export const QUEUE = statement(
  'webhooks.replays.queue',
  {
    params: [
      'text[]',
      'integer[]',
      'text',
      'text',
      'timestamp with time zone',
      'text',
      'text',
      'timestamp with time zone',
    ],
    row: { replayed: 'integer' },
  },
  `with due as (
    select e.message_id, e.sequence, m.number_id, ${ROUND_AFTER} as attempt
    ${GIVEN_EVENTS}
    cross join lateral (${messageById('given.id', '$3', '$4', 'number_id')}) as m
    where e.occurred_at >= $5 and not exists (${ATTEMPTED} and a.outcome = 'DELIVERED') and ($6 = 'MISSING' or exists (${ATTEMPTED}))
  ), queued as (
    ${enqueueAgainFrom(
      `select 'webhooks', message_id, sequence, $7, number_id, $8, attempt from due where attempt <= ${LAST_ROUND}`,
      'unchanged',
    )} returning 1
  )
  select count(*)::int as replayed from queued`,
);

/**
 * Adds a job for one event, or makes its waiting job due. $1 message id, $2 sequence, $3 and $4 the message id again, $5
 * client, $6 lane, $7 now.
 */
export const ONE = statement(
  'webhooks.replays.one',
  {
    params: ['text', 'integer', 'text', 'text', 'text', 'text', 'timestamp with time zone'],
    row: { refused: 'boolean' },
  },
  `with event as (
    select e.message_id, e.sequence, ${ROUND_AFTER} as attempt ${GIVEN_EVENT}
  ), queued as (
    ${enqueueAgainFrom(
      `select 'webhooks', message_id, sequence, $5, $6, $7, attempt from event where attempt <= ${LAST_ROUND}`,
      'hastened',
    )}
  )
  select attempt > ${LAST_ROUND} as refused from event`,
);

/**
 * Moves the replay $1 to the place ($2, $3, $4). $5 number of examined events, $6 of replayed events, $7 whether it is
 * done, $8 now.
 */
export const STEPPED = statement(
  'webhooks.replays.stepped',
  {
    params: ['text', 'bigint', 'text', 'integer', 'integer', 'integer', 'boolean', 'timestamp with time zone'],
  },
  `update webhook_replays set position = $2, message_id = $3, sequence = $4, examined = examined + $5, replayed = replayed + $6,
    status = case when $7 then 'DONE' else status end, finished_at = case when $7 then $8::timestamptz end
  where id = $1`,
);

/**
 * States of events and times of their next attempts, in the given order. $1 message ids, $2 sequences, $3 and $4 span of
 * the ids, $5 state. With a state, only events in that state.
 */
export const STATES = rowsAs<Standing>()(
  statement(
    'webhooks.deliveries.states',
    {
      params: ['text[]', 'integer[]', 'text', 'text', 'text?'],
      row: {
        messageId: 'text',
        sequence: 'integer',
        state: 'text',
        nextAttemptAt: 'timestamp with time zone?',
      },
    },
    `select given.id as "messageId", given.sequence, d.state, d."nextAttemptAt"
    from unnest($1::text[], $2::integer[]) with ordinality as given (id, sequence, nth)
    cross join lateral (
      select case when j.subject is not null then 'PENDING' when a.delivered then 'DELIVERED' when not a.delivered then 'FAILED' else 'UNSENT' end as state,
        case when j.leased_by is null then j.run_at end as "nextAttemptAt"
      from (select bool_or(outcome = 'DELIVERED') as delivered from webhook_attempts
        where message_id = given.id and sequence = given.sequence and message_id between $3 and $4) as a
      ${joiningJob('given.id', 'given.sequence')}
      offset 0
    ) as d
    where $5::text is null or d.state = $5
    order by given.nth`,
  ),
);
