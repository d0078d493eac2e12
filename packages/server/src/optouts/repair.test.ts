import { Registry } from 'prom-client';
import { beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { ownStore } from '../../test/support/own-store.ts';
import { NO_POOLS } from '../../test/support/pools.ts';
import { createOptOutMetrics } from './metrics.ts';
import { OptOuts } from './optouts.ts';
import { createRepair, type FaultyOptOut, FIRST, type Repair } from './repair.ts';

const db = ownStore();
const WRONG = '+115550104321';
const RIGHT = '+15550104321';
const pair = { apiClientId: 'client_1', numberId: 'num_1' };

let clock: TestClock;
let optOuts: OptOuts;
let repair: Repair;

beforeEach(async () => {
  await db().query('truncate opt_outs; truncate opt_out_changes');
  clock = new TestClock();
  optOuts = new OptOuts({ ...NO_POOLS, db: db(), clock, metrics: createOptOutMetrics(new Registry()) });
  repair = createRepair({ db: db(), clock, e164Of: async () => '+15551234567' });
});

const stop = (recipient: string, more: Partial<typeof pair> = {}) =>
  optOuts.add({ ...pair, ...more, recipient, origin: 'HANDSET', keyword: 'STOP', messageId: `msg_${recipient}` });

const standing = async () =>
  (await db().query<{ recipient: string }>('select recipient from opt_outs order by 1', [])).map(
    (row) => row.recipient,
  );

const history = () =>
  db().query(
    `select recipient, change, origin, keyword, note, message_id as "messageId" from opt_out_changes where id > $1 order by id`,
    [0],
  );

const actions = (found: readonly FaultyOptOut[]) => found.map(({ recipient, action }) => [recipient, action]);

describe('Repair of opt-outs', () => {
  test('A repair moves the origin, keyword and time of the faulty opt-out to its correction.', async () => {
    await stop(WRONG);
    const [{ createdAt } = {}] = await db().query<{ createdAt: Date }>(
      'select created_at as "createdAt" from opt_outs',
      [],
    );
    clock.advance(60_000);
    const { optOuts: done, next } = await repair.repair(FIRST, 100);
    expect(done).toEqual([
      {
        ...pair,
        recipient: WRONG,
        origin: 'HANDSET',
        createdAt,
        ...{ fault: 'IMPOSSIBLE', corrections: [RIGHT], action: 'REPLACE' },
      },
    ]);
    expect(next).toBeUndefined();
    expect(
      await db().query('select recipient, origin, keyword, note, created_at as "createdAt" from opt_outs', []),
    ).toEqual([{ recipient: RIGHT, origin: 'HANDSET', keyword: 'STOP', note: null, createdAt }]);
    const messageId = `msg_${WRONG}`;
    expect(await history()).toEqual([
      { recipient: WRONG, change: 'OPTED_OUT', origin: 'HANDSET', keyword: 'STOP', note: null, messageId },
      {
        ...{ recipient: RIGHT, change: 'OPTED_OUT', origin: 'HANDSET', keyword: 'STOP' },
        ...{ note: `Corrected from ${WRONG}`, messageId },
      },
      {
        ...{ recipient: WRONG, change: 'OPTED_IN', origin: 'API', keyword: null },
        ...{ note: `Corrected to ${RIGHT}`, messageId: null },
      },
    ]);
    expect((await repair.page(FIRST, 100)).optOuts).toEqual([]);
  });

  test('A repair takes effect at once for a sender that has cached the opt-outs of the number.', async () => {
    await stop(WRONG);
    const asked = { ...pair, scopes: [pair.numberId], recipients: [RIGHT] };
    expect((await optOuts.among(asked)).size).toBe(0);
    await repair.repair(FIRST, 100);
    expect([...(await optOuts.among(asked))]).toEqual([RIGHT]);
  });

  test('A repair removes the faulty opt-out if the correction is already opted out.', async () => {
    await stop(WRONG);
    await optOuts.add({ ...pair, recipient: RIGHT, origin: 'API', note: 'by phone' });
    expect(actions((await repair.repair(FIRST, 100)).optOuts)).toEqual([[WRONG, 'REMOVE']]);
    expect(await db().query('select recipient, origin, note from opt_outs', [])).toEqual([
      { recipient: RIGHT, origin: 'API', note: 'by phone' },
    ]);
  });

  test('A repair adds the correction of a doubtful opt-out, keeps both and does not report it again.', async () => {
    await stop('+39612345678');
    expect(actions((await repair.repair(FIRST, 100)).optOuts)).toEqual([['+39612345678', 'ADD']]);
    expect(await standing()).toEqual(['+390612345678', '+39612345678']);
    expect((await repair.page(FIRST, 100)).optOuts).toEqual([]);
  });

  test('A repair skips short codes, names, and recipients without a correction or with a later opt-in.', async () => {
    const kept = ['+99912345678', '12345', '+1555010', 'RedBank', RIGHT];
    for (const recipient of kept) await stop(recipient);
    await stop('+115550104322');
    await optOuts.add({ ...pair, recipient: '+15550104322', origin: 'API' });
    clock.advance(1);
    await optOuts.remove({ ...pair, recipient: '+15550104322', origin: 'API' });
    const before = await standing();
    const { optOuts: found } = await repair.repair(FIRST, 100);
    expect(actions(found).toSorted()).toEqual([
      ['+115550104322', 'NONE'],
      ['+1555010', 'NONE'],
      ['+99912345678', 'NONE'],
    ]);
    expect(await standing()).toEqual(before);
  });

  test('A repair is limited to one client and number. The same recipient elsewhere is separate.', async () => {
    await stop(WRONG);
    await stop(WRONG, { numberId: 'num_2' });
    await stop(RIGHT, { apiClientId: 'client_2' });
    await repair.repair(FIRST, 100);
    expect(
      await db().query('select api_client_id as c, number_id as n, recipient as r from opt_outs order by 1, 2', []),
    ).toEqual([
      { c: 'client_1', n: 'num_1', r: RIGHT },
      { c: 'client_1', n: 'num_2', r: RIGHT },
      { c: 'client_2', n: 'num_1', r: RIGHT },
    ]);
  });

  test('Concurrent repairs apply each change once.', async () => {
    await stop(WRONG);
    await Promise.all([repair.repair(FIRST, 100), repair.repair(FIRST, 100), stop(RIGHT)]);
    expect(await standing()).toEqual([RIGHT]);
    const changes = (await history()).map(({ recipient, change }) => `${change} ${recipient}`);
    expect(changes.filter((one) => one === `OPTED_IN ${WRONG}`)).toHaveLength(1);
    expect(changes.filter((one) => one === `OPTED_OUT ${RIGHT}`)).toHaveLength(1);
  });

  test('A repair processes any number of opt-outs page by page, and a listing changes none of them.', async () => {
    await db().query(
      `insert into opt_outs (api_client_id, number_id, recipient, origin, created_at)
       select 'client_1', 'num_1', '+1' || (case when n % 100 = 0 then '1555' else '555' end) || (1000000 + n), 'API', now()
       from generate_series(1, 2500) as n`,
      [],
    );
    expect(await repair.count(new AbortController().signal)).toBe(25);
    const before = await standing();
    const seen: string[] = [];
    for (let after = FIRST, more = true; more; ) {
      const { optOuts: found, next } = await repair.page(after, 7);
      expect(found.length).toBeLessThanOrEqual(7);
      seen.push(...found.map(({ recipient }) => recipient));
      more = next !== undefined;
      after = next ?? FIRST;
    }
    expect(new Set(seen).size).toBe(25);
    expect(await standing()).toEqual(before);
    for (let after = FIRST, more = true; more; ) {
      const { next } = await repair.repair(after, 7);
      more = next !== undefined;
      after = next ?? FIRST;
    }
    expect(await repair.count(new AbortController().signal)).toBe(0);
    expect(await standing()).toHaveLength(2500);
  });
});
