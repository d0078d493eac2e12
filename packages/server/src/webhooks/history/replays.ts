import type { Db, Queryable } from '#db/db.ts';
import { span } from '#db/schema/days.ts';
import type { EventKey } from '#events/events.ts';
import { horizonOf, type Place, type Stream } from '#events/stream.ts';
import type { Clock } from '#platform/clock.ts';
import { conflict, notFound, rateLimited } from '#platform/errors.ts';
import type { Ids } from '#platform/ids.ts';
import type { Log } from '#platform/log.ts';
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

type Running = Place & { id: string; client: string; which: Which; since: Date; until: number };

const REPLAY = `id, which, since, status, examined, replayed, created_at as "createdAt", finished_at as "finishedAt"`;
/** Events of one step, which is one transaction. */
const STEP = 500;
/** Waiting jobs of a client above which its replays pause, so that the rest waits outside of the queue. */
const MOST_WAITING = 5_000;
const POLL_MS = 1_000;
/** Limits per client: running replays, replays begun in a minute, and stored replays that have ended. */
const MOST_RUNNING = 5;
const MOST_A_MINUTE = 20;
const MOST_ENDED = 100;
const MINUTE_MS = 60_000;
/**
 * Most replays of one event. Each replay stores its attempts, and pages of deliveries show all attempts of an event.
 */
const MOST_OF_EVENT = 100;
/** Greatest difference between the clocks of processes, in milliseconds. */
const MARGIN_MS = 60_000;
const SHOWN = 50;

const NEXT = `
  select id, api_client_id as client, which, since, position, message_id as "messageId", sequence, until
  from webhook_replays where status = 'RUNNING' and id > $1 order by id limit 1 for update skip locked`;

/** Serializes the requests of a client, so that each one counts the replays of the others. */
const ONE_AT_A_TIME = 'select from api_clients where id = $1 for no key update';

const COUNTS = `
  select (count(*) filter (where status = 'RUNNING'))::int as running, (count(*) filter (where created_at > $2))::int as recent
  from webhook_replays where api_client_id = $1`;

const BEGIN = `
  insert into webhook_replays (id, api_client_id, which, since, status, position, until, created_at)
  values ($1, $2, $3, $4, 'RUNNING', $5, $6, $7) returning ${REPLAY}`;

const TRIM = `
  delete from webhook_replays where id = any(array(
    select id from webhook_replays where api_client_id = $1 and status <> 'RUNNING' order by id desc offset ${MOST_ENDED}))`;

const WAITING = `
  select 1 from jobs where queue = 'webhooks' and client = $1 and leased_by is null and not asleep
  offset ${MOST_WAITING} limit 1`;

/** $3 and $4, here and in the statements that contain this condition: the span of the message ids. */
const OF_EVENT = 'a.message_id = e.message_id and a.sequence = e.sequence and a.message_id between $3 and $4';
/** Number from which the attempts of an event's next replay count. */
const ROUND_AFTER = `coalesce((select max(attempt) / ${ROUND} + 1 from webhook_attempts a where ${OF_EVENT}), 0) * ${ROUND}`;

const ATTEMPTED = `select from webhook_attempts a where ${OF_EVENT}`;

const PAGE = `
  select position, message_id as "messageId", sequence from events
  where api_client_id = $1 and (position, message_id, sequence) > ($2, $3, $4)
    and position < least($5::bigint, $6::bigint)
  order by position, message_id, sequence limit ${STEP}`;

/**
 * Adds a job for each event of a page that a replay covers. OFFSET 0 makes the planner use the index for each event.
 */
const QUEUE = `
  with due as (
    select e.message_id, e.sequence, m.number_id, ${ROUND_AFTER} as attempt
    from unnest($1::text[], $2::integer[]) as given (id, sequence)
    cross join lateral (
      select * from events where message_id = given.id and sequence = given.sequence and message_id between $3 and $4 offset 0
    ) as e
    cross join lateral (select number_id from messages where id = given.id and id between $3 and $4 offset 0) as m
    where e.occurred_at >= $5 and not exists (${ATTEMPTED} and a.outcome = 'DELIVERED') and ($6 = 'MISSING' or exists (${ATTEMPTED}))
  ), queued as (
    insert into jobs (queue, subject, ordinal, client, lane, run_at, attempt)
    select 'webhooks', message_id, sequence, $7, number_id, $8, attempt from due where attempt <= ${MOST_OF_EVENT * ROUND}
    on conflict do nothing returning 1
  )
  select count(*)::int as replayed from queued`;

const ONE = `
  with event as (
    select e.message_id, e.sequence, ${ROUND_AFTER} as attempt
    from events e where e.message_id = $1 and e.sequence = $2 and e.message_id between $3 and $4
  ), queued as (
    insert into jobs (queue, subject, ordinal, client, lane, run_at, attempt)
    select 'webhooks', message_id, sequence, $5, $6, $7, attempt from event where attempt <= ${MOST_OF_EVENT * ROUND}
    on conflict (subject, ordinal) do update set run_at = least(jobs.run_at, excluded.run_at), asleep = false
      where jobs.leased_by is null
  )
  select attempt > ${MOST_OF_EVENT * ROUND} as refused from event`;

const STEPPED = `
  update webhook_replays set position = $2, message_id = $3, sequence = $4, examined = examined + $5, replayed = replayed + $6,
    status = case when $7 then 'DONE' else status end, finished_at = case when $7 then $8::timestamptz end
  where id = $1`;

export interface ReplayParts {
  db: Db;
  stream: Stream;
  ids: Ids;
  clock: Clock;
  log: Log;
}

export type Replays = ReturnType<typeof createReplays>;

/**
 * Sends events again: one event, or all matching events since a moment. Processes that deliver webhooks carry out the
 * latter in the background.
 */
export function createReplays({ db, stream, ids, clock, log }: ReplayParts) {
  /** @returns number of these events that are sent again. */
  async function queue(tx: Queryable, { client, since, which }: Running, page: readonly Place[]): Promise<number> {
    if (page.length === 0) return 0;
    const keys = page.map(({ messageId }) => messageId);
    const sequences = page.map(({ sequence }) => sequence);
    const [step] = await tx.query<{ replayed: number }>(QUEUE, [
      ...[keys, sequences, ...span(keys)],
      ...[since, which, client, new Date(clock.now())],
    ]);
    return step?.replayed ?? 0;
  }

  /** @returns whether the replay has more to do at once. */
  async function stepOn(tx: Queryable, replay: Running): Promise<boolean> {
    const { id, client, position, messageId, sequence, until } = replay;
    const waiting = await tx.query(WAITING, [client]);
    if (waiting.length > 0) return false;
    // Events after an open transaction cannot be read yet. The replay continues until they can be read.
    const horizon = await horizonOf(tx);
    const page = await tx.query<Place>(PAGE, [client, position, messageId, sequence, until, horizon]);
    const replayed = await queue(tx, replay, page);
    const done = page.length < STEP && horizon >= until;
    const at = page.at(-1) ?? replay;
    await tx.query(STEPPED, [
      ...[id, at.position, at.messageId, at.sequence],
      ...[page.length, replayed, done, new Date(clock.now())],
    ]);
    if (done) log.info({ event: 'webhook_replay_done', replayId: id, apiClientId: client });
    return page.length === STEP;
  }

  /** Runs a step of each running replay that no other process works on. @returns whether any has more to do at once. */
  async function round(): Promise<boolean> {
    let again = false;
    let after = '';
    for (;;) {
      const from = after;
      const taken = await db.transaction(async (tx) => {
        const [replay] = await tx.query<Running>(NEXT, [from]);
        return replay && { id: replay.id, more: await stepOn(tx, replay) };
      });
      if (!taken) return again;
      db.wake('webhooks');
      after = taken.id;
      again ||= taken.more;
    }
  }

  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = true;

  async function run(): Promise<void> {
    try {
      while (!stopped && (await round()));
    } catch (error) {
      log.warn({ event: 'webhook_replay_failed', reason: (error as Error).message });
    }
  }

  /** Continues running replays, unless this process does so already. Polls again after `POLL_MS`. */
  function look(): void {
    if (stopped) return;
    clearTimeout(timer);
    running ??= run().finally(() => {
      running = undefined;
      if (!stopped) timer = setTimeout(look, POLL_MS);
    });
  }

  let unlisten: () => void = () => undefined;

  async function find(client: string, id: string): Promise<Replay> {
    const [found] = await db.query<Replay>(
      `select ${REPLAY} from webhook_replays where id = $1 and api_client_id = $2`,
      [id, client],
    );
    if (!found) throw notFound('No such replay');
    return found;
  }

  return {
    /**
     * Sends one event again, delivered or not. An event that waits for its next attempt is sent now.
     * @throws ApiError CONFLICT if the event was replayed too often.
     */
    async one(client: string, lane: string, { messageId, sequence }: EventKey): Promise<void> {
      const params = [messageId, sequence, messageId, messageId, client, lane, new Date(clock.now())];
      const [row] = await db.query<{ refused: boolean }>(ONE, params);
      if (row?.refused)
        throw conflict(`The event was already replayed ${MOST_OF_EVENT} times. Read it from GET /api/core/events.`);
      db.wake('webhooks');
    },

    /**
     * Begins a replay of the matching events from `since` on and until now.
     * @throws ApiError CONFLICT if too many run; RATE_LIMITED if too many began within a minute.
     */
    async begin(client: string, which: Which, since: Date): Promise<Replay> {
      const from = await stream.since(client, new Date(since.getTime() - MARGIN_MS));
      const until = await stream.end();
      const made = await db.transaction(async (tx) => {
        await tx.query(ONE_AT_A_TIME, [client]);
        const now = clock.now();
        const [counts] = await tx.query<{ running: number; recent: number }>(COUNTS, [
          client,
          new Date(now - MINUTE_MS),
        ]);
        const { running = 0, recent = 0 } = counts ?? {};
        if (running >= MOST_RUNNING)
          throw conflict(`${MOST_RUNNING} replays are running. Wait for the end of one, or cancel one.`);
        if (recent >= MOST_A_MINUTE)
          throw rateLimited(`At most ${MOST_A_MINUTE} replays may begin in a minute`, MINUTE_MS / 1000);
        const params = [ids.next('rpl'), client, which, since, from.position, until, new Date(now)];
        const [replay] = await tx.query<Replay>(BEGIN, params);
        await tx.query(TRIM, [client]);
        return replay as Replay;
      });
      db.wake('replays');
      return made;
    },

    /** The latest replays of a client. */
    list: (client: string) =>
      db.query<Replay>(
        `select ${REPLAY} from webhook_replays where api_client_id = $1 order by id desc limit ${SHOWN}`,
        [client],
      ),

    find,

    /** Adds no more events. Queued events stay queued. */
    async cancel(client: string, id: string): Promise<Replay> {
      await db.query(
        `update webhook_replays set status = 'CANCELLED', finished_at = $3
         where id = $1 and api_client_id = $2 and status = 'RUNNING'`,
        [id, client, new Date(clock.now())],
      );
      return find(client, id);
    },

    start(): void {
      stopped = false;
      unlisten = db.onWake('replays', look);
      look();
    },

    look,

    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      unlisten();
      await running;
    },
  };
}
