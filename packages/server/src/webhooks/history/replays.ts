import type { Db, Queryable } from '#db/db.ts';
import { span } from '#db/schema/days.ts';
import { run } from '#db/statement.ts';
import type { EventKey } from '#events/events.ts';
import { type EventPosition, horizonOf, type Stream } from '#events/stream.ts';
import { SERIALIZE_CLIENT } from '#identity/sql.ts';
import type { Clock } from '#platform/clock.ts';
import { conflict, notFound, rateLimited } from '#platform/errors.ts';
import type { Ids } from '#platform/ids.ts';
import type { Log } from '#platform/log.ts';
import { Loop } from '#platform/loop.ts';
import {
  BEGIN,
  CANCEL,
  COUNTS,
  FIND,
  LIST,
  MOST_OF_EVENT,
  NEXT,
  ONE,
  PAGE,
  QUEUE,
  type Replay,
  type Running,
  STEP,
  STEPPED,
  TRIM,
  WAITING,
  type Which,
} from './sql.ts';

const POLL_MS = 1_000;
/** Limits per client: running replays, and replays begun in a minute. */
const MOST_RUNNING = 5;
const MOST_A_MINUTE = 20;
const MINUTE_MS = 60_000;
/** Greatest difference between the clocks of processes, in milliseconds. */
const MARGIN_MS = 60_000;

export interface ReplayParts {
  db: Db;
  stream: Stream;
  ids: Ids;
  clock: Clock;
  log: Log;
}

/**
 * @returns a function that runs a step of each running replay without a step in another process. The function returns
 *   whether a replay has a further step at once.
 */
function createRound({ db, clock, log }: Pick<ReplayParts, 'db' | 'clock' | 'log'>): () => Promise<boolean> {
  /** @returns number of these events that are sent again. */
  async function queue(
    tx: Queryable,
    { client, since, which }: Running,
    page: readonly EventPosition[],
  ): Promise<number> {
    if (page.length === 0) return 0;
    const keys = page.map(({ messageId }) => messageId);
    const sequences = page.map(({ sequence }) => sequence);
    const now = new Date(clock.now());
    const [step] = await run(tx, QUEUE, keys, sequences, ...span(keys), since, which, client, now);
    return step?.replayed ?? 0;
  }

  /** @returns whether the replay has more to do at once. */
  async function stepOn(tx: Queryable, replay: Running): Promise<boolean> {
    const { id, client, position, messageId, sequence, until } = replay;
    const waiting = await run(tx, WAITING, client);
    if (waiting.length > 0) return false;
    // Events after an open transaction cannot be read yet. The replay continues until they can be read.
    const horizon = await horizonOf(tx);
    const page = await run(tx, PAGE, client, position, messageId, sequence, until, horizon);
    const replayed = await queue(tx, replay, page);
    const done = page.length < STEP && horizon >= until;
    const at = page.at(-1) ?? replay;
    const now = new Date(clock.now());
    await run(tx, STEPPED, id, at.position, at.messageId, at.sequence, page.length, replayed, done, now);
    if (done) log.info({ event: 'webhook_replay_done', replayId: id, apiClientId: client });
    return page.length === STEP;
  }

  return async () => {
    let again = false;
    let after = '';
    for (;;) {
      const from = after;
      const taken = await db.transaction(async (tx) => {
        const [replay] = await run(tx, NEXT, from);
        return replay && { id: replay.id, more: await stepOn(tx, replay) };
      });
      if (!taken) return again;
      db.wake('webhooks');
      after = taken.id;
      again ||= taken.more;
    }
  };
}

/**
 * Sends events again: one event, or all matching events since a moment. Processes that deliver webhooks carry out the
 * latter in the background.
 */
export class Replays {
  readonly #parts: ReplayParts;
  readonly #loop: Loop;
  #unlisten: () => void = () => undefined;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
    const round = createRound(parts);
    this.#loop = new Loop({
      everyMs: POLL_MS,
      run: async () => {
        if (await round()) this.#loop.wake();
      },
      onError: ({ message }) => parts.log.warn({ event: 'webhook_replay_failed', reason: message }),
    });
  }

  start(): void {
    this.#loop.start();
    this.#unlisten = this.#parts.db.onWake('replays', () => this.look());
    this.look();
  }

  /** Continues running replays now, or once more after the current step. Ignored unless started. */
  look(): void {
    this.#loop.wake();
  }

  /** Resolves after the current step. */
  async stop(): Promise<void> {
    this.#unlisten();
    await this.#loop.stop();
  }

  /**
   * Sends one event again, delivered or not. An event that waits for its next attempt is sent now.
   * @throws ApiError CONFLICT if the event was replayed too often.
   */
  async one(client: string, lane: string, { messageId, sequence }: EventKey): Promise<void> {
    const { db, clock } = this.#parts;
    const now = new Date(clock.now());
    const [row] = await run(db, ONE, messageId, sequence, messageId, messageId, client, lane, now);
    if (row?.refused)
      throw conflict(`The event was already replayed ${MOST_OF_EVENT} times. Read it from GET /api/core/events.`);
    db.wake('webhooks');
  }

  /**
   * Begins a replay of the matching events from `since` on and until now.
   * @throws ApiError CONFLICT if too many run, or RATE_LIMITED if too many began within a minute.
   */
  async begin(client: string, which: Which, since: Date): Promise<Replay> {
    const { db, stream, ids, clock } = this.#parts;
    const from = await stream.since(client, new Date(since.getTime() - MARGIN_MS));
    const until = await stream.end();
    const made = await db.transaction(async (tx) => {
      // Each request counts the replays of the others.
      await run(tx, SERIALIZE_CLIENT, client);
      const now = clock.now();
      const [counts] = await run(tx, COUNTS, client, new Date(now - MINUTE_MS));
      const { running = 0, recent = 0 } = counts ?? {};
      if (running >= MOST_RUNNING)
        throw conflict(`${MOST_RUNNING} replays are running. Wait for the end of one, or cancel one.`);
      if (recent >= MOST_A_MINUTE)
        throw rateLimited(`At most ${MOST_A_MINUTE} replays may begin in a minute`, MINUTE_MS / 1000);
      const id = ids.next('rpl');
      const [replay] = await run(tx, BEGIN, id, client, which, since, from.position, until, new Date(now));
      await run(tx, TRIM, client);
      return replay as Replay;
    });
    db.wake('replays');
    return made;
  }

  /** The latest replays of a client. */
  list(client: string): Promise<Replay[]> {
    return run(this.#parts.db, LIST, client);
  }

  /** @throws ApiError NOT_FOUND */
  async find(client: string, id: string): Promise<Replay> {
    const [found] = await run(this.#parts.db, FIND, id, client);
    if (!found) throw notFound('No such replay');
    return found;
  }

  /** Adds no more events. Queued events stay queued. */
  async cancel(client: string, id: string): Promise<Replay> {
    const { db, clock } = this.#parts;
    await run(db, CANCEL, id, client, new Date(clock.now()));
    return this.find(client, id);
  }
}
