import { expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { ownStore } from '../../test/support/own-store.ts';
import { createSessions, expireSessions } from './sessions.ts';
import { OPERATOR_SECONDS } from './tokens.ts';

const db = ownStore();
const session = (name: string) => ({ id: `id of ${name}`, fingerprint: `fingerprint of ${name}` });

test('An ended session stays ended until its token expires, and its record is deleted then.', async () => {
  const clock = new TestClock();
  const sessions = createSessions({ db: db(), clock });
  const janitor = expireSessions({ db: db(), clock });
  const [one, two, three] = ['one', 'two', 'three'].map(session) as [Ended, Ended, Ended];
  await sessions.end(one);
  await sessions.end(one);
  clock.advance(OPERATOR_SECONDS * 1000 - 60_000);
  await sessions.end(two);
  expect(await janitor.run()).toBe(0);
  expect([await sessions.hasEnded(one), await sessions.hasEnded(three)]).toEqual([true, false]);

  clock.advance(60_001);
  expect(await janitor.run()).toBe(2);
  expect([await sessions.hasEnded(one), await sessions.hasEnded(two)]).toEqual([false, true]);
});

type Ended = ReturnType<typeof session>;

test('A session has ended for both versions of a rolling upgrade, whichever of them recorded it.', async () => {
  const sessions = createSessions({ db: db(), clock: new TestClock() });
  const [before, after] = [session('before'), session('after')];
  // Record and look-up of the previous version.
  await db().query('insert into ended_sessions (id, created_at) values ($1, now())', [before.fingerprint]);
  await sessions.end(after);
  expect(await sessions.hasEnded(before)).toBe(true);
  expect(await db().query('select 1 from ended_sessions where id = $1', [after.fingerprint])).toHaveLength(1);
  expect(await sessions.hasEnded({ ...after, fingerprint: 'of another spelling' })).toBe(true);
});
