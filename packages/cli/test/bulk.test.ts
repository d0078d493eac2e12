// @module-tag slow
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RedCloud } from '../../sdk/src/index.ts';
import { systemClock } from '../../server/src/platform/clock.ts';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { Machine } from './command.ts';

let redcloud: TestRedCloud;
let rc: RedCloud;
let machine: Machine;

beforeAll(async () => {
  redcloud = await startRedCloud({ overrides: { clock: systemClock } });
  rc = new RedCloud({ clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123', baseUrl: redcloud.url });
});
afterAll(() => redcloud.stop());
beforeEach(() => {
  machine = new Machine({ REDCLOUD_URL: redcloud.url });
});
afterEach(() => machine.remove());

const run = (...args: string[]) => machine.run(['--sandbox', ...args]);
const args = (reference: string, ...more: string[]) =>
  ['send', '--from', 'num_abc123', '--file', 'people.csv', '--text', 'Hi {to}', '--reference', reference].concat(more);
const send = (reference: string, ...more: string[]) => run(...args(reference, ...more));
const people = (count: number) => Array.from({ length: count }, (_, i) => `+1555200${String(i).padStart(4, '0')}`);
const file = (rows: readonly string[]) => writeFileSync(machine.pathOf('people.csv'), `to\n${rows.join('\n')}\n`);
const messages = (externalReference: string) => Array.fromAsync(rc.messages.list({ externalReference, limit: 200 }));
const list = async () => (await machine.run(['bulk', 'list'])).lines();
const RESULTS = 'people.csv.results.ndjson';

function results(): Record<string, unknown>[] {
  const path = machine.pathOf(RESULTS);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line));
}

/** Starts a slow bulk send, and waits until some rows were accepted. */
async function underWay(reference: string, ...more: string[]) {
  const running = machine.start(['--sandbox', ...args(reference, '--rate', '2/s', ...more)]);
  await expect.poll(() => results().length, { interval: 10 }).toBeGreaterThan(2);
  const [{ id }] = await list();
  return { id: id as string, running };
}

describe('A dry run', () => {
  test('A dry run shows segments, cost, times and rejected rows of a file, and stores and sends nothing.', async () => {
    file([...people(3), 'invalid', people(1)[0] ?? '']);
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const { code, json } = await send('dry', '--dry-run', '--at', at, '--rate', '60/min', '--price', 'USD 0.0075');
    expect(code).toBe(0);
    expect(json()).toMatchObject({
      ...{ dryRun: true, rows: 5, accepted: 3, rejected: 1, duplicates: 1, segments: 3 },
      cost: { amount: '0.0225', currency: 'USD' },
      firstSendAt: at,
      lastSendAt: at,
      rejectedRows: [{ line: 5, to: 'invalid', code: 'INVALID_RECIPIENT' }],
    });
    expect(await messages('dry')).toEqual([]);
    expect([existsSync(machine.pathOf(RESULTS)), await list()]).toEqual([false, []]);
  });

  test('A dry run counts the pace, and does not count rows that were sent before.', async () => {
    file(people(2));
    await send('dry-again', '--priority', 'BULK');
    file(people(5));
    const { json } = await send('dry-again', '--dry-run', '--rate', '60/min');
    expect(json()).toMatchObject({ accepted: 3, acceptedBefore: 2, scheduleChanged: 2 });
    const { firstSendAt, lastSendAt } = json();
    expect(Date.parse(lastSendAt) - Date.parse(firstSendAt)).toBeGreaterThan(1_500);
    expect(await messages('dry-again')).toHaveLength(2);
  });

  test('A dry run of one command shows the recipients, and exits with 3 if all are rejected.', async () => {
    const one = ['send', '--from', 'num_abc123', '--text', 'Hello', '--dry-run', '--to', 'invalid'];
    const env = { RC_PRICE_PER_SEGMENT: '0.0075' };
    const some = await machine.run(['--sandbox', '--no-json', ...one, '--to', '+15551234567'], { env });
    expect(some.code).toBe(0);
    expect(some.stdout).toMatch(/^cost +0\.0075$/m);
    expect(some.stdout).toMatch(/invalid +INVALID_RECIPIENT/);
    expect((await run(...one)).code).toBe(3);
  });

  test('A dry run describes a local file and does not upload it.', async () => {
    writeFileSync(machine.pathOf('card.vcf'), 'BEGIN:VCARD\r\nEND:VCARD\r\n');
    const mms = ['send', '--from', 'num_abc123', '--to', '+15551234567', '--media', 'card.vcf', '--dry-run'];
    const { code, json } = await run(...mms, '--price', '1');
    expect({ code, ...json() }).toMatchObject({ code: 0, accepted: 1, segments: 0, mms: 1 });
  });
});

test('A file is sent with all scheduling options, and a repeated command with a period means the same time.', async () => {
  file(people(2));
  const options = ['--at', '+2h', '--expires', '+1h', '--priority', 'BULK', '--time-zone', 'Europe/Berlin'];
  const first = await send('options', ...options, '--ignore-quiet-hours');
  expect(first.json()).toMatchObject({ accepted: 2, bulk: expect.stringMatching(/^bulk_[0-9a-f]{12}$/) });
  const [one] = await messages('options');
  expect(one).toMatchObject({ status: 'QUEUED', priority: 'BULK' });
  expect(Date.parse(one?.expiresAt ?? '') - Date.parse(one?.sendAt ?? '')).toBe(3_600_000);
  file(people(3));
  const second = await send('options', ...options, '--ignore-quiet-hours');
  expect(second.json()).toMatchObject({ accepted: 3, acceptedBefore: 2 });
  expect(second.json()).not.toHaveProperty('scheduleChanged');
  expect(new Set((await messages('options')).map(({ sendAt }) => sendAt)).size).toBe(1);
});

describe('A changed schedule', () => {
  test('A changed schedule is reported with both times for rows that were accepted before, and sends no row again.', async () => {
    file(people(2));
    await send('changed', '--at', '2027-01-01T10:00:00Z');
    file(people(3));
    const { code, json } = await send('changed', '--at', '2027-01-02T10:00:00Z');
    expect(code).toBe(3);
    expect(json()).toMatchObject({ accepted: 3, acceptedBefore: 2, rejected: 0, scheduleChanged: 2 });
    const [was, now] = [{ sendAt: '2027-01-01T10:00:00.000Z' }, { sendAt: '2027-01-02T10:00:00.000Z' }];
    expect(json().scheduleChanges[0]).toMatchObject({ line: 2, to: people(1)[0], was, now });
    const times = (await messages('changed')).map(({ sendAt }) => sendAt).sort();
    expect(times).toEqual([was.sendAt, was.sendAt, now.sendAt]);
    const table = await send('changed', '--at', '2027-01-02T10:00:00Z', '--no-json');
    expect(table.stdout).toMatch(/^2 +\+15552000000 +2027-01-01T10:00:00Z +2027-01-02T10:00:00Z +msg_/m);
    expect(await messages('changed')).toHaveLength(3);
  });

  test('A changed schedule is found by the key of a row whose result was not recorded.', async () => {
    file(people(3));
    await send('unrecorded', '--at', '2027-01-01T10:00:00Z');
    const path = machine.pathOf(RESULTS);
    // Only the first row was recorded.
    writeFileSync(path, readFileSync(path, 'utf8').split('\n').slice(0, 1).join('\n'));
    const { json } = await send('unrecorded', '--at', '2027-01-02T10:00:00Z');
    expect(json()).toMatchObject({ accepted: 3, acceptedBefore: 3, scheduleChanged: 3 });
    expect(await messages('unrecorded')).toHaveLength(3);
  });

  test('A row with a changed schedule and without a record is rejected, and nothing is sent.', async () => {
    file(people(1));
    await send('forgotten', '--at', '2027-01-01T10:00:00Z');
    await rm(machine.pathOf(RESULTS));
    const { code, json } = await send('forgotten', '--at', '2027-01-02T10:00:00Z');
    expect([code, json().rejections]).toEqual([3, { SCHEDULE_UNKNOWN: 1 }]);
    expect(await messages('forgotten')).toHaveLength(1);
  });
});

describe('A bulk send', () => {
  test('A bulk send is paused between two rows and resumed with its options, and each row is sent once.', async () => {
    file(people(60));
    const { id, running } = await underWay('paused', '--at', '+2h');
    expect(await list()).toMatchObject([{ id, state: 'running', alive: true, rows: 60 }]);
    const busy = await machine.run(['--sandbox', 'bulk', 'resume', id]);
    expect([busy.code, busy.stderr]).toEqual([2, expect.stringContaining('runs in process')]);
    const paused = await machine.run(['bulk', 'pause', id]);
    expect(paused.json()).toMatchObject({ state: 'paused', alive: false });
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain(`redcloud bulk resume ${id}`);
    const { sent, left } = paused.json();
    expect([sent + left, left > 0]).toEqual([60, true]);
    expect((await machine.run(['bulk', 'resume', id, '--rate', '1000/s'])).json()).toMatchObject({
      accepted: 60,
      acceptedBefore: sent,
    });
    expect(await list()).toMatchObject([{ state: 'done', sent: 60, left: 0 }]);
    const sentMessages = await messages('paused');
    expect(new Set(sentMessages.map(({ to }) => to)).size).toBe(60);
    expect(new Set(sentMessages.map(({ sendAt }) => sendAt)).size).toBe(1);
    expect(sentMessages).toHaveLength(60);
  });

  test('A bulk send whose process was killed is listed as such, paused, resumed with another time, and canceled.', async () => {
    file(people(40));
    const { id, running } = await underWay('killed', '--at', '+2h');
    running.child.kill('SIGKILL');
    await running.ended;
    expect(await list()).toMatchObject([{ state: 'running', alive: false, pid: running.child.pid }]);
    expect((await machine.run(['bulk', 'pause', id])).json()).toMatchObject({ state: 'paused' });
    const resumed = await machine.run(['bulk', 'resume', id, '--at', '+3h', '--rate', '1000/s']);
    expect(resumed.code).toBe(3);
    expect(resumed.json()).toMatchObject({ accepted: 40, rejected: 0 });
    expect(resumed.json().scheduleChanged).toBe(resumed.json().acceptedBefore);
    const canceled = await machine.run(['bulk', 'cancel', id]);
    expect([canceled.code, canceled.json()]).toEqual([0, expect.objectContaining({ canceled: 40, tooLate: 0 })]);
    const all = await messages('killed');
    expect(all.map(({ error }) => error?.code)).toEqual(people(40).map(() => 'CANCELED'));
    expect((await machine.run(['bulk', 'cancel', id])).json()).toMatchObject({ canceled: 40 });
    expect(await messages('killed')).toHaveLength(40);
  });

  test('A running bulk send is canceled, and its rows are not sent again under the same campaign.', async () => {
    file(people(60));
    const { id, running } = await underWay('canceled', '--at', '+2h');
    const { code, json } = await machine.run(['bulk', 'cancel', id]);
    expect(code).toBe(0);
    expect(json().canceled + json().neverSent).toBe(60);
    expect((await running.ended).code).toBe(130);
    const again = await send('canceled', '--at', '+2h');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('was canceled')]);
    for (const verb of ['resume', 'pause']) expect((await machine.run(['bulk', verb, id])).code).toBe(2);
    expect(await list()).toMatchObject([{ state: 'canceled', canceled: json().canceled, sent: 0 }]);
  });

  test('The cancel of a bulk send without a schedule is too late, and reports each such message.', async () => {
    file(people(2));
    const { bulk } = (await send('late')).json();
    await expect.poll(async () => (await messages('late')).every(({ status }) => status !== 'QUEUED')).toBe(true);
    const { code, json } = await machine.run(['bulk', 'cancel', bulk]);
    expect([code, json()]).toEqual([3, expect.objectContaining({ canceled: 0, tooLate: 2 })]);
    const late = results().filter(({ outcome }) => outcome === 'TOO_LATE');
    expect(late).toMatchObject([{ messageId: expect.stringMatching(/^msg_/) }, { error: { code: 'CONFLICT' } }]);
  });

  test('A bulk send whose pace is too slow for its time is rejected before the first row.', async () => {
    file(people(3));
    const { code, stderr } = await send('too-slow', '--at', '+1s', '--rate', '1/min');
    expect([code, stderr]).toEqual([2, expect.stringContaining('3 rows at 1/min take 120 s')]);
    expect([results(), await list()]).toEqual([[], []]);
  });

  test('A bulk send of another server or API client is not continued, and no secret is sent.', async () => {
    file(people(1));
    const { bulk } = (await send('elsewhere')).json();
    const env = { REDCLOUD_URL: 'http://127.0.0.1:9' };
    const other = await machine.run(['bulk', 'cancel', bulk], { env });
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('belongs to the server')]);
    const client = { REDCLOUD_CLIENT_ID: 'other', REDCLOUD_CLIENT_SECRET: 'x' };
    const wrong = await machine.run(['--url', redcloud.url, 'bulk', 'cancel', bulk], { env: client });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('belongs to the API client')]);
    expect((await machine.run(['bulk', 'resume', 'bulk_none'])).code).toBe(2);
  });
});
