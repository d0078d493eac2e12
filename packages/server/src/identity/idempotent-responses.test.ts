import { beforeEach, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { ownStore } from '../../test/support/own-store.ts';
import { createIdempotentResponses, expireAnswers, type Repeat } from './idempotent-responses.ts';
import { createKeys } from './keys.ts';

const db = ownStore();
const repeat: Repeat = { asker: 'operator', key: 'one', fingerprint: 'f' };

let clock: TestClock;
let once: ReturnType<typeof createIdempotentResponses>;
let done: number;

beforeEach(async () => {
  await db().query('truncate kept_answers', []);
  clock = new TestClock();
  once = createIdempotentResponses({ db: db(), keys: createKeys(Buffer.alloc(32)), clock });
  done = 0;
});

const work = async () => {
  done += 1;
  return { secret: `rc_secret_${done}`, at: new Date(clock.now()), nothing: null };
};

test('A repeat under the same key runs nothing and returns the same response, including dates.', async () => {
  const first = await once(repeat, work);
  expect(first).toEqual({ secret: 'rc_secret_1', at: expect.any(Date), nothing: null, replayed: false });
  clock.advance(60_000);
  expect(await once(repeat, work)).toEqual({ ...first, replayed: true });
  expect(done).toBe(1);
});

test('One of many concurrent requests under one key runs, and all get its response.', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => once(repeat, work)));
  expect(new Set(all.map(({ secret }) => secret))).toEqual(new Set(['rc_secret_1']));
  expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1);
});

test('A key is scoped to its owner, and valid for one request only.', async () => {
  await once(repeat, work);
  expect((await once({ ...repeat, asker: 'client_other' }, work)).replayed).toBe(false);
  await expect(once({ ...repeat, fingerprint: 'other' }, work)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await once(undefined, work)).replayed).toBe(false);
});

test('A failed request changes nothing and leaves its key unused.', async () => {
  const failing = once(repeat, async (tx) => {
    await tx.query("insert into accounts values ('acc_half', 'Half', 'ACTIVE', now(), now())", []);
    throw new Error('half way');
  });
  await expect(failing).rejects.toThrow('half way');
  expect(await db().query("select 1 from accounts where id = 'acc_half'", [])).toEqual([]);
  expect((await once(repeat, work)).replayed).toBe(false);
});

test('The response is stored encrypted, and for one day.', async () => {
  await once(repeat, work);
  const rows = await db().query<{ answer: string }>('select answer from kept_answers', []);
  const plain = Buffer.from(rows[0]?.answer ?? '', 'base64').toString('latin1');
  expect([JSON.stringify(rows), plain].join()).not.toContain('rc_secret_1');
  const other = createIdempotentResponses({ db: db(), keys: createKeys(Buffer.alloc(32, 1)), clock });
  await expect(other(repeat, work)).rejects.toThrow('RC_SECRET_KEY');

  const janitor = expireAnswers({ db: db(), clock });
  clock.advance(86_400_000 - 60_000);
  expect(await janitor.run()).toBe(0);
  clock.advance(60_001);
  expect(await janitor.run()).toBe(1);
});
