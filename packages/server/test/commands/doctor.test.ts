// @module-tag slow
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../support/check-carrier.ts';
import { onPostgres } from '../support/on-postgres.ts';
import { environment, startProcess } from '../support/process.ts';
import { SCRATCH } from '../support/scratch.ts';
import { testStore } from '../support/store.ts';

let directory: string;
let servers: Server[];
beforeEach(() => {
  directory = mkdtempSync(join(SCRATCH, 'redcloud-doctor-'));
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true, force: true });
});

const KEY = Buffer.alloc(32).toString('base64');

/** Runs the command. @returns status, and each line. */
async function doctor(env: Record<string, string> = {}) {
  const base = { RC_DATA_DIR: join(directory, 'data'), PORT: '0' };
  const { status, stdout, stderr } = await runCommand(['doctor'], { ...base, ...env });
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  for (const line of lines) expect(line).toMatch(/^(ok {3}|warn |fail ) [\w ]+: .+$/);
  return { status, lines, line: (subject: string) => lines.filter((one) => one.slice(6).startsWith(`${subject}:`)) };
}

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

function carriers(...list: object[]): string {
  const file = join(directory, 'carriers.json');
  writeFileSync(file, JSON.stringify({ carriers: list, default: 'a' }));
  return file;
}

const smpp = (name: string, host: string, port: number) => ({
  ...{ name, type: 'smpp', host, port },
  ...{ systemId: 'me', password: 'secret-pw' },
});

test('A machine without problems gets status 0, and nothing is created.', async () => {
  const { status, lines, line } = await doctor();
  expect({ status, failed: lines.filter((one) => one.startsWith('fail')) }).toEqual({ status: 0, failed: [] });
  for (const subject of ['node', 'settings', 'data directory', 'database', 'media', 'port', 'open files']) {
    expect(line(subject)).not.toEqual([]);
  }
  expect(existsSync(join(directory, 'data'))).toBe(false);
});

test('An unreachable database is a fail with its remedy.', async () => {
  const { status, line } = await doctor({ DATABASE_URL: 'postgresql://127.0.0.1:1/redcloud', RC_SECRET_KEY: KEY });
  expect(status).toBe(1);
  expect(line('database')).toEqual([
    expect.stringMatching(/^fail .*127\.0\.0\.1:1\/redcloud cannot be reached.*Start PostgreSQL/),
  ]);
});

test('Each invalid setting is a fail, and the other examinations still run.', async () => {
  const { status, line } = await doctor({ RC_LOG_LEVEL: 'loud', RC_STOP_SECONDS: '0', RC_FOO: '1' });
  expect(status).toBe(1);
  expect(line('settings').map((one) => one.slice(0, 30))).toEqual([
    'fail  settings: RC_STOP_SECOND',
    'fail  settings: RC_LOG_LEVEL: ',
    'warn  settings: RC_FOO is not ',
  ]);
  expect(line('port')).toHaveLength(1);
});

test('A data directory below a file is a fail.', async () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  const { status, line } = await doctor({ RC_DATA_DIR: join(file, 'data') });
  expect([status, line('data directory')]).toEqual([1, [expect.stringMatching(/^fail .*Remove|^fail .*RC_DATA_DIR/)]]);
});

test.each([
  ['broken link', 'data directory', /^fail .*data is a broken symbolic link\..*RC_DATA_DIR/],
  ['file', 'data directory', /^fail .*data is not a directory\./],
  ['store that is a link', 'database', /^fail .*pg is not a directory\./],
  ['store that is a file', 'database', /^fail .*pg is not a directory\./],
])('A %s in the place of the data directory or its store is a fail.', async (what, subject, expected) => {
  const data = join(directory, 'data');
  if (what === 'broken link') symlinkSync(join(directory, 'absent'), data);
  if (what === 'file') writeFileSync(data, '');
  if (what.startsWith('store')) mkdirSync(data);
  if (what === 'store that is a link') symlinkSync(directory, join(data, 'pg'));
  if (what === 'store that is a file') writeFileSync(join(data, 'pg'), '');
  const { status, line } = await doctor();
  expect([status, line(subject)]).toEqual([1, [expect.stringMatching(expected)]]);
});

test('A port of another program is a fail.', async () => {
  const port = await listening(createServer((_, response) => response.end()));
  const { status, line } = await doctor({ PORT: String(port) });
  expect([status, line('port')]).toEqual([1, [expect.stringMatching(/^fail .*Another program uses.*set PORT/)]]);
});

test('Carriers are resolved and connected, and receive nothing.', async () => {
  let received = 0;
  const peer = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received += chunk.length;
    });
  });
  const port = await listening(peer);
  const RC_CARRIERS = carriers(
    ...[smpp('a', '127.0.0.1', port), smpp('b', '127.0.0.1', 1), smpp('c', 'absent.invalid', 2775)],
    { name: 'd', type: 'simulator' },
  );
  const { status, lines, line } = await doctor({ RC_CARRIERS });
  expect(status).toBe(1);
  expect(line('carrier a')).toEqual([expect.stringMatching(/^ok .*accepts connections/)]);
  expect(line('carrier b')).toEqual([expect.stringMatching(/^fail .*cannot be reached \(ECONNREFUSED\)/)]);
  expect(line('carrier c')).toEqual([expect.stringMatching(/^fail .*absent\.invalid cannot be resolved/)]);
  expect(line('carrier d')).toEqual([expect.stringMatching(/^ok .*simulator has no host/)]);
  expect(lines.join()).not.toContain('secret-pw');
  expect(received).toBe(0);
});

test('An unreachable S3 service is a fail without its credentials.', async () => {
  const keys = { AWS_ACCESS_KEY_ID: 'access-key', AWS_SECRET_ACCESS_KEY: 'secret-key' };
  const { status, lines, line } = await doctor({ RC_MEDIA: 's3://bucket/x?endpoint=http://127.0.0.1:1', ...keys });
  expect([status, line('media')]).toEqual([1, [expect.stringMatching(/^fail .*s3:\/\/bucket\/x.*RC_MEDIA/)]]);
  expect(lines.join()).not.toMatch(/access-key|secret-key/);
});

onPostgres(() => {
  test('A current database is ok, with its version, schema, key and clock. Another key is a fail.', async () => {
    const store = await testStore();
    try {
      await (await startProcess(store)).terminate();
      const { PATH: _, ...env } = environment(store);
      const { line } = await doctor(env);
      expect(line('database')).toEqual([
        expect.stringMatching(/^ok .*PostgreSQL \d+/),
        expect.stringMatching(/^ok .*The schema is current/),
        expect.stringMatching(/^ok .*RC_SECRET_KEY is the key/),
        expect.stringMatching(/^ok .*differs .* by -?\d+ ms/),
      ]);
      const other = await doctor({ ...env, RC_SECRET_KEY: Buffer.alloc(32, 9).toString('base64') });
      expect([other.status, other.line('database')[2]]).toEqual([
        1,
        expect.stringMatching(/^fail .*another RC_SECRET_KEY/),
      ]);
    } finally {
      await store.drop();
    }
  });
});
