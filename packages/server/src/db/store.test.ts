// Guarantees of `Db` for all modules, on either store.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { onPostgres } from '../../test/support/on-postgres.ts';
import { testStore } from '../../test/support/store.ts';
import { createLog } from '../platform/log.ts';
import { asJson, DatabaseUnavailable, type Db, type Store, storable } from './db.ts';
import { openEmbedded } from './drivers/embedded.ts';
import { SESSION } from './drivers/session.ts';

interface Place {
  /** Opens the same data each time. */
  open(): Promise<Store>;
  drop(): Promise<void>;
}

/** Empty embedded store, regardless of the store of the test run. */
async function embeddedPlace(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'redcloud-store-'));
  return {
    open: () => openEmbedded(directory, createLog('silent')),
    drop: () => rm(directory, { recursive: true, force: true }),
  };
}

describe('Embedded store', () => conformance(embeddedPlace));

onPostgres(() => conformance(testStore));

function conformance(create: () => Promise<Place>): void {
  let place: Place;
  let db: Store;

  beforeAll(async () => {
    place = await create();
    db = await place.open();
    await db.query('create table things (id int8 generated always as identity primary key, name text unique not null)');
  });
  beforeEach(() => db.query('truncate things'));
  afterAll(async () => {
    await db.close();
    await place.drop();
  });

  const add = (name: string, on: Pick<Db, 'query'> = db) => on.query('insert into things (name) values ($1)', [name]);
  const names = async () =>
    (await db.query<{ name: string }>('select name from things order by id', [])).map(({ name }) => name);

  describe('Value', () => {
    const moment = new Date('2026-02-03T04:05:06.789Z');
    const unicode = 'é e\u0301 ж 漢字 😀 👩‍👩‍👧 \u202e " \' \\ $1 \t\r\n \u{10ffff}';
    const value = { a: [1, null, 'é"\\'], b: { c: true, d: 1.5 } };

    const same = (name: string, type: string, given: unknown): [string, string, unknown[], unknown] => [
      name,
      `$1::${type}`,
      [given],
      given,
    ];

    test.each<[string, string, unknown[], unknown]>([
      ['a moment as Date', `'2026-02-03 06:05:06.789+02'::timestamptz`, [], moment],
      same('a moment given and got', 'timestamptz', moment),
      same('a moment before 1970', 'timestamptz', new Date(-1)),
      ['json, parsed', '$1::json', [JSON.stringify(value)], value],
      ['jsonb, parsed', '$1::jsonb', [JSON.stringify(value)], value],
      ['json null as null', `'null'::json`, [], null],
      same('texts as array', 'text[]', ['a', 'b,c', '', '"q"', 'NULL', '{}', 'é\\']),
      same('an empty array', 'text[]', []),
      ['an array with null', `array['a', null]::text[]`, [], ['a', null]],
      same('numbers as array', 'int4[]', [1, -2, 3]),
      same('int2', 'int2', -32_768),
      same('int4', 'int4', 2_147_483_647),
      same('int8 as number', 'int8', Number.MAX_SAFE_INTEGER),
      ['a count as number', '(select count(*) from (values (1), (2)) v (n))', [], 2],
      same('float8', 'float8', 0.1),
      same('boolean', 'boolean', false),
      same('text', 'text', unicode),
      same('an empty text, which is not null', 'text', ''),
      same('text that looks like a number', 'text', '007'),
      same('text of 4 MB', 'text', 'é😀'.repeat(700_000)),
    ])('A value is returned unchanged: %s.', async (_, expression, params, expected) => {
      expect(await db.query(`select ${expression} as value`, params)).toStrictEqual([{ value: expected }]);
    });

    test.each(['text', 'int4', 'int8', 'timestamptz', 'json', 'text[]', 'boolean'])(
      'Null and undefined are returned as null for type %s.',
      async (type) => {
        const rows = await db.query(`select $1::${type} as a, $2::${type} as b`, [null, undefined]);
        expect(rows).toEqual([{ a: null, b: null }]);
      },
    );

    test('Values in a batch of rows are returned unchanged from one JSON parameter.', async () => {
      const rows = Array.from({ length: 1_000 }, (_, i) => ({ i, text: `${unicode} ${i}`, at: moment, none: null }));
      const back = await db.query(
        'select i, text, at, none from json_to_recordset($1::json) as r (i int, text text, at timestamptz, none text)',
        [asJson(rows)],
      );
      expect(back).toEqual(rows);
    });

    test('Any text is accepted after `storable`.', async () => {
      const [row] = await db.query('select $1::text as value', [storable('a\0b \ud83d \ude00 😀')]);
      expect(row).toEqual({ value: 'a\ufffdb \ufffd \ufffd 😀' });
    });
  });

  describe('Query', () => {
    test('A query without rows returns an empty array.', async () => {
      expect(await db.query('select 1 where false', [])).toEqual([]);
      expect(await add('a')).toEqual([]);
      expect(await db.query('create temp table short_lived (a int)')).toEqual([]);
    });

    test('A query without parameters may have several statements, and returns the rows of the last one.', async () => {
      const rows = await db.query(`insert into things (name) values ('a'), ('b'); select count(*) from things`);
      expect(rows).toEqual([{ count: 2 }]);
    });

    test('A query of several statements is executed completely or not at all.', async () => {
      const text = `insert into things (name) values ('a'); insert into things (name) values ('a')`;
      await expect(db.query(text)).rejects.toMatchObject({ code: '23505' });
      expect(await names()).toEqual([]);
    });

    test('A query returns the rows of a RETURNING clause.', async () => {
      const rows = await db.query('insert into things (name) values ($1), ($2) returning name', ['a', 'b']);
      expect(rows).toEqual([{ name: 'a' }, { name: 'b' }]);
    });

    test('Each query gets its own response, regardless of the number of concurrent queries.', async () => {
      const asked = Array.from({ length: 100 }, (_, i) => i);
      const answers = await Promise.all(asked.map((i) => db.query(`select $1::int as i, ${i % 7} as k`, [i])));
      expect(answers).toEqual(asked.map((i) => [{ i, k: i % 7 }]));
    });
  });

  describe('Error of a statement', () => {
    const CASES: [string, string, unknown[] | undefined][] = [
      ['42601', 'selekt 1', []],
      ['42601', 'selekt 1', undefined],
      ['42P01', 'select 1 from absent', []],
      ['42703', 'select absent from things', []],
      ['23505', `insert into things (name) values ($1), ($1)`, ['twice']],
      ['23502', 'insert into things (name) values ($1)', [null]],
      ['22P02', 'select $1::int as i', ['x']],
      ['22P02', 'select $1::json as j', ['{']],
      ['22012', 'select 1 / $1::int', [0]],
      ['22021', 'select $1::text', ['a\0b']],
    ];

    test.each(CASES)('An error has SQLSTATE %s, and the store stays usable: %s', async (code, sql, params) => {
      await expect(db.query(sql, params)).rejects.toMatchObject({ code, message: expect.stringMatching(/./) });
      expect(await db.query('select $1::int as i', [7])).toEqual([{ i: 7 }]);
    });

    test('A statement that worked before stays usable after an error.', async () => {
      const sql = 'select 10 / $1::int as i';
      for (const [divisor, expected] of [
        [2, 5],
        [0, undefined],
        [5, 2],
      ] as const) {
        const rows = await db.query(sql, [divisor]).catch(() => undefined);
        expect(rows).toEqual(expected === undefined ? undefined : [{ i: expected }]);
      }
    });

    test('An error of a constraint has its name.', async () => {
      await add('a');
      await expect(add('a')).rejects.toMatchObject({
        constraint: 'things_name_key',
        detail: expect.stringMatching(/\(a\)/),
      });
    });

    test('An error of one query does not affect concurrent queries.', async () => {
      const answers = await Promise.allSettled([add('a'), add('a'), add('b'), db.query('selekt', []), add('c')]);
      expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(2);
      expect((await names()).toSorted()).toEqual(['a', 'b', 'c']);
    });
  });

  describe('Transaction', () => {
    test('A transaction commits when its work resolves, and returns the result.', async () => {
      const result = await db.transaction(async (tx) => {
        await add('a', tx);
        await add('b', tx);
        return 'result';
      });
      expect([result, await names()]).toEqual(['result', ['a', 'b']]);
    });

    test('A transaction has no effect when its work rejects, and rejects with the same error.', async () => {
      const reason = new Error('no');
      const refused = db.transaction(async (tx) => {
        await add('a', tx);
        throw reason;
      });
      await expect(refused).rejects.toBe(reason);
      expect(await names()).toEqual([]);
    });

    test('A transaction has no effect when a statement fails, and rejects with its error.', async () => {
      const refused = db.transaction(async (tx) => {
        await add('a', tx);
        await add('a', tx);
      });
      await expect(refused).rejects.toMatchObject({ code: '23505' });
      expect(await names()).toEqual([]);
      await db.transaction((tx) => add('b', tx));
      expect(await names()).toEqual(['b']);
    });

    test('A transaction resolves only if it was committed.', async () => {
      // After a failed statement, PostgreSQL turns the COMMIT into a ROLLBACK without an error.
      const outcome = await db
        .transaction(async (tx) => {
          await add('a', tx);
          await tx.query('select 1 / $1::int', [0]).catch(() => undefined);
        })
        .then(
          () => 'resolved',
          () => 'rejected',
        );
      expect([outcome, await names()]).toEqual(outcome === 'resolved' ? ['resolved', ['a']] : ['rejected', []]);
    });

    test('A transaction sees its own writes, and a concurrent query sees all of them or none.', async () => {
      let meanwhile: Promise<{ count: number }[]> | undefined;
      await db.transaction(async (tx) => {
        await add('a', tx);
        meanwhile = db.query<{ count: number }>('select count(*) from things', []);
        expect(await tx.query('select count(*) from things', [])).toEqual([{ count: 1 }]);
        await add('b', tx);
      });
      const [seen] = (await meanwhile) ?? [];
      expect([0, 2]).toContain(seen?.count);
    });

    test('A rollback does not undo a concurrent query outside of the transaction.', async () => {
      let meanwhile: Promise<unknown> | undefined;
      const refused = db.transaction(async (tx) => {
        await add('inside', tx);
        meanwhile = add('outside');
        await tx.query('select 1', []);
        throw new Error('no');
      });
      await expect(refused).rejects.toThrow('no');
      await meanwhile;
      expect(await names()).toEqual(['outside']);
    });

    test('A transaction never mixes with concurrent ones.', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          db.transaction(async (tx) => {
            await add(`${i} first`, tx);
            await tx.query('select 1', []);
            if (i % 3 === 0) throw new Error('no');
            await add(`${i} second`, tx);
          }),
        ),
      );
      const kept = outcomes.flatMap(({ status }, i) => (status === 'fulfilled' ? [`${i} first`, `${i} second`] : []));
      expect(kept).toHaveLength(26);
      expect((await names()).toSorted()).toEqual(kept.toSorted());
    });

    test('A transaction can roll back a change of the schema.', async () => {
      const refused = db.transaction(async (tx) => {
        await tx.query('create table more (a int); insert into more values (1)');
        throw new Error('no');
      });
      await expect(refused).rejects.toThrow('no');
      await expect(db.query('select 1 from more', [])).rejects.toMatchObject({ code: '42P01' });
    });
  });

  test('A session has the parameters that this code relies on, regardless of defaults of the database.', async () => {
    const [{ name } = { name: '' }] = await db.query<{ name: string }>('select current_database() as name', []);
    const hostile = { datestyle: 'German, DMY', standard_conforming_strings: 'off', extra_float_digits: '-15' };
    for (const [key, value] of Object.entries(hostile)) {
      await db.query(`alter database "${name}" set ${key} = '${value}'`);
    }
    await db.close();
    db = await place.open();
    const rows = await db.query<{ name: string; setting: string }>(
      'select name, setting, context from pg_settings where lower(name) = any($1)',
      [Object.keys(SESSION)],
    );
    const settings = Object.fromEntries(rows.map((row) => [row.name.toLowerCase(), row.setting]));
    expect(settings).toEqual(SESSION);
    // Any role may set these parameters.
    expect(rows).toEqual(rows.map((row) => ({ ...row, context: 'user' })));
    const at = new Date('2026-02-03T04:05:06.789Z');
    const [row] = await db.query(`select $1::timestamptz as at, 0.1::float8 + 0.2::float8 as sum, '\\n' as text`, [at]);
    expect(row).toEqual({ at, sum: 0.1 + 0.2, text: '\\n' });
  });

  test('A store that rejected a write is ready again after a probe, which leaves no table.', async () => {
    await db.ready();
    const reading = db.transaction(async (tx) => {
      await tx.query('set transaction read only', []);
      await add('a', tx);
    });
    await expect(reading).rejects.toBeInstanceOf(DatabaseUnavailable);
    await db.ready();
    await db.ready();
    expect(await db.query(`select to_regclass('redcloud_probe') as probe`, [])).toEqual([{ probe: null }]);
  });

  describe('Wake-up', () => {
    test('A wake-up reaches only listeners of its topic, until they are removed.', async () => {
      const heard: string[] = [];
      const stop = db.onWake('outbound', () => heard.push('first'));
      const stopSecond = db.onWake('outbound', () => heard.push('second'));
      const stopOther = db.onWake('webhooks', () => heard.push('other'));
      db.wake('outbound');
      expect(heard.toSorted()).toEqual(['first', 'second']);
      stop();
      stopSecond();
      stopOther();
      db.wake('outbound');
      expect(heard).toHaveLength(2);
    });

    test('A wake-up without listeners has no effect.', () => {
      expect(() => db.wake('unheard')).not.toThrow();
    });
  });

  describe('Closed store', () => {
    test('A closed store has its committed data when it is opened again.', async () => {
      await add('kept');
      await db.close();
      db = await place.open();
      expect(await names()).toEqual(['kept']);
    });

    test('A store finishes the transaction under way before it closes.', async () => {
      const begun = Promise.withResolvers<void>();
      const last = db.transaction(async (tx) => {
        begun.resolve();
        await add('a', tx);
        await add('b', tx);
      });
      await begun.promise;
      await db.close();
      await last;
      db = await place.open();
      expect(await names()).toEqual(['a', 'b']);
    });

    test('A closed store rejects queries and transactions with DatabaseUnavailable.', async () => {
      const closed = await reopened();
      await closed.close();
      db = await place.open();
      await expect(closed.query('select 1', [])).rejects.toBeInstanceOf(DatabaseUnavailable);
      await expect(closed.query('select 1')).rejects.toBeInstanceOf(DatabaseUnavailable);
      await expect(closed.transaction((tx) => add('a', tx))).rejects.toBeInstanceOf(DatabaseUnavailable);
      expect(() => closed.wake('outbound')).not.toThrow();
    });

    async function reopened(): Promise<Store> {
      await db.close();
      return place.open();
    }
  });
}
