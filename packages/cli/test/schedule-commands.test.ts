// @module-tag slow
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../server/src/platform/clock.ts';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { Machine } from './command.ts';

let redcloud: TestRedCloud;
let machine: Machine;

beforeAll(async () => {
  redcloud = await startRedCloud({ overrides: { clock: systemClock } });
  machine = new Machine({ REDCLOUD_URL: redcloud.url });
});
afterAll(async () => {
  await redcloud.stop();
  await machine.remove();
});

const run = (...args: string[]) => machine.run(['--sandbox', ...args]);
const SEND = ['send', '--from', 'num_abc123', '--to', '+15551234567', '--text', 'Hello'];

async function scheduled(...more: string[]): Promise<string> {
  return (await run(...SEND, '--at', '+2h', ...more)).json().accepted[0].messageId;
}

test('A scheduled message is found by its time, gets another time, and is canceled.', async () => {
  const id = await scheduled('--priority', 'BULK', '--max-per-minute', '10');
  const found = await run('messages', 'list', '--send-after', '+1h', '--send-before', '+3h');
  expect(found.lines()).toMatchObject([{ messageId: id, status: 'QUEUED', priority: 'BULK' }]);
  const moved = await run('reschedule', id, '--at', '2027-06-24 18:00 Europe/Berlin', '--expires', '+1h');
  const [sendAt, expiresAt] = ['2027-06-24T16:00:00.000Z', '2027-06-24T17:00:00.000Z'];
  expect(moved.json()).toMatchObject({ messageId: id, sendAt, expiresAt });
  const table = await run('--no-json', 'messages', 'list', '--send-after', '2027-01-01T00:00:00Z');
  expect(table.stdout).toMatch(/^SEND AT +CREATED[\s\S]*^2027-06-24 16:00:00Z/m);
  expect((await run('cancel', id)).json()).toMatchObject({ messageId: id, error: { code: 'CANCELED' } });
  expect((await run('cancel', id)).code).toBe(0);
  const late = await run('reschedule', id, '--at', '+1h');
  expect([late.code, JSON.parse(late.stderr).error.code]).toEqual([4, 'CONFLICT']);
});

test('The error of a time outside of its range names the field.', async () => {
  const far = await run('--no-json', ...SEND, '--at', '2099-01-01T00:00:00Z');
  expect(far.code).toBe(4);
  expect(far.stderr).toMatch(/sendAt must be at most 365 days ahead\n {2}field: sendAt\n/);
  const late = await run('reschedule', await scheduled(), '--at', '+1h', '--expires', '+60h');
  expect(JSON.parse(late.stderr).error.details).toEqual({ field: 'expiresAt' });
});

test('All messages with a reference are canceled, and those that were submitted are counted.', async () => {
  await scheduled('--reference', 'all of them');
  await scheduled('--reference', 'all of them');
  const { code, json } = await run('cancel', '--reference', 'all of them');
  expect([code, json()]).toEqual([0, { canceled: 2, tooLate: 0 }]);
  const { messageId } = (await run(...SEND, '--reference', 'all of them')).json().accepted[0];
  await expect.poll(async () => (await run('messages', 'show', messageId)).json().status).toBe('DELIVERED');
  const late = await run('--no-json', 'cancel', '--reference', 'all of them');
  expect([late.code, late.stdout]).toEqual([3, expect.stringMatching(/^canceled +2\ntoo late +1$/m)]);
  expect((await run('cancel', messageId)).code).toBe(4);
  expect((await run('cancel', '--reference', 'unknown')).stderr).toContain('No message has this reference');
});

test('Quiet hours are shown, changed one by one, and apply to a dry run.', async () => {
  expect((await run('quiet-hours')).json()).toMatchObject({ enabled: false, start: '08:00', end: '21:00' });
  const set = await run('quiet-hours', 'set', '--enabled', 'yes', '--days', 'mon,tue,wed', '--start', '09:00');
  expect(set.json()).toEqual({ enabled: true, start: '09:00', end: '21:00', days: ['MON', 'TUE', 'WED'] });
  const changed = await run('--no-json', 'quiet-hours', 'set', '--end', '10:00');
  expect(changed.stdout).toMatch(/^start +09:00\nend +10:00\ndays +MON, TUE, WED$/m);
  const berlin = [...SEND, '--dry-run', '--time-zone', 'Europe/Berlin'];
  const at = new Date((await run(...berlin)).json().firstSendAt);
  const local = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', weekday: 'short', hour: '2-digit' });
  expect(local.format(at)).toMatch(/^(Mon|Tue|Wed),? 09$/);
  const ignored = (await run(...berlin, '--ignore-quiet-hours')).json();
  expect(Date.parse(ignored.firstSendAt)).toBeLessThan(Date.now() + 60_000);
  expect((await run('quiet-hours', 'set', '--enabled', 'no')).json()).toMatchObject({ enabled: false });
  expect((await run('quiet-hours', 'set')).code).toBe(2);
});

test('A recipient of a file without a permitted hour is rejected, and the other rows are sent.', async () => {
  const hour = Number(
    new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', hour: '2-digit', hourCycle: 'h23' }).format(),
  );
  const at = (ahead: number) => `${String((hour + ahead + 24) % 24).padStart(2, '0')}:00`;
  const days = 'mon,tue,wed,thu,fri,sat,sun';
  await run('quiet-hours', 'set', '--enabled', 'yes', '--days', days, '--start', at(-1), '--end', at(3));
  writeFileSync(machine.pathOf('zones.csv'), 'to\n+81312345678\n+15551230001\n');
  await run('send', '--from', 'num_abc123', '--file', 'zones.csv', '--text', 'Hello', '--expires', '+30m');
  await run('quiet-hours', 'set', '--enabled', 'no');
  const results = readFileSync(machine.pathOf('zones.csv.results.ndjson'), 'utf8').trim().split('\n');
  expect(results.map((line) => JSON.parse(line))).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ to: '+81312345678', outcome: 'REJECTED' }),
      expect.objectContaining({ to: '+15551230001', outcome: 'ACCEPTED' }),
    ]),
  );
});
