import fc from 'fast-check';
import { encodeTime } from 'ulidx';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { createIds } from '../ids.ts';
import { createLog } from '../log.ts';
import { addDay, addDays, addDaysAhead, type Day, dayOf, dropDay, dropDays, redactDays } from './days.ts';
import type { Db, Queryable } from './db.ts';

const DAY_MS = 86_400_000;
const NOON = Date.parse('2026-02-27T12:00:00Z');
const TABLES = ['messages', 'message_parts', 'events', 'webhook_attempts'] as const;

let store: TestStore;
let db: Db;
/** A second process on PostgreSQL; the embedded store has only one. */
let otherDb: Db;

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
  otherDb = db.kind === 'server' ? await store.open() : db;
});
beforeEach(async () => {
  for (const day of await days()) await dropDay(db, day);
  await db.query('truncate messages, message_parts, events, webhook_attempts, receipts, jobs');
});
afterAll(async () => {
  if (otherDb !== db) await otherDb.close();
  await db.close();
  await store.drop();
});

const at = (ms: number) => ({ now: () => ms });
const idAt = (ms: number) => createIds(at(ms)).next('msg');
const days = async () =>
  (await db.query<{ day: string }>('select day::text as day from days order by day', [])).map(({ day }) => day);
const partition = (table: string, day: string) => `${table}_${day.replaceAll('-', '')}`;

/** A message with a part, an event and an attempt to deliver that. */
async function store_(id: string, createdAt = NOON, on: Queryable = db): Promise<void> {
  const now = new Date(createdAt);
  await on.query(
    `with message as (
       insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
         delivery_guarantee, parts, status, sequence, created_at)
       values ($1, 'OUTBOUND', 'client', 'num', '+15550000001', '+15550000002', 'SMS', 'x', 'AT_MOST_ONCE', 1, 'QUEUED', 1, $2)
     ), part as (
       insert into message_parts (message_id, part, state, carrier, carrier_ref, submitted_at)
       values ($1, 1, 'SENT', 'carrier', $1, $2)
     ), event as (
       insert into events (message_id, sequence, type, status, occurred_at) values ($1, 1, 'message.queued', 'QUEUED', $2)
     )
     insert into webhook_attempts (message_id, sequence, attempt, outcome, url, duration_ms, attempted_at)
     values ($1, 1, 1, 'DELIVERED', 'http://localhost', 1, $2)`,
    [id, now],
  );
}

/** Where the rows of a message are, in the order of the tables. */
async function whereIs(id: string): Promise<string[]> {
  const rows = await db.query<{ at: string }>(
    `select tableoid::regclass::text as at, 1 as n from messages where id = $1
     union all select tableoid::regclass::text, 2 from message_parts where message_id = $1
     union all select tableoid::regclass::text, 3 from events where message_id = $1
     union all select tableoid::regclass::text, 4 from webhook_attempts where message_id = $1 order by n`,
    [id],
  );
  return rows.map((row) => row.at);
}

const allIn = (day: string) => TABLES.map((table) => partition(table, day));
const allInDefault = TABLES.map((table) => `${table}_default`);

async function receive(ms: number): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    `insert into receipts (carrier, carrier_ref, state, raw, received_at) values ('carrier', 'ref', 'DELIVERED', 'raw', $1)
     returning id`,
    [new Date(ms)],
  );
  return row?.id as number;
}

async function whereIsReceipt(id: number): Promise<string | undefined> {
  const [row] = await db.query<{ at: string }>(`select tableoid::regclass::text as at from receipts where id = $1`, [
    id,
  ]);
  return row?.at;
}

describe('the smallest id of a moment', () => {
  const moment = fc.oneof(
    fc.integer({ min: 0, max: Date.parse('9999-12-31') }),
    fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2060-01-01') }),
  );

  test('begins with that moment as a ULID has it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(moment, { minLength: 1, maxLength: 100 }), async (moments) => {
        const rows = await db.query<{ floor: string }>(
          `select ulid_floor(at) as floor from unnest($1::timestamptz[]) with ordinality as t (at, n) order by n`,
          [moments.map((ms) => new Date(ms).toISOString())],
        );
        expect(rows.map(({ floor }) => floor)).toEqual(moments.map((ms) => encodeTime(ms, 10)));
      }),
      { numRuns: 30 },
    );
  });

  test('is not above any id of that moment, and above all of the moment before', async () => {
    await fc.assert(
      fc.asyncProperty(
        // ulidx makes no id at the very first millisecond.
        moment.filter((ms) => ms > 1),
        async (ms) => {
          const [row] = await db.query<{ floor: string }>(`select 'msg_' || ulid_floor($1) as floor`, [new Date(ms)]);
          const floor = row?.floor as string;
          expect(idAt(ms) >= floor).toBe(true);
          expect(idAt(ms - 1) < floor).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the partitions of days', () => {
  test('are there for today and for three days ahead, across the ends of months, and are made once', async () => {
    expect(await addDays(db, at(NOON))).toBe(4);
    expect(await days()).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
    expect(await addDays(db, at(NOON))).toBe(0);
    expect(await addDays(db, at(NOON + DAY_MS))).toBe(1);
    expect((await days()).at(-1)).toBe('2026-03-03');
  });

  test('are made for the days that a process was not there as soon as it is, for those to come', async () => {
    await addDays(db, at(NOON));
    expect(await addDays(db, at(NOON + 30 * DAY_MS))).toBe(4);
    expect(await days()).toHaveLength(8);
  });

  test('change at midnight UTC, to the millisecond', async () => {
    const midnight = Date.parse('2026-02-28T00:00:00Z');
    expect([dayOf(midnight - 1), dayOf(midnight)]).toEqual(['2026-02-27', '2026-02-28']);
    await addDays(db, at(midnight - 1));
    for (const [ms, day] of [
      [midnight - DAY_MS, '2026-02-27'],
      [midnight - 1, '2026-02-27'],
      [midnight, '2026-02-28'],
      [midnight + DAY_MS - 1, '2026-02-28'],
    ] as const) {
      const id = idAt(ms);
      await store_(id);
      expect(await whereIs(id)).toEqual(allIn(day));
      expect(await whereIsReceipt(await receive(ms))).toBe(partition('receipts', day));
    }
  });

  test('each have what their ids say, whenever the row was written', async () => {
    await addDays(db, at(NOON));
    const start = Date.parse('2026-02-27T00:00:00Z');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 4 * DAY_MS - 1 }),
        fc.integer({ min: -5, max: 5 }),
        async (ms, off) => {
          const id = idAt(start + ms);
          await store_(id, start + off * DAY_MS);
          expect(await whereIs(id)).toEqual(allIn(dayOf(start + ms)));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('are made once however many processes make them at once', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, (_, i) => addDays(i % 2 ? db : otherDb, at(NOON))));
    expect(made.reduce((sum, added) => sum + added, 0)).toBe(4);
    expect(await days()).toHaveLength(4);
  });

  test('are looked after every hour', async () => {
    const janitor = addDaysAhead({ db, clock: at(NOON) });
    expect(janitor.everyMs).toBe(3_600_000);
    expect(await janitor.run()).toBe(4);
    expect(await janitor.run()).toBe(0);
  });

  test('are read by id through their index, also with rows in the default ones', async () => {
    await addDays(db, at(NOON));
    const ids = [idAt(NOON), idAt(NOON + 90 * DAY_MS), 'msg_abc123'];
    for (const id of ids) await store_(id);
    const found = await db.query<{ id: string }>('select id from messages where id = any($1) order by id', [ids]);
    expect(found.map(({ id }) => id)).toEqual(ids.toSorted());
  });
});

describe('a row of a day that nobody made a partition for', () => {
  test('is taken, and found, and changed all the same', async () => {
    const id = idAt(NOON);
    await store_(id);
    expect(await whereIs(id)).toEqual(allInDefault);
    expect(await whereIsReceipt(await receive(NOON))).toBe('receipts_default');
    const changed = await db.query(`update messages set status = 'SENDING' where id = $1 returning status`, [id]);
    expect(changed).toEqual([{ status: 'SENDING' }]);
  });

  test('moves into the day’s when that is made, with all that belongs to it, as it was', async () => {
    const [before, id, after] = [idAt(NOON - DAY_MS), idAt(NOON), idAt(NOON + DAY_MS)];
    for (const one of [before, id, after, 'msg_abc123']) await store_(one);
    const receipts = [await receive(NOON - DAY_MS), await receive(NOON), await receive(NOON + DAY_MS)] as const;
    const rows = () =>
      db.query(
        `select to_json(m) as message, to_json(p) as part, to_json(e) as event, to_json(a) as attempt, r.id as receipt
         from messages m join message_parts p on p.message_id = m.id join events e on e.message_id = m.id
           join webhook_attempts a on a.message_id = m.id cross join receipts r order by m.id, r.id`,
        [],
      );
    const all = await rows();
    expect(all).toHaveLength(12);
    expect(await addDay(db, '2026-02-27')).toBe(true);
    expect(await rows()).toEqual(all);
    expect(await whereIs(id)).toEqual(allIn('2026-02-27'));
    for (const one of [before, after, 'msg_abc123']) expect(await whereIs(one)).toEqual(allInDefault);
    expect(await Promise.all(receipts.map(whereIsReceipt))).toEqual([
      'receipts_default',
      'receipts_20260227',
      'receipts_default',
    ]);
    // Ids go on where they were.
    expect(await receive(NOON)).toBeGreaterThan(receipts[2]);
  });

  test('stays the only one of its id before and after', async () => {
    const id = idAt(NOON);
    await store_(id);
    await expect(store_(id)).rejects.toMatchObject({ code: '23505' });
    await addDay(db, '2026-02-27');
    await expect(store_(id)).rejects.toMatchObject({ code: '23505' });
  });

  test('is neither lost nor doubled while partitions are made beside it', async () => {
    const { wanted } = await writeBesideMakers(2, 2);
    const count = async (table: string, id: string) =>
      (await db.query<{ id: string }>(`select ${id} as id from ${table} order by 1`, [])).map((row) => row.id);
    expect(await count('messages', 'id')).toEqual(wanted.toSorted());
    for (const table of TABLES.slice(1)) expect(await count(table, 'message_id')).toEqual(wanted.toSorted());
    for (const table of TABLES) {
      expect(await db.query(`select 1 from ${table}_default`, [])).toEqual([]);
    }
  });

  test('is never refused because a partition is being made', async () => {
    expect((await writeBesideMakers(4, 6)).refused).toBe(0);
  });

  /** Several write without a pause, for some days, while those are made. What PostgreSQL refuses is done again. */
  async function writeBesideMakers(writers: number, count: number): Promise<{ wanted: string[]; refused: number }> {
    const wanted: string[] = [];
    let refused = 0;
    let making = true;
    async function untilTaken(work: () => Promise<unknown>): Promise<void> {
      for (;;) {
        const code = await work().then(
          () => undefined,
          (error) => error.code,
        );
        if (code === undefined) return;
        // A deadlock with whoever makes the partition.
        expect(code).toBe('40P01');
        refused += 1;
      }
    }
    const writing = Array.from({ length: writers }, async (_, n) => {
      for (let i = 0; making; i += 1) {
        const id = idAt(NOON + ((i * 7 + n) % count) * DAY_MS);
        await untilTaken(() => store_(id, NOON, n % 2 ? db : otherDb));
        wanted.push(id);
      }
    });
    for (let i = 0; i < count; i += 1) {
      await untilTaken(() => addDay(db, dayOf(NOON + i * DAY_MS)));
    }
    making = false;
    await Promise.all(writing);
    return { wanted, refused };
  }
});

describe('a day that is dropped', () => {
  test('is gone with all its rows, and no other day’s', async () => {
    await addDays(db, at(NOON));
    const [one, two] = [idAt(NOON), idAt(NOON + DAY_MS)];
    for (const id of [one, two, 'msg_abc123']) await store_(id);
    const receipts = [await receive(NOON), await receive(NOON + DAY_MS)] as const;
    await dropDay(db, '2026-02-27');
    expect(await days()).toEqual(['2026-02-28', '2026-03-01', '2026-03-02']);
    expect(await whereIs(one)).toEqual([]);
    expect(await whereIs(two)).toEqual(allIn('2026-02-28'));
    expect(await whereIs('msg_abc123')).toEqual(allInDefault);
    expect(await whereIsReceipt(receipts[0])).toBe(undefined);
    expect(await whereIsReceipt(receipts[1])).toBe('receipts_20260228');
  });

  test('may be dropped again, was perhaps never there, and can be made anew', async () => {
    await dropDay(db, '2026-02-27');
    await addDays(db, at(NOON));
    for (let i = 0; i < 2; i += 1) await dropDay(db, '2026-02-27');
    // What comes late for it is taken nevertheless.
    const id = idAt(NOON);
    await store_(id);
    expect(await whereIs(id)).toEqual(allInDefault);
    expect(await addDays(db, at(NOON))).toBe(1);
    expect(await whereIs(id)).toEqual(allIn('2026-02-27'));
  });
});

describe('days that are over their time', () => {
  const log = createLog('silent');
  const janitor = (now: number, unfinished: (day: Day) => Promise<boolean> = async () => false) =>
    dropDays({ db, clock: at(now), log, days: 7, unfinished });

  test('are dropped when all of the day is, and not before', async () => {
    await addDays(db, at(NOON));
    const midnight = Date.parse('2026-02-28T00:00:00Z');
    expect(await janitor(midnight + 7 * DAY_MS - 1).run()).toBe(0);
    expect(await janitor(midnight + 7 * DAY_MS).run()).toBe(1);
    expect(await days()).toEqual(['2026-02-28', '2026-03-01', '2026-03-02']);
    expect(await janitor(NOON + 30 * DAY_MS).run()).toBe(3);
  });

  test('are kept while there is work about their messages, which is asked for with the bounds of the day', async () => {
    await addDays(db, at(NOON));
    const asked: Day[] = [];
    const kept = janitor(NOON + 30 * DAY_MS, async (day) => {
      asked.push(day);
      return day.day === '2026-02-28';
    });
    expect(await kept.run()).toBe(3);
    expect(await days()).toEqual(['2026-02-28']);
    expect(asked.map(({ day }) => day)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
    expect(asked[0]).toEqual({
      day: '2026-02-27',
      firstId: `msg_${encodeTime(Date.parse('2026-02-27'), 10)}`,
      nextId: `msg_${encodeTime(Date.parse('2026-02-28'), 10)}`,
      starts: new Date('2026-02-27'),
      ends: new Date('2026-02-28'),
    });
  });

  test('take with them what lies in the default partitions and is as old, unless work is left for it', async () => {
    for (const [id, created] of [
      ['msg_old', NOON],
      ['msg_busy', NOON],
      ['msg_new', NOON + 5 * DAY_MS],
    ] as const) {
      await store_(id, created);
    }
    const receipts = [await receive(NOON), await receive(NOON + 5 * DAY_MS)] as const;
    await db.query(
      `insert into jobs (queue, subject, ordinal, client, lane, run_at) values ('webhooks', 'msg_busy', 1, 'c', 'l', now())`,
      [],
    );
    await janitor(NOON + 8 * DAY_MS).run();
    expect(await whereIs('msg_old')).toEqual([]);
    for (const id of ['msg_busy', 'msg_new']) expect(await whereIs(id)).toEqual(allInDefault);
    expect(await Promise.all(receipts.map(whereIsReceipt))).toEqual([undefined, 'receipts_default']);
  });
});

describe('days whose texts are over their time', () => {
  test('are worked through day by day, once, but again as long as something needs its text', async () => {
    await addDays(db, at(NOON));
    let left = 1;
    const seen: string[] = [];
    const { run } = redactDays({
      db,
      clock: at(NOON + 9 * DAY_MS),
      days: 7,
      redactors: [
        async ({ day }) => {
          seen.push(day);
          return { redacted: 2, left: 0 };
        },
        async ({ day }) => ({ redacted: 1, left: day === '2026-02-28' ? left : 0 }),
      ],
    });
    expect(await run()).toBe(6);
    expect(seen).toEqual(['2026-02-27', '2026-02-28']);
    left = 0;
    expect(await run()).toBe(3);
    expect(await run()).toBe(0);
    expect(seen).toEqual(['2026-02-27', '2026-02-28', '2026-02-28']);
  });
});

const SERVER = process.env['TEST_DATABASE_URL'];
const SKIPPED = 'beside other processes (skipped: the embedded store has one, and TEST_DATABASE_URL is not set)';

describe.skipIf(!SERVER)(SERVER ? 'beside other processes' : SKIPPED, () => {
  /** Reads one table, lets `meanwhile` begin and wait, and then reads another one: as a receipt or an outcome is recorded. */
  async function read(first: string, second: string, meanwhile: () => Promise<unknown>): Promise<void> {
    let waiting: Promise<unknown> | undefined;
    const work = db.transaction(async (tx) => {
      await tx.query(first, ['msg_1']);
      waiting = meanwhile();
      waiting.catch(() => undefined);
      await expect.poll(waitsForLock).toBe(true);
      await tx.query(second, ['msg_1']);
    });
    await work;
    await waiting;
  }

  async function waitsForLock(): Promise<boolean> {
    const [row] = await db.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      [],
    );
    return (row?.count ?? 0) > 0;
  }

  const PARTS = 'select 1 from message_parts where message_id = $1';
  const MESSAGES = 'select 1 from messages where id = $1';

  test('a day can be made while somebody reads, who need not wait for it', async () => {
    await read(MESSAGES, MESSAGES, () => addDay(otherDb, '2026-02-27'));
    expect(await days()).toEqual(['2026-02-27']);
  });

  test('a day is made without getting in the way of who reads parts before messages: nobody is refused', async () => {
    await read(PARTS, MESSAGES, () => addDay(otherDb, '2026-02-27'));
    expect(await days()).toEqual(['2026-02-27']);
  });

  test('a day is dropped without getting in the way of who reads parts before messages', async () => {
    await addDays(db, at(NOON));
    await read(PARTS, MESSAGES, () => dropDay(otherDb, '2026-02-27'));
    expect(await days()).toHaveLength(3);
  });
});
