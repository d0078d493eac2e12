// @module-tag slow
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lockDirectory } from '#db/drivers/lock.ts';
import { Cluster, noCluster } from '../crash/cluster.ts';
import { timesTaken } from '../support/ledger.ts';
import { type RedCloudProcess, runCommand, startProcess } from '../support/process.ts';
import { SCRATCH } from '../support/scratch.ts';

const WAIT = { timeout: 30_000, interval: 100 };
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

interface Place {
  databaseUrl: string | undefined;
  dataDir: string;
}

let directory: string;
let processes: RedCloudProcess[] = [];
let clusters: Cluster[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(SCRATCH, 'redcloud-backup-'));
});
afterEach(async () => {
  await Promise.all(processes.map((one) => one.kill()));
  await Promise.all(clusters.map((one) => one.end()));
  processes = [];
  clusters = [];
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

const pathOf = (name: string) => join(directory, name);
/** Name of the database. */
const nameOf = (url: string) => new URL(url).pathname.slice(1);

async function start(place: Place): Promise<RedCloudProcess> {
  const started = await startProcess(place as Parameters<typeof startProcess>[0]);
  processes.push(started);
  return started;
}

/** Runs a command with the settings of a store. */
const run = (place: Place, args: readonly string[], more?: Record<string, string>) =>
  runCommand(place as Parameters<typeof runCommand>[0], args, more);

const HEADERS = { authorization: 'Bearer rc_token_example' };

async function call(server: RedCloudProcess, path: string, method = 'GET', body?: object, more: object = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: { ...HEADERS, ...(body ? { 'content-type': 'application/json' } : {}), ...more },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  // biome-ignore lint/suspicious/noExplicitAny: responses of many routes.
  return { status: response.status, json: (await response.json()) as any };
}

const admin = (server: RedCloudProcess, path: string, method = 'GET') =>
  call(server, `/api/admin${path}`, method, undefined, { authorization: 'Bearer test-operator-token' });

/** No command uses a store whose restore was interrupted, and `doctor` reports it. */
async function refusesInterrupted(place: Place, more: readonly (readonly string[])[] = []): Promise<void> {
  for (const args of [['hold'], ['release'], ['migrate'], ['backup', pathOf('another')], ...more]) {
    const refused = await run(place, args);
    expect([args[0], refused.status, refused.output]).toEqual([args[0], 78, expect.stringContaining('interrupted')]);
  }
  const doctor = await run(place, ['doctor']);
  expect([doctor.status, doctor.output]).toEqual([1, expect.stringMatching(/fail +database: .*interrupted/)]);
}

let sends = 0;
async function send(server: RedCloudProcess, more: object = {}): Promise<string> {
  sends += 1;
  const to = [`+1555400${String(sends).padStart(4, '0')}`];
  const body = { sendFrom: 'num_abc123', to, messageType: 'SMS', text: 'Hello', ...more };
  const { status, json } = await call(server, '/api/core/messages/send', 'POST', body, {
    'idempotency-key': `backup ${sends}`,
  });
  expect(status).toBe(202);
  return json.results[0].messageId;
}

const dueIn = (ms: number) => ({ sendAt: new Date(Date.now() + ms).toISOString() });
const statusOf = async (server: RedCloudProcess, id: string) =>
  (await call(server, `/api/core/messages/${id}`)).json.status;
const becomes = (server: RedCloudProcess, id: string, status: string) =>
  vi.waitFor(async () => expect(await statusOf(server, id)).toBe(status), WAIT);

async function upload(server: RedCloudProcess): Promise<string> {
  const response = await fetch(`${server.url}/api/core/media`, {
    method: 'POST',
    headers: { ...HEADERS, 'content-type': 'image/png' },
    body: PNG,
  });
  const { storageKey } = (await response.json()) as { storageKey: string };
  return storageKey;
}

async function download(server: RedCloudProcess, storageKey: string): Promise<Buffer> {
  const response = await fetch(`${server.url}/api/core/media/${storageKey}`, { headers: HEADERS });
  return Buffer.from(await response.arrayBuffer());
}

/** Messages of a store before its backup. */
interface Messages {
  delivered: string;
  due: string;
  /** Time in milliseconds since the epoch. */
  dueAt: number;
  later: string;
  media: string;
}

/** @param dueMs time until one message is due. Longer than the following steps take on a busy machine. */
async function fill(server: RedCloudProcess, dueMs = 6_000): Promise<Messages> {
  const delivered = await send(server);
  await becomes(server, delivered, 'DELIVERED');
  const dueAt = Date.now() + dueMs;
  const [due, later] = [await send(server, dueIn(dueMs)), await send(server, dueIn(600_000))];
  return { delivered, due, dueAt, later, media: await upload(server) };
}

/** The restored store knows its messages, submits nothing that could be submitted already, and continues after the release. */
async function drill(
  place: Place,
  { delivered, due, later, media }: Messages,
  release: () => Promise<unknown>,
): Promise<void> {
  const server = await start(place);
  expect(await statusOf(server, delivered)).toBe('DELIVERED');
  expect(await download(server, media)).toEqual(PNG);
  await becomes(server, due, 'UNKNOWN');
  const { json } = await admin(server, '/hold');
  expect(json.hold).toMatchObject({ doubted: 1, begunAt: expect.any(String) });
  expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('redcloud_sending_held 1');
  const fresh = await send(server);
  const moved = await call(server, `/api/core/messages/${later}`, 'PATCH', dueIn(0));
  expect(moved.status).toBe(200);
  // A message that is canceled during the hold is never submitted.
  const canceled = await send(server);
  expect((await call(server, `/api/core/messages/${canceled}/cancel`, 'POST')).status).toBe(200);
  expect([await statusOf(server, fresh), await statusOf(server, later)]).toEqual(['QUEUED', 'QUEUED']);
  await release();
  for (const id of [fresh, later]) await becomes(server, id, 'DELIVERED');
  expect((await admin(server, '/hold')).json).toEqual({ hold: null });
  const taken = timesTaken(place.dataDir);
  expect([fresh, later, due, canceled].map((id) => taken.get(id) ?? 0)).toEqual([1, 1, 0, 0]);
}

describe('Backup of an embedded store', { timeout: 120_000 }, () => {
  test('A backup is restored with sending on hold, and an operator releases it.', async () => {
    const place = { databaseUrl: undefined, dataDir: pathOf('data') };
    const server = await start(place);
    const messages = await fill(server);
    const busy = await run(place, ['backup', pathOf('busy')]);
    expect([busy.status, busy.output]).toEqual([1, expect.stringContaining('Another Red Cloud process is using')]);
    expect(await server.terminate()).toBe(0);

    const backup = await run(place, ['backup', pathOf('backup')]);
    expect([backup.status, backup.output]).toEqual([0, expect.stringContaining('is complete')]);
    expect(statSync(pathOf('backup')).mode & 0o777).toBe(0o700);
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(messages.dueAt), WAIT);
    const restored = { databaseUrl: undefined, dataDir: pathOf('restored') };
    const { status, output } = await run(restored, ['restore', pathOf('backup')]);
    expect([status, output]).toEqual([0, expect.stringMatching(/on hold\. 1 messages were due/)]);
    await drill(restored, messages, () => admin(processes.at(-1) as RedCloudProcess, '/hold/release', 'POST'));
  });

  test('A damaged or incomplete backup, a full directory and another store are rejected, and change nothing.', async () => {
    const place = { databaseUrl: undefined, dataDir: pathOf('data') };
    const server = await start(place);
    await upload(server);
    await server.terminate();
    expect((await run(place, ['backup', pathOf('backup')])).status).toBe(0);
    const refused = async (where: Place, args: string[], reason: RegExp, more?: Record<string, string>) => {
      const { status, output } = await run(where, args, more);
      expect([status, output]).toEqual([78, expect.stringMatching(reason)]);
    };
    const empty = { databaseUrl: undefined, dataDir: pathOf('empty') };
    await refused(place, ['backup', pathOf('backup')], /is not empty\. Name a new directory/);
    await refused(place, ['restore', pathOf('backup')], /exists\. Move the directory away/);
    await refused(empty, ['restore', pathOf('nothing')], /no complete backup/);
    const server2 = { databaseUrl: 'postgres://127.0.0.1:1/none', dataDir: pathOf('empty') };
    await refused(server2, ['restore', pathOf('backup')], /of an embedded store\. Unset DATABASE_URL/);
    const shard = readdirSync(pathOf('backup/media')).find((name) => /^[0-9a-f]{2}$/.test(name)) as string;
    const file = join(pathOf('backup/media'), shard, readdirSync(join(pathOf('backup/media'), shard))[0] as string);
    await refused(place, ['backup', file], /cannot be created/);
    appendFileSync(file, 'x');
    await refused(empty, ['restore', pathOf('backup')], /1 files are missing or changed, for example media\//);
    rmSync(file);
    await refused(empty, ['restore', pathOf('backup')], /1 files are missing or changed, for example media\//);
    rmSync(join(pathOf('backup'), 'secret.key'));
    await refused(empty, ['restore', pathOf('backup')], /2 files are missing or changed, for example secret\.key/);
    writeFileSync(join(pathOf('backup'), 'manifest.json'), '{"format":2}');
    await refused(empty, ['restore', pathOf('backup')], /unknown format/);
    expect(existsSync(pathOf('empty/pg'))).toBe(false);
    for (const args of [['backup'], ['restore'], ['backup', 'a', 'b'], ['hold', 'x'], ['release', '--now']]) {
      expect((await run(place, args)).status).toBe(64);
    }
  });

  test.each([['hold'], ['release'], ['backup', 'backup']])(
    'The command %s refuses an empty directory, for example without the volume of the store.',
    async (command, ...names) => {
      mkdirSync(pathOf('data/pg'), { recursive: true });
      const { status, output } = await run({ databaseUrl: undefined, dataDir: pathOf('data') }, [
        command,
        ...names.map(pathOf),
      ]);
      expect([status, output]).toEqual([78, expect.stringContaining('has no store')]);
      expect([readdirSync(pathOf('data/pg')), existsSync(pathOf('backup'))]).toEqual([[], false]);
    },
  );

  test('A restore holds the directory, and nothing uses the files of an interrupted one.', async () => {
    const place = { databaseUrl: undefined, dataDir: pathOf('data') };
    await (await start(place)).terminate();
    expect((await run(place, ['backup', pathOf('backup')])).status).toBe(0);
    const restored = { ...place, dataDir: pathOf('restored') };
    mkdirSync(restored.dataDir);
    const lock = lockDirectory(restored.dataDir);
    const beside = await run(restored, ['restore', pathOf('backup')]);
    lock.release();
    expect([beside.status, beside.output]).toEqual([1, expect.stringContaining('Another Red Cloud process is using')]);
    // A directory cannot be created below a file, so the restore ends before its hold.
    writeFileSync(pathOf('file'), '');
    const failed = await run(restored, ['restore', pathOf('backup')], { RC_MEDIA: `file:${pathOf('file/media')}` });
    expect(failed.status).not.toBe(0);
    // As if it had ended during the copy.
    rmSync(join(restored.dataDir, 'pg/global'), { recursive: true });
    await expect(start(restored)).rejects.toThrow('A restore of this store was interrupted');
    await refusesInterrupted(restored);
  });

  test('A release without a hold changes nothing.', async () => {
    const place = { databaseUrl: undefined, dataDir: pathOf('data') };
    await (await start(place)).terminate();
    expect(await run(place, ['release'])).toEqual({ status: 0, output: 'Sending was not on hold.\n' });
    expect((await run(place, ['hold'])).output).toContain('0 messages were due');
    expect(await run(place, ['release'])).toEqual({ status: 0, output: 'Messages are submitted again.\n' });
  });
});

const why = noCluster();

describe.skipIf(why)(`Backup of a database server${why ? ` (${why})` : ''}`, { timeout: 180_000 }, () => {
  async function cluster(): Promise<Cluster> {
    const started = await Cluster.start();
    clusters.push(started);
    return started;
  }

  test('A backup of a running server is restored to another database with sending on hold.', async () => {
    const servers = await cluster();
    const place = { databaseUrl: await servers.database(), dataDir: pathOf('data') };
    const server = await start(place);
    const messages = await fill(server, 20_000);
    const backup = await run(place, ['backup', pathOf('backup')]);
    expect([backup.status, backup.output]).toEqual([0, expect.stringContaining('is complete')]);
    // Sent after the backup.
    await becomes(server, messages.due, 'DELIVERED');
    await server.kill();

    const restored = { databaseUrl: await servers.database(), dataDir: pathOf('restored') };
    const otherKey = { RC_SECRET_KEY: Buffer.alloc(32, 8).toString('base64') };
    const refused = await run(restored, ['restore', pathOf('backup')], otherKey);
    expect([refused.status, refused.output]).toEqual([
      78,
      expect.stringContaining('differs from the key of the backup'),
    ]);
    const { status, output } = await run(restored, ['restore', pathOf('backup')]);
    expect([status, output]).toEqual([0, expect.stringMatching(/on hold\. 1 messages were due/)]);
    const again = await run(restored, ['restore', pathOf('backup')]);
    expect([again.status, again.output]).toEqual([78, expect.stringContaining('has tables of Red Cloud')]);
    await drill(restored, messages, async () => {
      const held = await run(restored, ['hold']);
      expect([held.status, held.output]).toEqual([78, expect.stringContaining('1 processes use the store')]);
      expect(await run(restored, ['release'])).toEqual({ status: 0, output: 'Messages are submitted again.\n' });
    });
  });

  test('The owner of a database restores the schema of Red Cloud without superuser rights, extensions and foreign roles.', async () => {
    const servers = await cluster();
    const [one, two] = [await servers.database(), await servers.database()];
    await servers.ask('create role app login', [], one);
    await servers.ask('create role reporting', [], one);
    for (const url of [one, two]) await servers.ask(`alter database ${nameOf(url)} owner to app`, [], url);
    const asApp = (url: string) => `${url.replace('postgres@', 'app@')}?options=-c%20search_path%3Drc`;
    await servers.ask('create schema rc authorization app', [], one);
    const place = { databaseUrl: asApp(one), dataDir: pathOf('data') };
    const server = await start(place);
    const id = await send(server);
    await becomes(server, id, 'DELIVERED');
    await server.terminate();
    // Administrators add these objects, which another server lacks.
    await servers.ask('create extension pg_stat_statements', [], one);
    await servers.ask('create schema other; create table other.mine (n int)', [], one);
    await servers.ask('grant usage on schema rc to reporting', [], one);
    await servers.ask('grant select on all tables in schema rc to reporting', [], one);
    expect((await run(place, ['backup', pathOf('backup')])).output).toContain('is complete');
    await servers.ask('drop owned by reporting', [], one);
    await servers.ask('drop role reporting', [], one);

    const elsewhere = { databaseUrl: two.replace('postgres@', 'app@'), dataDir: pathOf('restored') };
    const wrong = await run(elsewhere, ['restore', pathOf('backup')]);
    expect([wrong.status, wrong.output]).toEqual([78, expect.stringContaining('options=-c search_path=rc')]);
    const restored = { ...elsewhere, databaseUrl: asApp(two) };
    const { status, output } = await run(restored, ['restore', pathOf('backup')]);
    expect([status, output]).toEqual([0, expect.stringContaining('Sending is on hold')]);
    expect(
      await servers.ask(`select 1 from pg_namespace where nspname in ('other', 'redcloud_restoring')`, [], two),
    ).toEqual([]);
    expect(await statusOf(await start(restored), id)).toBe('DELIVERED');
  });

  test('A store whose restore was interrupted does not start, for no role, and a repeated restore replaces incomplete media.', async () => {
    const servers = await cluster();
    const place = { databaseUrl: await servers.database(), dataDir: pathOf('data') };
    const server = await start(place);
    const media = await upload(server);
    await server.terminate();
    expect((await run(place, ['backup', pathOf('backup')])).status).toBe(0);

    const restored = { databaseUrl: await servers.database(), dataDir: pathOf('restored') };
    // A directory cannot be created below a file, so the restore ends before its hold.
    writeFileSync(pathOf('file'), '');
    const failed = await run(restored, ['restore', pathOf('backup')], { RC_MEDIA: `file:${pathOf('file/media')}` });
    expect(failed.status).not.toBe(0);
    await servers.ask('create role other superuser login', [], restored.databaseUrl);
    const asOther = { ...restored, databaseUrl: restored.databaseUrl.replace('postgres@', 'other@') };
    for (const where of [restored, asOther]) {
      await expect(start(where)).rejects.toThrow('A restore of this store was interrupted');
      await refusesInterrupted(where, [['restore', pathOf('backup')]]);
    }
    const fresh = { ...restored, databaseUrl: await servers.database() };
    const [file = ''] = readdirSync(pathOf('backup/media'), { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.length > 60,
    );
    const part = join(fresh.dataDir, 'media', file);
    mkdirSync(dirname(part), { recursive: true });
    writeFileSync(part, PNG.subarray(0, 20));
    expect((await run(fresh, ['restore', pathOf('backup')])).output).toContain('Sending is on hold');
    expect(await download(await start(fresh), media)).toEqual(PNG);
    for (const command of ['hold', 'release', 'backup']) {
      const args = command === 'backup' ? [command, pathOf('nothing')] : [command];
      const wrong = await run({ databaseUrl: undefined, dataDir: pathOf('mistyped') }, args);
      expect([wrong.status, wrong.output]).toEqual([78, expect.stringContaining('has no store')]);
    }
    expect([existsSync(pathOf('mistyped')), existsSync(pathOf('nothing'))]).toEqual([false, false]);
  });

  test('A process that still runs uses the restored database only after its hold, and sends nothing again.', async () => {
    const servers = await cluster();
    const place = { databaseUrl: await servers.database(), dataDir: pathOf('data') };
    const server = await start(place);
    const ids = await Promise.all(Array.from({ length: 10 }, () => send(server, dueIn(20_000))));
    expect((await run(place, ['backup', pathOf('backup')])).status).toBe(0);
    for (const id of ids) await becomes(server, id, 'DELIVERED');
    await servers.ask(`drop database ${nameOf(place.databaseUrl)} with (force)`, [], servers.url);
    await servers.ask(`create database ${nameOf(place.databaseUrl)}`, [], servers.url);
    const { status, output } = await run(place, ['restore', pathOf('backup')]);
    expect([status, output]).toEqual([0, expect.stringMatching(/on hold\. 10 messages were due/)]);
    await vi.waitFor(async () => expect((await admin(server, '/hold')).json.hold).toMatchObject({ doubted: 10 }), WAIT);
    const fresh = await vi.waitFor(() => send(server), WAIT);
    for (const id of ids) await becomes(server, id, 'UNKNOWN');
    expect(await statusOf(server, fresh)).toBe('QUEUED');
    expect((await run(place, ['release'])).status).toBe(0);
    await becomes(server, fresh, 'DELIVERED');
    const taken = timesTaken(place.dataDir);
    expect(ids.map((id) => taken.get(id))).toEqual(ids.map(() => 1));
  });

  test('A backup names missing media, ignores other settings of libpq, and leaves nothing if it fails.', async () => {
    const servers = await cluster();
    const place = { databaseUrl: await servers.database(), dataDir: pathOf('data') };
    const empty = await run(place, ['backup', pathOf('backup')]);
    expect([empty.status, empty.output]).toEqual([78, expect.stringContaining('no tables of Red Cloud')]);
    const server = await start(place);
    await upload(server);
    const withoutMedia = await run({ ...place, dataDir: pathOf('mistyped') }, ['backup', pathOf('without')]);
    expect([withoutMedia.status, withoutMedia.output]).toEqual([
      1,
      expect.stringMatching(/lacks 2 files of media.*RC_MEDIA/),
    ]);
    const other = { PGSERVICE: 'none', PGHOSTADDR: '192.0.2.1', PGDATABASE: 'none', PGOPTIONS: '-c search_path=none' };
    const backup = await run(place, ['backup', pathOf('backup')], other);
    expect([backup.status, backup.output]).toEqual([0, expect.stringContaining('is complete')]);
    for (const more of [{ PATH: directory }, { PGUSER: 'postgres', RC_CARRIERS: pathOf('none.json') }]) {
      const failed = await run(place, ['backup', pathOf('failed')], more);
      expect([failed.status, existsSync(pathOf('failed'))]).toEqual([78, false]);
    }
    const down = { databaseUrl: 'postgres://postgres@127.0.0.1:1/none', dataDir: pathOf('data') };
    expect([(await run(down, ['backup', pathOf('failed')])).status, existsSync(pathOf('failed'))]).toEqual([1, false]);
  });

  test('A restore to a point in time submits nothing that was submitted after it.', async () => {
    const servers = await cluster();
    const archive = await servers.archive();
    const place = { databaseUrl: await servers.database(), dataDir: pathOf('data') };
    const server = await start(place);
    const messages = await fill(server);
    await servers.ask(`select pg_create_restore_point('before')`, []);
    await becomes(server, messages.due, 'DELIVERED');
    const lost = await send(server);
    await becomes(server, lost, 'DELIVERED');
    await server.kill();

    const restored = await archive.restore('before');
    clusters.push(restored);
    const url = new URL(place.databaseUrl);
    url.port = new URL(restored.url).port;
    const at = { databaseUrl: url.href, dataDir: pathOf('data') };
    // The restored heartbeats last for six seconds.
    await vi.waitFor(async () => {
      const held = await run(at, ['hold']);
      expect([held.status, held.output]).toEqual([0, expect.stringMatching(/1 messages were due/)]);
    }, WAIT);
    const before = timesTaken(at.dataDir);
    rmSync(join(at.dataDir, 'simulator'), { recursive: true });
    await drill(at, messages, () => run(at, ['release']));
    expect([messages.due, lost].map((id) => before.get(id))).toEqual([1, 1]);
    expect((await call(processes.at(-1) as RedCloudProcess, `/api/core/messages/${lost}`)).status).toBe(404);
  });

  test('A restore without a hold is noticed by the journal, although the state promises synchronous commits.', async () => {
    const servers = await cluster();
    const archive = await servers.archive();
    const place = { databaseUrl: await servers.database(), dataDir: pathOf('data') };
    const server = await start(place);
    const id = await send(server, dueIn(5_000));
    await servers.ask(`select pg_create_restore_point('before')`, []);
    await becomes(server, id, 'DELIVERED');
    await server.kill();

    const restored = await archive.restore('before');
    clusters.push(restored);
    const url = new URL(place.databaseUrl);
    url.port = new URL(restored.url).port;
    await restored.ask('update processes set synchronous = true', [], url.href);
    const again = await start({ databaseUrl: url.href, dataDir: place.dataDir });
    await becomes(again, id, 'UNKNOWN');
    expect(timesTaken(place.dataDir).get(id)).toBe(1);
  });
});
