import { expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { ownStore } from '../../test/support/own-store.ts';
import { createSessions, expireSessions } from './sessions.ts';
import { OPERATOR_SECONDS } from './tokens.ts';

const db = ownStore();

test('a session that was ended stays so for as long as its token is good, and is forgotten then', async () => {
  const clock = new TestClock();
  const sessions = createSessions({ db: db(), clock });
  const janitor = expireSessions({ db: db(), clock });
  await sessions.end('one');
  await sessions.end('one');
  clock.advance(OPERATOR_SECONDS * 1000 - 60_000);
  await sessions.end('two');
  expect(await janitor.run()).toBe(0);
  expect([await sessions.hasEnded('one'), await sessions.hasEnded('three')]).toEqual([true, false]);
  clock.advance(60_001);
  expect(await janitor.run()).toBe(1);
  expect([await sessions.hasEnded('one'), await sessions.hasEnded('two')]).toEqual([false, true]);
});

test('what is kept of a token is not the token', async () => {
  await createSessions({ db: db(), clock: new TestClock() }).end('a secret');
  expect(JSON.stringify(await db().query('select * from ended_sessions', []))).not.toContain('secret');
});
