// @module-tag slow
// Tests of the embedded store, the ledger of the simulator and the log on a full disk.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { DatabaseUnavailable, type Store } from '#db/db.ts';
import { openEmbedded } from '#db/drivers/embedded.ts';
import { createLog } from '#platform/log.ts';
import { timesTaken } from '../support/ledger.ts';
import { NO_SMALL_DISK, SmallDisk } from '../support/small-disk.ts';

const { databaseUrl, directory: template } = inject('template');
const REASON = databaseUrl ? 'skipped: for the embedded store only' : NO_SMALL_DISK;
const MIB = 1_048_576;
const BIN = new URL('../../bin/redcloud.mjs', import.meta.url).pathname;

let disk: SmallDisk;
let dataDir: string;

describe.skipIf(REASON)(`A full disk${REASON ? ` (${REASON})` : ''}`, () => {
  beforeEach(() => {
    disk = new SmallDisk(110);
    dataDir = join(disk.directory, 'data');
    cpSync(template, dataDir, { recursive: true });
  });
  afterEach(() => disk.remove());

  const open = () => openEmbedded(dataDir, createLog('silent'));

  /** Polls, because no event signals that a store accepts writes again. */
  const takesWrites = (store: Store) =>
    expect
      .poll(() =>
        store.ready().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);

  /** Writes until the write-ahead log needs a new segment. PostgreSQL ends if there is no space for the segment. */
  async function crash(store: Store, params: unknown[] | undefined): Promise<void> {
    disk.fill(8 * MIB);
    let lost: unknown;
    while (lost === undefined) {
      await store.query('select pg_switch_wal()', []);
      lost = await store.query(`insert into things values ('more')`, params).then(
        () => undefined,
        (error) => error,
      );
    }
    expect(lost).toBeInstanceOf(DatabaseUnavailable);
    const inTransaction = store.transaction((tx) => tx.query('select 1', []));
    for (const refused of [inTransaction, store.ready(), store.query('select 1', []), store.query('select 1')]) {
      await expect(refused).rejects.toBeInstanceOf(DatabaseUnavailable);
    }
  }

  test('A crashed PGlite is reopened once there is space, with all committed data.', async () => {
    let store = await open();
    await store.query('create table things (name text)');
    await store.query(`insert into things values ('kept')`, []);
    const heard = vi.fn();
    store.onWake('settings', heard);
    await crash(store, []);
    disk.clear();
    await takesWrites(store);
    expect(heard).toHaveBeenCalled();
    await crash(store, undefined);
    // A store can be closed while it waits for space.
    await store.close();
    disk.clear();
    store = await open();
    expect(await store.query(`select name from things where name = 'kept'`, [])).toHaveLength(1);
    await store.close();
  });

  test('A store that cannot be opened for lack of space returns that error and leaves no partial files.', async () => {
    disk.fill(8 * MIB);
    await expect(open()).rejects.toThrow(
      /^RC_DATA_DIR: the disk of .*\/data\/pg is full\. Free at least 17 MiB there\.$/,
    );
    dataDir = join(disk.directory, 'new');
    await expect(open()).rejects.toThrow(/Free at least 48 MiB there/);
    expect(existsSync(join(dataDir, 'pg', 'PG_VERSION'))).toBe(false);
  });

  describe('A process on a full disk', () => {
    let child: ChildProcess;
    let url: string;
    let logFile: string;

    beforeEach(async () => {
      logFile = join(disk.directory, 'log');
      const fd = openSync(logFile, 'a');
      const env = { PORT: '0', RC_DATA_DIR: dataDir, RC_ADMIN_TOKEN: 'test-operator-token', RC_STOP_SECONDS: '1' };
      child = spawn(process.execPath, [BIN], { env, stdio: ['ignore', fd, 'inherit'] });
      closeSync(fd);
      await expect.poll(() => readFileSync(logFile, 'utf8')).toContain('"event":"listening"');
      url = /"url":"([^"]+)"/.exec(readFileSync(logFile, 'utf8'))?.[1] as string;
    });
    afterEach(async () => {
      if (child.exitCode === null) child.kill('SIGKILL');
    });

    async function call(path: string, init: RequestInit = {}) {
      const headers = { authorization: 'Bearer rc_token_example', 'content-type': 'application/json', ...init.headers };
      const response = await fetch(`${url}${path}`, { ...init, headers });
      const text = await response.text();
      return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : undefined };
    }

    function send(key: string) {
      const body = { sendFrom: 'num_abc123', to: ['+15557654321'], messageType: 'SMS', text: key.padEnd(160, '.') };
      const headers = { 'idempotency-key': key };
      return call('/api/core/messages/send', { method: 'POST', headers, body: JSON.stringify(body) });
    }

    test('A process on a full disk returns 502, loses no accepted message, recovers, and can stop.', async () => {
      const accepted: string[] = [];
      const takes = async (sent: ReturnType<typeof send>) => accepted.push((await sent).json.results[0].messageId);
      await Promise.all(Array.from({ length: 5 }, (_, nth) => takes(send(`before-${nth}`))));
      disk.fill();
      let key = '';
      for (let nth = 0; ; nth += 1) {
        key = `full-${nth}`;
        const { status, json } = await send(key);
        if (status !== 202) {
          expect([status, json.error.code]).toEqual([502, 'UPSTREAM_ERROR']);
          break;
        }
        accepted.push(json.results[0].messageId);
      }
      expect((await call('/health/ready')).json).toMatchObject({ status: 'unavailable', store: 'unavailable' });
      expect((await call('/health/ready')).status).toBe(503);
      expect((await call('/health/live')).status).toBe(200);
      const operator = { headers: { authorization: 'Bearer test-operator-token' } };
      const account = { ...operator, method: 'POST', body: JSON.stringify({ name: 'x'.repeat(255) }) };
      for (let i = 0; i < 20; i += 1) expect([201, 502]).toContain((await call('/api/admin/accounts', account)).status);
      for (const path of ['/api/core/messages', '/api/core/events', '/api/core/numbers', '/metrics', '/openapi.json']) {
        expect([200, 502]).toContain((await call(path)).status);
      }
      expect(child.exitCode).toBeNull();

      disk.clear();
      await expect.poll(async () => (await call('/health/ready')).status).toBe(200);
      await takes(send(key));
      for (const id of accepted) {
        await expect.poll(async () => (await call(`/api/core/messages/${id}`)).json.status).toBe('DELIVERED');
      }
      expect(new Map(accepted.map((id) => [id, 1]))).toEqual(timesTaken(dataDir));
      const lines = readFileSync(logFile, 'utf8').trim().split('\n');
      expect(lines.map((line) => JSON.parse(line).event)).toContain('request_failed');

      disk.fill();
      while ((await send(`again-${Math.random()}`)).status === 202) await delay(0);
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    });
  });
});
