import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { sendTo, withReceiver } from '../support/exchange.ts';
import { environment, startProcess } from '../support/process.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { type TestStore, testStore } from '../support/store.ts';

const cleanups: (() => Promise<unknown>)[] = [];
const later = (cleanup: () => Promise<unknown>) => cleanups.push(cleanup);

afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  cleanups.length = 0;
});

async function freshStore(): Promise<TestStore> {
  const store = await testStore();
  later(() => store.drop());
  return store;
}

test('A repeated request after a restart gets a byte-identical response.', { tags: 'slow' }, async () => {
  let redcloud: TestRedCloud = await startRedCloud();
  later(() => redcloud.stop());
  const body = { to: ['+15551234567', 'invalid', '+15551234568'] };
  const first = await redcloud.send('restart', body);
  redcloud = await redcloud.restart();
  const again = await redcloud.send('restart', body);
  expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([202, first.text, 'true']);
});

test('A message that was accepted but not submitted is processed by the next process.', { tags: 'slow' }, async () => {
  let redcloud: TestRedCloud = await startRedCloud({ overrides: { simulatorPace: 5 } });
  later(() => redcloud.stop());
  const receiver = await withReceiver(redcloud);
  later(() => receiver.stop());
  const id = await sendTo(redcloud, '+15550000004');
  await receiver.until(() => receiver.typesOf(id).includes('message.queued'));
  redcloud = await redcloud.restart();
  redcloud.clock.advance(5_000);
  await redcloud.running.look();
  await receiver.until(() => receiver.typesOf(id).includes('message.sent'));
  expect(receiver.typesOf(id).slice(0, 2)).toEqual(['message.queued', 'message.sent']);
});

test('SIGTERM finishes running work and exits with status 0.', async () => {
  const store = await freshStore();
  const running = await startProcess(store);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      fetch(`${running.url}/api/core/messages/send`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer rc_token_example',
          'content-type': 'application/json',
          'idempotency-key': `term-${n}`,
        },
        body: JSON.stringify({ sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'x' }),
      }),
    ),
  );
  expect(answers.every(({ status }) => status === 202)).toBe(true);
  expect(await running.terminate()).toBe(0);
  expect(running.output()).toContain('"event":"stopped"');
  const db = await store.open();
  later(() => db.close());
  const [left] = await db.query<{ leased: number }>('select count(lease)::int as leased from jobs', []);
  expect(left?.leased).toBe(0);
});

test('A webhook attempt that does not end before the stop is released without a result.', {
  tags: 'slow',
}, async () => {
  const redcloud = await startRedCloud({ env: { RC_STOP_SECONDS: '1' } });
  later(() => redcloud.store.drop());
  const receiver = await withReceiver(redcloud);
  later(() => receiver.stop());
  receiver.answer = () => new Promise<number>(() => undefined);
  const id = await sendTo(redcloud, '+15550000003');
  // The receiver never responds, so that `until` would not resolve. Poll its deliveries instead.
  while (receiver.deliveries.length === 0) await redcloud.call('/health/live', { token: null });
  await redcloud.running.stop();
  const db = await redcloud.store.open();
  later(() => db.close());
  const jobs = await db.query(
    `select attempt, leased_by, interrupted from jobs where subject = $1 and queue = 'webhooks' order by ordinal`,
    [id],
  );
  expect(jobs[0]).toEqual({ attempt: 0, leased_by: null, interrupted: false });
  expect(await db.query('select 1 as attempted from webhook_attempts', [])).toEqual([]);
});

test('Waiting events are sent in the order of their message, independent of their due times.', {
  tags: 'slow',
}, async () => {
  const redcloud = await startRedCloud({ env: { RC_STOP_SECONDS: '1' } });
  later(() => redcloud.store.drop());
  const receiver = await withReceiver(redcloud);
  later(() => receiver.stop());
  receiver.answer = () => new Promise<number>(() => undefined);
  const ids = await Promise.all(Array.from({ length: 20 }, () => sendTo(redcloud, '+15550000003')));
  const sent = ids.map((id) => `/api/core/messages/${id}`);
  await expect
    .poll(async () =>
      (await Promise.all(sent.map((path) => redcloud.call(path)))).every(({ json }) => json.status === 'SENT'),
    )
    .toBe(true);
  await redcloud.running.stop();
  const db = await redcloud.store.open();
  await db.query(
    `update jobs set run_at = run_at - ordinal * interval '1 minute', asleep = false where queue = 'webhooks'`,
    [],
  );
  await db.close();
  receiver.answer = () => 204;
  receiver.deliveries.length = 0;
  const again = await startRedCloud({ store: redcloud.store, clock: redcloud.clock });
  later(() => again.stop());
  await receiver.until((all) => all.length >= ids.length * 2);
  for (const id of ids) expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent']);
});

test('A request that never ends does not delay the stop beyond its deadline.', { tags: 'slow' }, async () => {
  const redcloud = await startRedCloud({ env: { RC_STOP_SECONDS: '1' } });
  later(() => redcloud.store.drop());
  const { hostname, port } = new URL(redcloud.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write(
    'POST /api/core/messages/send HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer rc_token_example\r\n' +
      'Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{',
  );
  await redcloud.call('/health/live', { token: null });
  await redcloud.running.stop();
  await closed;
});

/** @returns the exit status and the output on standard error. */
async function failedStart(env: Record<string, string>): Promise<[number, string]> {
  const store = await freshStore();
  const child = spawn(process.execPath, ['packages/server/bin/redcloud.mjs'], {
    env: environment(store, env),
    stdio: ['ignore', 'ignore', 'pipe'],
    // Limit for the case that the process starts.
    timeout: 100_000,
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'exit');
  return [code, said];
}

test('An invalid setting ends the start with status 78 and one line that names it.', async () => {
  expect(await failedStart({ PORT: 'eighty' })).toEqual([
    78,
    'PORT: expected a whole number from 0 to 65535, got "eighty".\n',
  ]);
});

test('A start without the store ends with status 1, so that a supervisor retries it.', {
  tags: 'slow',
}, async () => {
  const [code, said] = await failedStart({
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
    RC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  });
  expect([code, said]).toEqual([
    1,
    expect.stringMatching(/^DATABASE_URL: 127\.0\.0\.1:1\/none cannot be reached.*\n$/),
  ]);
});

/** Creates a data directory that cannot hold a store. @param kind kind of fault. */
function unusable(kind: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'redcloud-unusable-'));
  later(async () => rmSync(directory, { recursive: true, force: true }));
  const path = (name: string) => join(directory, name);
  if (kind === 'file') writeFileSync(path('data'), '');
  if (kind === 'dangling') symlinkSync(path('absent'), path('data'));
  if (kind === 'dangling pg') {
    mkdirSync(path('data'));
    symlinkSync(path('absent'), path('data/pg'));
  }
  if (kind === 'lock') mkdirSync(path('data/redcloud.lock'), { recursive: true });
  if (kind === 'key') mkdirSync(path('data/secret.key'), { recursive: true });
  if (kind === 'junk') {
    mkdirSync(path('data/pg'), { recursive: true });
    writeFileSync(path('data/pg/PG_VERSION'), 'junk');
  }
  return path('data');
}

test.each([
  ['HOST', 'an address of another machine', 1, () => ({ HOST: '192.0.2.1', RC_SANDBOX: 'false' })],
  ['HOST', 'a name without an address', 78, () => ({ HOST: 'nowhere.invalid', RC_SANDBOX: 'false' })],
  ['RC_DATA_DIR', 'a file', 78, () => ({ RC_DATA_DIR: unusable('file') })],
  ['RC_DATA_DIR', 'a device', 78, () => ({ RC_DATA_DIR: '/dev/null' })],
  ['RC_DATA_DIR', 'a directory in /proc', 78, () => ({ RC_DATA_DIR: '/proc/redcloud' })],
  ['RC_DATA_DIR', 'a link that leads nowhere', 78, () => ({ RC_DATA_DIR: unusable('dangling') })],
  ['RC_DATA_DIR', 'a store that is such a link', 78, () => ({ RC_DATA_DIR: unusable('dangling pg') })],
  ['RC_DATA_DIR', 'a directory instead of the lock', 78, () => ({ RC_DATA_DIR: unusable('lock') })],
  ['RC_DATA_DIR', 'a directory instead of the key', 78, () => ({ RC_DATA_DIR: unusable('key') })],
  ['RC_DATA_DIR', 'a damaged store', 1, () => ({ RC_DATA_DIR: unusable('junk') })],
])(
  'A start with %s set to %s ends with status %i and one line that names the setting.',
  { tags: 'slow' },
  async (name, _, status, env) => {
    const onEmbedded = name === 'RC_DATA_DIR' ? { DATABASE_URL: '', RC_SECRET_KEY: '' } : {};
    const [code, said] = await failedStart({ ...onEmbedded, ...env() } as Record<string, string>);
    expect([code, said]).toEqual([status, expect.stringMatching(new RegExp(`^[^\n]*${name}[^\n]*\n$`))]);
  },
);

test('A secret key that did not seal the stored secrets is rejected at the start.', { tags: 'slow' }, async () => {
  const redcloud = await startRedCloud();
  later(() => redcloud.store.drop());
  const other = Buffer.alloc(32, 8).toString('base64');
  await expect(redcloud.restart({ RC_SECRET_KEY: other })).rejects.toThrow(
    /^RC_SECRET_KEY: .*encrypted with another key/,
  );
});

test('A request in progress gets its response during a stop, and its connection does not delay the stop.', {
  tags: 'slow',
}, async () => {
  const redcloud = await startRedCloud();
  later(() => redcloud.store.drop());
  const { hostname, port } = new URL(redcloud.url);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  const body = JSON.stringify({ sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'x' });
  const send =
    'POST /api/core/messages/send HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer rc_token_example\r\nIdempotency-Key: k\r\n' +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`;
  let answers = '';
  socket.on('data', (chunk) => {
    answers += chunk;
  });
  socket.write(send);
  await expect.poll(() => answers).toContain('100 Continue');
  const startedAt = performance.now();
  const stopping = redcloud.running.stop();
  socket.write(body);
  await once(socket, 'close');
  await stopping;
  expect(answers).toContain('HTTP/1.1 202 Accepted');
  // The deadline is RC_STOP_SECONDS.
  expect(performance.now() - startedAt).toBeLessThan(15_000);
});

test.skipIf(process.env['TEST_DATABASE_URL'])(
  'A second process on the same embedded store is rejected with the reason.',
  { tags: 'slow' },
  async () => {
    const store = await freshStore();
    const first = await startProcess(store);
    later(() => first.kill());
    await expect(startProcess(store)).rejects.toThrow(/Another Red Cloud process is using/);
  },
);

test.skipIf(!process.env['TEST_DATABASE_URL'])(
  'Roles in three processes on PostgreSQL process a message completely [needs TEST_DATABASE_URL].',
  async () => {
    const store = await freshStore();
    const roles = ['api', 'outbound', 'webhooks'];
    const [api, ...others] = await Promise.all(
      // Only the wake-up across processes is as fast as this test, because the polls are a minute apart.
      roles.map((role) => startRedCloud({ store, env: { RC_ROLES: role }, overrides: { pollMs: 60_000 } })),
    );
    for (const { running } of [api as TestRedCloud, ...others]) later(() => running.stop());
    const receiver = await withReceiver(api as TestRedCloud);
    later(() => receiver.stop());
    const id = await sendTo(api as TestRedCloud, '+15550000001');
    await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
    expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
  },
);

test.skipIf(!process.env['TEST_DATABASE_URL'])(
  'Concurrent requests with one key at two processes create one message [needs TEST_DATABASE_URL].',
  async () => {
    const store = await freshStore();
    const one = await startRedCloud({ store });
    const two = await startRedCloud({ store, clock: one.clock });
    later(() => two.running.stop());
    later(() => one.running.stop());
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) => (i % 2 ? one : two).send(`race-${round}`, { to: ['+15550000003'] })),
      );
      expect(new Set(answers.map(({ text, status }) => `${status} ${text}`)).size).toBe(1);
    }
    const db = await store.open();
    later(() => db.close());
    const [made] = await db.query<{ n: number }>('select count(*)::int as n from messages', []);
    expect(made?.n).toBe(10);
  },
);
