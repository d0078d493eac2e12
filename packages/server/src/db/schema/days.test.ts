// @module-tag slow
import fc from 'fast-check';
import { encodeTime } from 'ulidx';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { clearDays, dayRows, idAt, NOON, partitionOf, TABLES } from '../../../test/support/days.ts';
import { type TestStore, testStore } from '../../../test/support/store.ts';
import { sized } from '../../../test/support/thorough.ts';
import type { Db } from '../db.ts';
import { addDay, addDays, DAY_MS, dayOf, dropDay } from './days.ts';

let store: TestStore;
let db: Db;
/** Second process on PostgreSQL. The embedded store has only one. */
let otherDb: Db;

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
  otherDb = db.kind === 'server' ? await store.open() : db;
});
beforeEach(() => clearDays(db));
afterAll(async () => {
  if (otherDb !== db) await otherDb.close();
  await db.close();
  await store.drop();
});

const at = (ms: number) => ({ now: () => ms });
const { days, receive, storeMessage, whereIs, whereIsReceipt } = dayRows(() => db);
const allIn = (day: string) => TABLES.map((table) => partitionOf(table, day));
const allInDefault = TABLES.map((table) => `${table}_default`);

describe('Smallest id of a point in time', () => {
  const moment = fc.oneof(
    fc.integer({ min: 0, max: Date.parse('9999-12-31') }),
    fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2060-01-01') }),
  );

  test('The smallest id begins with the timestamp of a ULID.', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(moment, { minLength: 1, maxLength: 100 }), async (moments) => {
        const rows = await db.query<{ floor: string }>(
          `select ulid_floor(at) as floor from unnest($1::timestamptz[]) with ordinality as t (at, n) order by n`,
          [moments.map((ms) => new Date(ms).toISOString())],
        );
        expect(rows.map(({ floor }) => floor)).toEqual(moments.map((ms) => encodeTime(ms, 10)));
      }),
      { numRuns: sized(30) },
    );
  });

  test('The smallest id is not above any id of its millisecond, and above all ids of the previous one.', async () => {
    await fc.assert(
      fc.asyncProperty(
        // ulidx creates no id for the very first millisecond.
        moment.filter((ms) => ms > 1),
        async (ms) => {
          const [row] = await db.query<{ floor: string }>(`select 'msg_' || ulid_floor($1) as floor`, [new Date(ms)]);
          const floor = row?.floor as string;
          expect(idAt(ms) >= floor).toBe(true);
          expect(idAt(ms - 1) < floor).toBe(true);
        },
      ),
      { numRuns: sized(100) },
    );
  });
});

describe('Day partitions', () => {
  test('Day partitions exist for today and three days ahead, across months, and are created once.', async () => {
    expect(await addDays(db, at(NOON))).toBe(4);
    expect(await days()).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
    expect(await addDays(db, at(NOON))).toBe(0);
    expect(await addDays(db, at(NOON + DAY_MS))).toBe(1);
    expect((await days()).at(-1)).toBe('2026-03-03');
  });

  test('Day partitions are created for the coming days after a month without a process.', async () => {
    await addDays(db, at(NOON));
    expect(await addDays(db, at(NOON + 30 * DAY_MS))).toBe(4);
    expect(await days()).toHaveLength(8);
  });

  test('Day partitions change at midnight UTC, to the millisecond.', async () => {
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
      await storeMessage(id);
      expect(await whereIs(id)).toEqual(allIn(day));
      expect(await whereIsReceipt(await receive(ms))).toBe(partitionOf('receipts', day));
    }
  });

  test('Day partitions have the rows of their ids, regardless of the time of the write.', async () => {
    await addDays(db, at(NOON));
    const start = Date.parse('2026-02-27T00:00:00Z');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 4 * DAY_MS - 1 }),
        fc.integer({ min: -5, max: 5 }),
        async (ms, off) => {
          const id = idAt(start + ms);
          await storeMessage(id, start + off * DAY_MS);
          expect(await whereIs(id)).toEqual(allIn(dayOf(start + ms)));
        },
      ),
      { numRuns: sized(60) },
    );
  });

  test('Day partitions are created once by concurrent processes.', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, (_, i) => addDays(i % 2 ? db : otherDb, at(NOON))));
    expect(made.reduce((sum, added) => sum + added, 0)).toBe(4);
    expect(await days()).toHaveLength(4);
  });

  test('Rows in day partitions and in default partitions are found by id.', async () => {
    await addDays(db, at(NOON));
    const ids = [idAt(NOON), idAt(NOON + 90 * DAY_MS), 'msg_abc123'];
    for (const id of ids) await storeMessage(id);
    const found = await db.query<{ id: string }>('select id from messages where id = any($1) order by id', [ids]);
    expect(found.map(({ id }) => id)).toEqual(ids.toSorted());
  });
});

describe('Row without a day partition', () => {
  test('A row without a day partition is accepted, found and changed.', async () => {
    const id = idAt(NOON);
    await storeMessage(id);
    expect(await whereIs(id)).toEqual(allInDefault);
    expect(await whereIsReceipt(await receive(NOON))).toBe('receipts_default');
    const changed = await db.query(`update messages set status = 'SENDING' where id = $1 returning status`, [id]);
    expect(changed).toEqual([{ status: 'SENDING' }]);
  });

  test('A row moves unchanged into a new day partition, with all rows that belong to it.', async () => {
    const [before, id, after] = [idAt(NOON - DAY_MS), idAt(NOON), idAt(NOON + DAY_MS)];
    for (const one of [before, id, after, 'msg_abc123']) await storeMessage(one);
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
    // Generated ids continue after the last one.
    expect(await receive(NOON)).toBeGreaterThan(receipts[2]);
  });

  test('The id of a row stays unique before and after its day partition is created.', async () => {
    const id = idAt(NOON);
    await storeMessage(id);
    await expect(storeMessage(id)).rejects.toMatchObject({ code: '23505' });
    await addDay(db, '2026-02-27');
    await expect(storeMessage(id)).rejects.toMatchObject({ code: '23505' });
  });

  test('A row is neither lost nor duplicated while day partitions are created.', async () => {
    const { wanted } = await writeBesideMakers(2, 2);
    const count = async (table: string, id: string) =>
      (await db.query<{ id: string }>(`select ${id} as id from ${table} order by 1`, [])).map((row) => row.id);
    expect(await count('messages', 'id')).toEqual(wanted.toSorted());
    for (const table of TABLES.slice(1)) expect(await count(table, 'message_id')).toEqual(wanted.toSorted());
    for (const table of TABLES) {
      expect(await db.query(`select 1 from ${table}_default`, [])).toEqual([]);
    }
  });

  test('A row is never rejected because a day partition is being created.', async () => {
    expect((await writeBesideMakers(4, 6)).refused).toBe(0);
  });

  /**
   * Writes continuously with several writers, for several days whose partitions are being created. Repeats statements
   * that PostgreSQL rejected.
   */
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
        // A deadlock with the creation of the partition.
        expect(code).toBe('40P01');
        refused += 1;
      }
    }
    const writing = Array.from({ length: writers }, async (_, n) => {
      for (let i = 0; making; i += 1) {
        const id = idAt(NOON + ((i * 7 + n) % count) * DAY_MS);
        await untilTaken(() => storeMessage(id, NOON, n % 2 ? db : otherDb));
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

describe('Dropped day', () => {
  test('A dropped day loses all its rows, and no other day loses any.', async () => {
    await addDays(db, at(NOON));
    const [one, two] = [idAt(NOON), idAt(NOON + DAY_MS)];
    for (const id of [one, two, 'msg_abc123']) await storeMessage(id);
    const receipts = [await receive(NOON), await receive(NOON + DAY_MS)] as const;
    await dropDay(db, '2026-02-27');
    expect(await days()).toEqual(['2026-02-28', '2026-03-01', '2026-03-02']);
    expect(await whereIs(one)).toEqual([]);
    expect(await whereIs(two)).toEqual(allIn('2026-02-28'));
    expect(await whereIs('msg_abc123')).toEqual(allInDefault);
    expect(await whereIsReceipt(receipts[0])).toBe(undefined);
    expect(await whereIsReceipt(receipts[1])).toBe('receipts_20260228');
  });

  test('A day may be dropped repeatedly, or before it exists, and can be created again.', async () => {
    await dropDay(db, '2026-02-27');
    await addDays(db, at(NOON));
    for (let i = 0; i < 2; i += 1) await dropDay(db, '2026-02-27');
    // Late rows of the day are accepted nevertheless.
    const id = idAt(NOON);
    await storeMessage(id);
    expect(await whereIs(id)).toEqual(allInDefault);
    expect(await addDays(db, at(NOON))).toBe(1);
    expect(await whereIs(id)).toEqual(allIn('2026-02-27'));
  });
});

const SERVER = process.env['TEST_DATABASE_URL'];
const SKIPPED = 'beside other processes (skipped: the embedded store has one, and TEST_DATABASE_URL is not set)';

describe.skipIf(!SERVER)(SERVER ? 'beside other processes' : SKIPPED, () => {
  /**
   * Reads one table, starts `meanwhile` until it waits for a lock, and reads another table. Receipts and outcomes are
   * recorded like this.
   */
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

  test('A day can be created while a transaction reads, and that transaction does not wait.', async () => {
    await read(MESSAGES, MESSAGES, () => addDay(otherDb, '2026-02-27'));
    expect(await days()).toEqual(['2026-02-27']);
  });

  test('Creating a day does not conflict with a transaction that reads segments before messages.', async () => {
    await read(PARTS, MESSAGES, () => addDay(otherDb, '2026-02-27'));
    expect(await days()).toEqual(['2026-02-27']);
  });

  test('Dropping a day does not conflict with a transaction that reads segments before messages.', async () => {
    await addDays(db, at(NOON));
    await read(PARTS, MESSAGES, () => dropDay(otherDb, '2026-02-27'));
    expect(await days()).toHaveLength(3);
  });
});
