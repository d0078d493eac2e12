// @module-tag slow
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Message, RedCloud } from '../../sdk/src/index.ts';
import { type RedCloudProcess, startProcess } from '../../server/test/support/process.ts';
import { type TestStore, testStore } from '../../server/test/support/store.ts';
import { Machine, type Running } from './command.ts';

/** `CAMPAIGN_ROWS=5000` runs the campaign in full size, which takes about ten minutes. */
const ROWS = Number(process.env['CAMPAIGN_ROWS'] ?? 40);
const RATE = ROWS > 1_000 ? '600/min' : '240/min';
const REFERENCE = 'campaign with faults';
const TEXT = ['--text', 'Hi {name}', '--reference', REFERENCE];

let store: TestStore;
let server: RedCloudProcess;
let machine: Machine;
let rc: RedCloud;

beforeEach(async () => {
  store = await testStore();
  server = await startProcess(store);
  machine = new Machine({ REDCLOUD_URL: server.url });
  rc = new RedCloud({ clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123', baseUrl: server.url });
  const people = Array.from({ length: ROWS }, (_, i) => `+1555200${String(i).padStart(4, '0')},Person ${i}`);
  writeFileSync(machine.pathOf('people.csv'), `to,name\n${people.join('\n')}\n`);
}, 180_000);
afterEach(async () => {
  await server.terminate();
  await store.drop();
  await machine.remove();
});

/** Kills the server, and starts it again on the same port. */
async function restart(): Promise<void> {
  await server.kill();
  server = await startProcess(store, { PORT: new URL(server.url).port });
}

const args = (...more: string[]) => [
  '--sandbox',
  'send',
  '--from',
  'num_abc123',
  '--file',
  'people.csv',
  ...TEXT,
  ...more,
];
const bulk = (...more: string[]) => machine.run(['bulk', ...more]);
const messages = (): Promise<Message[]> =>
  Array.fromAsync(rc.messages.list({ externalReference: REFERENCE, limit: 200 }));

interface Line {
  to: string;
  outcome: string;
  messageId?: string;
}

function results(): Line[] {
  const path = machine.pathOf('people.csv.results.ndjson');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line));
}

const accepted = () => new Set(results().map(({ to }) => to)).size;
const canceled = () => results().filter(({ outcome }) => outcome === 'CANCELED').length;
const until = (count: () => number, share: number) =>
  expect.poll(count, { interval: 20, timeout: ROWS > 1_000 ? 600_000 : 120_000 }).toBeGreaterThanOrEqual(ROWS * share);

async function killed(running: Running): Promise<void> {
  running.child.kill('SIGKILL');
  await running.ended;
}

test('A campaign that is paused, killed with its server, resumed and canceled half-way sends each row once or reports it.', {
  timeout: 1_500_000,
}, async () => {
  const dry = await machine.run(args('--dry-run', '--at', '+3h', '--rate', RATE, '--price', 'USD 0.0075'));
  expect(dry.json()).toMatchObject({ rows: ROWS, accepted: ROWS, rejected: 0, segments: ROWS });
  expect([await messages(), results()]).toEqual([[], []]);

  const first = machine.start(args('--at', '+3h', '--rate', RATE));
  await until(accepted, 0.1);
  const [{ id }] = (await bulk('list')).lines();
  expect((await bulk('pause', id)).json()).toMatchObject({ state: 'paused' });
  expect((await first.ended).code).toBe(130);

  const second = machine.start(['bulk', 'resume', id]);
  await until(accepted, 0.2);
  await killed(second);
  const third = machine.start(['bulk', 'resume', id]);
  await until(accepted, 0.3);
  await restart();
  await until(accepted, 0.4);
  await Promise.all([killed(third), restart()]);
  const [halted] = (await bulk('list')).lines();
  expect(halted).toMatchObject({ state: 'running', alive: false, rows: ROWS });
  const fourth = machine.start(['bulk', 'resume', id]);
  await until(accepted, 0.5);
  await Promise.all([killed(fourth), server.kill()]);

  const canceling = machine.start(['bulk', 'cancel', id]);
  server = await startProcess(store, { PORT: new URL(server.url).port });
  await until(canceled, 0.05);
  await killed(canceling);
  const again = await bulk('cancel', id);
  expect(again.code).toBe(0);
  const report = again.json();
  expect(report).toMatchObject({ state: 'canceled', tooLate: 0, rejected: 0, inDoubt: [] });
  expect(report.canceled + report.neverSent).toBe(ROWS);

  const found = await messages();
  expect(found).toHaveLength(report.canceled);
  expect(new Set(found.map(({ to }) => to)).size).toBe(found.length);
  for (const { status, error } of found) expect([status, error?.code]).toEqual(['FAILED', 'CANCELED']);
  const recorded = results().filter(({ outcome }) => outcome === 'CANCELED');
  expect(recorded.map(({ messageId }) => messageId).sort()).toEqual(found.map(({ messageId }) => messageId).sort());
  process.stdout.write(`campaign of ${ROWS} rows: ${JSON.stringify(report)}\n`);
});

test('A campaign whose process and server are killed is completed, and each row is sent once.', {
  timeout: 1_500_000,
}, async () => {
  const fast = args('--at', '+3h', '--rate', String(ROWS > 1_000 ? '100/s' : '20/s'));
  const first = machine.start(fast);
  await until(accepted, 0.3);
  await Promise.all([killed(first), restart()]);
  const last = machine.start(fast);
  await until(accepted, 0.6);
  await restart();
  const { code, json } = await last.ended;
  expect([code, json()]).toEqual([0, expect.objectContaining({ rows: ROWS, accepted: ROWS, rejected: 0 })]);
  const found = await messages();
  expect(found).toHaveLength(ROWS);
  expect(new Set(found.map(({ to }) => to)).size).toBe(ROWS);
  expect(new Set(found.map(({ sendAt }) => sendAt)).size).toBe(1);
  expect(new Set(results().map(({ messageId }) => messageId)).size).toBe(ROWS);
});
