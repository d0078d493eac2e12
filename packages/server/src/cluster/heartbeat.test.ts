import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { BEAT_MS, idOf, withProcesses } from '../../test/support/processes.ts';
import { DatabaseUnavailable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import { nameOf } from '../queue/job.ts';
import { ALIVE_MS } from './heartbeat.ts';
import { LINK_REPORTS } from './sql.ts';

const { db, clock, createProcess, startProcess, elapse, add, claim, bind, known, bound, leased } = withProcesses();

describe('Process with heartbeats', () => {
  test('A process is alive as soon as the store has its heartbeat, and not before.', async () => {
    const one = createProcess();
    expect(one.heartbeat.alive()).toBe(false);
    expect(await claim(one)).toEqual([]);
    await one.heartbeat.start();
    expect(one.heartbeat.alive()).toBe(true);
    expect(one.calls.alive).toBe(1);
    const rows = await db().query('select id, pid, roles, started_at as "startedAt" from processes', []);
    expect(rows).toEqual([
      { id: one.heartbeat.id, pid: process.pid, roles: ['api', 'outbound'], startedAt: new Date(clock().now()) },
    ]);
  });

  test('A link whose reason has characters that the store does not accept hides no other link.', async () => {
    const [one, two] = [createProcess(), createProcess()];
    one.heartbeat.report(async () => ({ links: [{ name: 'odd', state: 'down', reason: 'a\0b \ud83d' }] }));
    two.heartbeat.report(async () => ({ links: [{ name: 'acme', state: 'up' }] }));
    for (const { heartbeat } of [one, two]) await heartbeat.start();
    const rows = await run(db(), LINK_REPORTS, new Date(clock().now()));
    const links = new Set(rows.flatMap(({ links }) => links as object[]));
    const odd = { name: 'odd', state: 'down', reason: 'a\ufffdb \ufffd' };
    expect(links).toEqual(new Set([odd, { name: 'acme', state: 'up' }]));
  });

  test('A process does not start without the store.', async () => {
    const one = createProcess();
    one.cut();
    await expect(one.heartbeat.start()).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(one.heartbeat.alive()).toBe(false);
  });

  test('A process with heartbeats stays alive and keeps its leases for any length of time.', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await add(4);
    const jobs = await claim(one, 2);
    await bind(idOf(one));
    await elapse(60_000, () => expect([one, two].map(({ heartbeat }) => heartbeat.alive())).toEqual([true, true]));
    expect(await known()).toEqual([idOf(one), idOf(two)].toSorted());
    expect(await leased()).toEqual([idOf(one), idOf(one)]);
    expect(await bound()).toBe(idOf(one));
    expect(await one.queue.finish(db(), jobs)).toEqual(new Set(jobs.map(nameOf)));
    expect([one.calls, two.calls]).toEqual(Array(2).fill({ alive: 1, freed: 0 }));
  });

  test('A process survives one or two lost heartbeats.', async () => {
    const [one] = [await startProcess(), await startProcess()];
    await add(1);
    await claim(one);
    for (let i = 0; i < 5; i += 1) {
      one.cut();
      await elapse(2 * BEAT_MS);
      one.restore();
      await elapse(BEAT_MS, () => expect(one.heartbeat.alive()).toBe(true));
    }
    expect(await leased()).toEqual([idOf(one)]);
  });

  test('A stopped process removes its heartbeat and sends no further ones.', async () => {
    const one = await startProcess();
    const stopped = one.heartbeat.stop();
    vi.advanceTimersByTime(BEAT_MS);
    await stopped;
    expect(one.heartbeat.alive()).toBe(false);
    expect(await claim(one)).toEqual([]);
    await elapse(3 * BEAT_MS);
    expect(await known()).toEqual([]);
  });

  test('A process that stops during a heartbeat removes its heartbeat.', async () => {
    const one = await startProcess();
    const { promise, resolve } = Promise.withResolvers<void>();
    one.intercept(/insert into processes/, () => promise);
    vi.advanceTimersByTime(BEAT_MS);
    await nextTurn();
    expect(one.busy()).toBe(1);
    const stopped = one.heartbeat.stop();
    resolve();
    await stopped;
    expect(await known()).toEqual([]);
    expect(one.heartbeat.alive()).toBe(false);
  });

  test('A stopped process releases its leases at once.', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await add(1);
    await elapse(ALIVE_MS + BEAT_MS);
    await claim(one);
    await one.heartbeat.stop();
    await elapse(BEAT_MS);
    expect(await claim(two)).toMatchObject([{ interrupted: true }]);
  });
});

describe('Start of a process', () => {
  test('A start on an embedded store evicts all other processes, regardless of their heartbeats.', async () => {
    const before = await startProcess();
    await add(2);
    await claim(before, 1);
    await bind(idOf(before));
    const after = await startProcess('embedded');
    expect(await known()).toEqual([idOf(after)]);
    expect(await leased()).toEqual([]);
    expect(await bound()).toBe(null);
    expect(await claim(after)).toMatchObject([{ interrupted: true }, { interrupted: false }]);
  });

  test('A start on an embedded store releases the leases of unknown processes.', async () => {
    await add(1);
    await db().query(`update jobs set leased_by = 'prc_gone', lease = 3, attempt = 1`, []);
    await bind('prc_gone');
    const after = await startProcess('embedded');
    expect(await bound()).toBe(null);
    expect(await claim(after)).toMatchObject([{ attempt: 1, interrupted: true }]);
  });

  test('A start on a server evicts no process.', async () => {
    const before = await startProcess();
    await add(1);
    await claim(before);
    await startProcess('server');
    expect(await leased()).toEqual([idOf(before)]);
  });
});
