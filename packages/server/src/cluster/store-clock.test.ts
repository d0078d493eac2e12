import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { DatabaseUnavailable, type Db } from '../db/db.ts';
import { createLog } from '../platform/log.ts';
import { followStore, type StoreClock } from './store-clock.ts';

const RESYNC_MS = 1_500;
const LONG_AGO = Date.parse('2001-02-03T04:05:06Z');

let clock: StoreClock | undefined;

afterEach(() => {
  clock?.stop();
  clock = undefined;
  vi.useRealTimers();
});

/** Lines that were written to a log. */
function logged() {
  const lines: Record<string, unknown>[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

describe('Clock that follows a store', () => {
  /** Store whose clock is ahead of the monotonic clock, and whose responses take some time in each direction. */
  function storeOf({ ahead = LONG_AGO, thereMs = 0, backMs = 0 } = {}) {
    const state = { ahead, thereMs, backMs, away: false, asked: 0 };
    const db = {
      kind: 'server',
      async query() {
        state.asked += 1;
        if (state.away) throw new DatabaseUnavailable('away');
        vi.advanceTimersByTime(state.thereMs);
        const ms = state.ahead + performance.now();
        vi.advanceTimersByTime(state.backMs);
        return [{ ms }];
      },
    } as unknown as Db;
    return { state, db };
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
  });

  async function resync(): Promise<void> {
    vi.advanceTimersByTime(RESYNC_MS);
    await nextTurn();
  }

  const difference = (ahead: number) => (clock as StoreClock).now() - (ahead + performance.now());

  test('A clock starts with the time of the store, and follows the monotonic clock between queries.', async () => {
    const { state, db } = storeOf();
    clock = await followStore(db, createLog('silent'));
    expect(clock.now()).toBe(Math.floor(LONG_AGO + performance.now()));
    vi.advanceTimersByTime(RESYNC_MS - 1);
    expect(state.asked).toBe(1);
    expect(clock.now()).toBe(Math.floor(LONG_AGO + performance.now()));
  });

  test('A clock is off by at most half of the response time.', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), async (thereMs, backMs) => {
        const { db } = storeOf({ thereMs, backMs });
        clock = await followStore(db, createLog('silent'));
        expect(Math.abs(difference(LONG_AGO))).toBeLessThanOrEqual((thereMs + backMs) / 2 + 1);
        clock.stop();
      }),
    );
  });

  test('A clock adopts a difference only when it exceeds the uncertainty of the response.', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -900, max: 900 }),
        fc.integer({ min: 0, max: 400 }),
        async (off, eachWayMs) => {
          const { state, db } = storeOf();
          clock = await followStore(db, createLog('silent'));
          Object.assign(state, { ahead: LONG_AGO + off, thereMs: eachWayMs, backMs: eachWayMs });
          await resync();
          const taken = Math.abs(off) > eachWayMs;
          expect(Math.abs(difference(taken ? LONG_AGO + off : LONG_AGO))).toBeLessThanOrEqual(1);
          clock.stop();
        },
      ),
    );
  });

  test.each([3_600_000, -3_600_000])('A clock follows a jump of the store by %i ms, and logs it.', async (jump) => {
    const { log, lines } = logged();
    const { state, db } = storeOf();
    clock = await followStore(db, log);
    state.ahead += jump;
    expect(Math.abs(difference(LONG_AGO))).toBeLessThanOrEqual(1);
    await resync();
    expect(Math.abs(difference(LONG_AGO + jump))).toBeLessThanOrEqual(1);
    expect(lines).toMatchObject([{ level: 'warn', event: 'store_clock_jumped', ms: jump }]);
    await resync();
    expect(lines).toHaveLength(1);
  });

  test('A clock follows a store that runs faster or slower, without a log line.', async () => {
    const { log, lines } = logged();
    const { state, db } = storeOf();
    clock = await followStore(db, log);
    for (let i = 1; i <= 20; i += 1) {
      state.ahead += i % 5 === 0 ? -20 : 15;
      await resync();
      expect(Math.abs(difference(state.ahead))).toBeLessThanOrEqual(1);
    }
    expect(lines).toEqual([]);
  });

  test('A clock continues while the store is unavailable, and follows it again afterwards.', async () => {
    const { state, db } = storeOf();
    clock = await followStore(db, createLog('silent'));
    state.away = true;
    for (let i = 0; i < 3; i += 1) await resync();
    expect(state.asked).toBe(4);
    expect(Math.abs(difference(LONG_AGO))).toBeLessThanOrEqual(1);
    state.away = false;
    state.ahead += 5_000;
    await resync();
    expect(Math.abs(difference(LONG_AGO + 5_000))).toBeLessThanOrEqual(1);
  });

  test('A clock does not start without the store.', async () => {
    const { state, db } = storeOf();
    state.away = true;
    await expect(followStore(db, createLog('silent'))).rejects.toBeInstanceOf(DatabaseUnavailable);
  });

  test('A stopped clock sends no more queries.', async () => {
    const { state, db } = storeOf();
    clock = await followStore(db, createLog('silent'));
    clock.stop();
    await resync();
    expect(state.asked).toBe(1);
  });
});

const SERVER = process.env['TEST_DATABASE_URL'];
const SKIPPED = 'PostgreSQL’s clock (skipped: TEST_DATABASE_URL is not set)';

describe.skipIf(!SERVER)(SERVER ? 'PostgreSQL’s clock' : SKIPPED, () => {
  let store: TestStore;
  let db: Db;

  beforeAll(async () => {
    store = await testStore();
    db = await store.open();
  });
  afterAll(async () => {
    await db.close();
    await store.drop();
  });

  /** Expects the time of the clock to lie between two readings of the database clock. */
  async function expectDatabaseTime(): Promise<void> {
    const ask = async () =>
      (await db.query<{ at: Date }>('select clock_timestamp() as at', []))[0]?.at.getTime() as number;
    const before = await ask();
    const said = clock?.now() as number;
    const after = await ask();
    const doubtMs = 500;
    expect(said).toBeGreaterThanOrEqual(before - doubtMs);
    expect(said).toBeLessThanOrEqual(after + doubtMs);
  }

  test('A change of this machine’s clock does not affect the store clock, leases or schedules.', async () => {
    clock = await followStore(db, createLog('silent'));
    await expectDatabaseTime();
    vi.useFakeTimers({ toFake: ['Date'] });
    for (const jump of [-86_400_000, 86_400_000, 365 * 86_400_000]) {
      vi.setSystemTime(Date.now() + jump);
      await expectDatabaseTime();
    }
    vi.setSystemTime(0);
    const second = await followStore(db, createLog('silent'));
    await expectDatabaseTime();
    expect(Math.abs(second.now() - (clock?.now() as number))).toBeLessThan(500);
    second.stop();
  });

  test('Two processes with their own connections have the same time.', async () => {
    const otherDb = await store.open();
    clock = await followStore(db, createLog('silent'));
    const other = await followStore(otherDb, createLog('silent'));
    expect(Math.abs(other.now() - clock.now())).toBeLessThan(500);
    other.stop();
    await otherDb.close();
  });
});
