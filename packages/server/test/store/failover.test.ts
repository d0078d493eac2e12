// @module-tag slow
// The database server changes: two real servers with streaming replication, and Red Cloud in processes of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DatabaseUnavailable } from '#db/db.ts';
import { openStore } from '#db/drivers/open.ts';
import { createLog } from '#platform/log.ts';
import { noCluster } from '../crash/cluster.ts';
import { Replicas, type Replication } from '../crash/replicas.ts';
import { timesTaken } from '../support/ledger.ts';
import { type RedCloudProcess, runCommand, startProcess } from '../support/process.ts';
import { SCRATCH } from '../support/scratch.ts';

const why = noCluster();
const TIMEOUT_MS = 120_000;
const WAIT = { timeout: 30_000, interval: 100 };

describe.skipIf(why)(`Failover of the database${why ? ` (${why})` : ''}`, { timeout: TIMEOUT_MS }, () => {
  let dataDir: string;
  let replicas: Replicas;
  let databaseUrl: string;
  const processes: RedCloudProcess[] = [];

  beforeEach(() => {
    dataDir = mkdtempSync(join(SCRATCH, 'redcloud-failover-'));
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((one) => one.kill()));
    await replicas.end();
    rmSync(dataDir, { recursive: true, force: true });
  }, TIMEOUT_MS);

  async function prepare(replication: Replication, servers = 2): Promise<void> {
    replicas = await Replicas.start(replication);
    if (servers === 3) await replicas.addThird();
    databaseUrl = await replicas.database();
  }

  async function start(env: Record<string, string> = {}): Promise<RedCloudProcess> {
    const store = { databaseUrl, dataDir } as Parameters<typeof startProcess>[0];
    const started = await startProcess(store, env);
    processes.push(started);
    return started;
  }

  function call(process: RedCloudProcess, path: string, method = 'GET', body?: object, key?: string) {
    return fetch(`${process.url}/api/core/messages${path}`, {
      method,
      headers: {
        authorization: 'Bearer rc_token_example',
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  }

  /** Sends one message to each of `count` recipients. @returns their ids. */
  async function send(process: RedCloudProcess, key: string, count: number, more: object = {}): Promise<string[]> {
    const to = Array.from({ length: count }, (_, n) => `+1555300${String(n).padStart(4, '0')}`);
    const body = { sendFrom: 'num_abc123', to, messageType: 'SMS', text: key, ...more };
    const response = await call(process, '/send', 'POST', body, key);
    expect(response.status).toBe(202);
    return ((await response.json()) as { results: { messageId: string }[] }).results.map(({ messageId }) => messageId);
  }

  const dueIn = (ms: number) => ({ sendAt: new Date(Date.now() + ms).toISOString() });

  async function statusesOf(process: RedCloudProcess, ids: readonly string[]): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const id of ids) {
      const { status } = (await (await call(process, `/${id}`)).json()) as { status: string };
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  }

  const warningsOf = (process: RedCloudProcess, level = 'warn') =>
    process
      .output()
      .split('\n')
      .filter((line) => line.includes(`"level":"${level}"`))
      .join('\n');

  async function eventsOf(process: RedCloudProcess, after: string | undefined) {
    const from = after === undefined ? '' : `&after=${encodeURIComponent(after)}`;
    const response = await fetch(`${process.url}/api/core/events?limit=200${from}`, {
      headers: { authorization: 'Bearer rc_token_example' },
    });
    expect(response.status).toBe(200);
    return (await response.json()) as { events: { messageId: string; type: string }[]; nextCursor: string };
  }

  const timesOf = (ids: readonly string[]) => {
    const taken = timesTaken(dataDir);
    return ids.map((id) => taken.get(id) ?? 0);
  };
  const submitted = (ids: readonly string[]) => vi.waitFor(() => expect(timesOf(ids)).toEqual(ids.map(() => 1)), WAIT);
  const has = (process: RedCloudProcess, ids: readonly string[], counts: Record<string, number>) =>
    vi.waitFor(async () => expect(await statusesOf(process, ids)).toEqual(counts), WAIT);

  async function makeDue(process: RedCloudProcess, ids: readonly string[]): Promise<void> {
    for (const id of ids) expect((await call(process, `/${id}`, 'PATCH', dueIn(0))).status).toBe(200);
  }

  /** Messages that the standby has as waiting, and that are submitted while it gets no commits. */
  async function submitBehind(process: RedCloudProcess, count: number): Promise<string[]> {
    const ids = await send(process, 'behind', count, dueIn(2_500));
    await replicas.caughtUp();
    await replicas.stopStandby();
    await submitted(ids);
    // The simulator repeats receipts without a response, which would resolve the messages.
    await has(process, ids, { DELIVERED: count });
    return ids;
  }

  test('Messages whose submit is missing become UNKNOWN, and are not submitted again.', async () => {
    await prepare('asynchronous');
    const process = await start();
    const later = await send(process, 'later', 5, dueIn(600_000));
    const ids = await submitBehind(process, 20);
    await replicas.failOver();
    await has(process, ids, { UNKNOWN: 20 });
    await makeDue(process, later);
    await has(process, later, { DELIVERED: 5 });
    expect(timesOf([...ids, ...later])).toEqual([...ids, ...later].map(() => 1));
    expect(warningsOf(process)).toMatch(/"event":"failover_ended","id":1,"by":"searched","doubted":20/);
  });

  test('The journal of a process that ended with the server is searched by the next one.', async () => {
    await prepare('asynchronous');
    const first = await start();
    const waiting = await send(first, 'waiting', 5, dueIn(12_000));
    const ids = await submitBehind(first, 20);
    await first.kill();
    await replicas.failOver();
    const second = await start();
    await has(second, ids, { UNKNOWN: 20 });
    await has(second, waiting, { DELIVERED: 5 });
    expect(timesOf([...ids, ...waiting])).toEqual([...ids, ...waiting].map(() => 1));
    expect(warningsOf(second)).toMatch(/"by":"searched","doubted":20/);
  });

  test('Without the journal of a process, all messages that were due become UNKNOWN.', async () => {
    await prepare('asynchronous');
    const first = await start();
    const later = await send(first, 'later', 5, dueIn(600_000));
    const ids = await submitBehind(first, 20);
    await first.kill();
    rmSync(join(dataDir, 'journal'), { recursive: true });
    await replicas.failOver();
    const second = await start();
    await has(second, ids, { UNKNOWN: 20 });
    // New messages are accepted and submitted meanwhile, and those that were not due are unchanged.
    await makeDue(second, later);
    await has(second, later, { DELIVERED: 5 });
    expect(timesOf([...ids, ...later])).toEqual([...ids, ...later].map(() => 1));
    expect(warningsOf(second)).toMatch(/"by":"presumed","doubted":20/);
  });

  test('A process that started while the standby was behind searches its own journal.', async () => {
    await prepare('asynchronous');
    const first = await start();
    const ids = await send(first, 'behind', 20, dueIn(6_000));
    await replicas.caughtUp();
    await replicas.stopStandby();
    expect(await first.terminate()).toBe(0);
    const second = await start();
    await submitted(ids);
    await has(second, ids, { DELIVERED: 20 });
    await replicas.failOver();
    await has(second, ids, { UNKNOWN: 20 });
    expect(timesOf(ids)).toEqual(ids.map(() => 1));
  });

  test('The end of synchronous replication before a failover is noticed by the process that is alive.', async () => {
    await prepare('on');
    const process = await start();
    const ids = await send(process, 'behind', 20, dueIn(6_000));
    await vi.waitFor(
      async () =>
        expect(await replicas.ask('select 1 from processes where synchronous', [], databaseUrl)).toHaveLength(1),
      WAIT,
    );
    await replicas.caughtUp();
    await replicas.stopStandby();
    replicas.continueAlone();
    await submitted(ids);
    await has(process, ids, { DELIVERED: 20 });
    await replicas.failOver();
    await has(process, ids, { UNKNOWN: 20 });
    expect(timesOf(ids)).toEqual(ids.map(() => 1));
  });

  test('A cancel of a message whose submit is missing is not confirmed.', async () => {
    await prepare('asynchronous');
    const first = await start();
    const ids = await submitBehind(first, 3);
    await first.kill();
    rmSync(join(dataDir, 'journal'), { recursive: true });
    await replicas.failOver();
    const second = await start();
    const canceled = await Promise.all(ids.map((id) => call(second, `/${id}/cancel`, 'POST')));
    expect(canceled.map(({ status }) => status)).toEqual([409, 409, 409]);
    await has(second, ids, { UNKNOWN: 3 });
  });

  test('With synchronous replication, messages that wait are submitted, also after the end of all processes.', async () => {
    await prepare('on');
    const first = await start();
    const ids = await send(first, 'waiting', 20, dueIn(1_500));
    // The flag of the first heartbeat may be older than the first commit of the standby.
    await vi.waitFor(
      async () =>
        expect(await replicas.ask('select 1 from processes where synchronous', [], databaseUrl)).toHaveLength(1),
      WAIT,
    );
    await first.kill();
    await replicas.failOver();
    const second = await start();
    await has(second, ids, { DELIVERED: 20 });
    expect(timesOf(ids)).toEqual(ids.map(() => 1));
    expect(warningsOf(second)).toMatch(/"by":"synchronous","doubted":0/);
  });

  test('A restore of an older state is no failover with synchronous replication.', async () => {
    await prepare('on');
    const first = await start();
    const ids = await send(first, 'waiting', 5, dueIn(1_500));
    await vi.waitFor(
      async () =>
        expect(await replicas.ask('select 1 from processes where synchronous', [], databaseUrl)).toHaveLength(1),
      WAIT,
    );
    await first.kill();
    await replicas.ask(`update processes set alive_until = alive_until - interval '1 hour'`, [], databaseUrl);
    rmSync(join(dataDir, 'journal'), { recursive: true });
    await replicas.failOver();
    const second = await start();
    await has(second, ids, { UNKNOWN: 5 });
    expect(timesOf(ids)).toEqual(ids.map(() => 0));
  });

  test('Processes leave a former primary that still accepts writes.', async () => {
    await prepare('asynchronous');
    const process = await start();
    await send(process, 'before', 1);
    await replicas.promoteOther();
    const isMoved = async () => {
      const connections = await replicas.ask<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where application_name = 'redcloud'`,
        [],
        databaseUrl,
      );
      expect(connections[0]?.n).toBeGreaterThan(0);
    };
    await vi.waitFor(isMoved, { timeout: 10_000, interval: 100 });
    // A request that the change has met gets 502, and is repeated under its key.
    const ids = await vi.waitFor(() => send(process, 'after', 3), WAIT);
    await has(process, ids, { DELIVERED: 3 });
    expect(await replicas.ask('select id from messages where id = any($1)', [ids], databaseUrl)).toHaveLength(3);
    expect(warningsOf(process)).toContain('"event":"db_primary"');
  });

  test('A failover to a server that lacks an earlier failover is another one, although both have the same number.', async () => {
    await prepare('asynchronous', 3);
    const process = await start();
    const ids = await send(process, 'behind', 20, dueIn(12_000));
    await replicas.caughtUp();
    // The second server is promoted and used. The third one has only the state before.
    await replicas.failOver();
    await submitted(ids);
    await has(process, ids, { DELIVERED: 20 });
    const { nextCursor } = await eventsOf(process, undefined);
    await replicas.stopPrimary();
    await replicas.promoteThird();
    await has(process, ids, { UNKNOWN: 20 });
    expect(timesOf(ids)).toEqual(ids.map(() => 1));
    expect(warningsOf(process)).toMatch(/"event":"failover_ended","id":1,"by":"searched","doubted":20/);
    const [id] = await send(process, 'after', 1);
    await has(process, [id as string], { DELIVERED: 1 });
    await vi.waitFor(async () => {
      const { events } = await eventsOf(process, nextCursor);
      expect(events.map(({ messageId }) => messageId)).toContain(id);
    }, WAIT);
  });

  test('A server with an older state than this machine has used is refused, until an operator holds it.', async () => {
    await prepare('asynchronous');
    const first = await start();
    const ids = await send(first, 'waiting', 5, dueIn(12_000));
    await replicas.caughtUp();
    await replicas.failOver();
    await submitted(ids);
    await has(first, ids, { DELIVERED: 5 });
    await first.terminate();
    await replicas.returnToFormer();
    await expect(start()).rejects.toThrow(
      /has the timeline 1, and this machine has used the timeline 2.*redcloud-server hold/,
    );
    const held = await runCommand({ databaseUrl, dataDir } as Parameters<typeof startProcess>[0], ['hold']);
    expect([held.status, held.output]).toEqual([0, expect.stringContaining('5 messages were due')]);
    const second = await start();
    await has(second, ids, { UNKNOWN: 5 });
    expect(timesOf(ids)).toEqual(ids.map(() => 1));
  });

  test('Nothing is accepted or sent while two servers are promoted from the same state.', async () => {
    await prepare('asynchronous', 3);
    const process = await start();
    const ids = await send(process, 'waiting', 5, dueIn(15_000));
    await replicas.caughtUp();
    await replicas.failOver();
    await vi.waitFor(() => send(process, 'one primary', 1), WAIT);
    await replicas.promoteThird();
    await vi.waitFor(() => expect(warningsOf(process, 'error')).toContain('"event":"db_two_primaries"'), WAIT);
    const message = { sendFrom: 'num_abc123', to: ['+15553009999'], messageType: 'SMS', text: 'x' };
    const refused = await call(process, '/send', 'POST', message, 'x');
    expect(refused.status).toBe(502);
    expect(timesOf(ids)).toEqual(ids.map(() => 0));
    await replicas.stopThird();
    await has(process, ids, { DELIVERED: 5 });
    expect(timesOf(ids)).toEqual(ids.map(() => 1));
  });

  test('A process finds lost commits in its journal, although its last heartbeat is present and was synchronous.', async () => {
    await prepare('on', 3);
    const process = await start();
    const later = await send(process, 'later', 5, dueIn(600_000));
    const ids = await send(process, 'behind', 20, dueIn(3_000));
    // No further heartbeat is stored, so that the third server has the last one, and lacks the submits after it.
    const lock = new pg.Client({ connectionString: databaseUrl.replace(/@[^/]*/, `@${replicas.hosts[0]}`) });
    lock.on('error', () => undefined);
    await lock.connect();
    await lock.query('begin; lock table processes in share row exclusive mode');
    await replicas.caughtUp();
    await replicas.stopThird();
    await submitted(ids);
    // A receipt that the simulator repeats would resolve the messages.
    await has(process, ids, { DELIVERED: 20 });
    await replicas.stopPrimary();
    await replicas.stopStandby();
    await replicas.promoteThird();
    await has(process, ids, { UNKNOWN: 20 });
    await makeDue(process, later);
    await has(process, later, { DELIVERED: 5 });
    expect(timesOf([...ids, ...later])).toEqual([...ids, ...later].map(() => 1));
    expect(warningsOf(process)).toMatch(/"event":"failover_ended","id":1,"by":"searched","doubted":20/);
    await lock.end().catch(() => undefined);
  });

  test('A reader of the event stream gets the events after the failover, although transactions are missing.', async () => {
    await prepare('asynchronous');
    const process = await start();
    const read = (after: string | undefined) => eventsOf(process, after);
    await send(process, 'before', 1);
    await replicas.caughtUp();
    await replicas.stopStandby();
    for (let n = 0; n < 20; n += 1) await send(process, `lost ${n}`, 1);
    const { nextCursor } = await vi.waitFor(async () => {
      const page = await read(undefined);
      // Each message has three events.
      expect(page.events).toHaveLength(63);
      return page;
    }, WAIT);
    await replicas.failOver();
    const [id] = await vi.waitFor(() => send(process, 'after', 1), WAIT);
    await has(process, [id as string], { DELIVERED: 1 });
    await vi.waitFor(async () => {
      const { events } = await read(nextCursor);
      expect(events.map(({ messageId }) => messageId)).toContain(id);
    }, WAIT);
  });
});

describe.skipIf(why)('Hosts of DATABASE_URL', { timeout: TIMEOUT_MS }, () => {
  test('The primary is found in any position, and without a primary the error names all hosts.', async () => {
    const replicas = await Replicas.start('asynchronous');
    try {
      const [first, second] = replicas.hosts;
      const at = (...hosts: string[]) => `postgres://postgres@${hosts}/postgres`;
      const dead = '127.0.0.1:1';
      for (const hosts of [
        [first, second],
        [second, first],
        [dead, second, first],
      ]) {
        const db = await openStore({ databaseUrl: at(...(hosts as string[])), dataDir: '' }, createLog('silent'));
        expect(await db.query('select pg_is_in_recovery() as standby', [])).toEqual([{ standby: false }]);
        await db.close();
      }
      const standby = (await isStandby(at(first as string))) ? first : second;
      const opened = openStore({ databaseUrl: at(dead, standby as string), dataDir: '' }, createLog('silent'));
      await expect(opened).rejects.toThrow(DatabaseUnavailable);
      await expect(opened).rejects.toThrow(/127\.0\.0\.1:1 does not respond.*is a standby/);
    } finally {
      await replicas.end();
    }
  });
});

async function isStandby(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query('select pg_is_in_recovery() as standby')).rows[0].standby;
  } finally {
    await client.end();
  }
}
