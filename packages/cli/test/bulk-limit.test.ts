// @module-tag slow
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedCloud } from '../../sdk/src/index.ts';
import { systemClock } from '../../server/src/platform/clock.ts';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { Machine } from './command.ts';

const LIMIT = 20;

let redcloud: TestRedCloud;
let machine: Machine;

beforeAll(async () => {
  redcloud = await startRedCloud({
    overrides: { clock: systemClock },
    env: { RC_MAX_SCHEDULED_PER_CLIENT: String(LIMIT) },
  });
  machine = new Machine({ REDCLOUD_URL: redcloud.url });
});
afterAll(async () => {
  await machine.remove();
  await redcloud.stop();
});

test('A bulk send that waits for the limit of scheduled messages is canceled at once, also after a kill.', async () => {
  const rows = Array.from({ length: 60 }, (_, n) => `+1555700${String(n).padStart(4, '0')}`);
  writeFileSync(machine.pathOf('people.csv'), `to\n${rows.join('\n')}\n`);
  const rc = new RedCloud({ clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123', baseUrl: redcloud.url });
  const queued = async () => (await Array.fromAsync(rc.messages.list({ status: 'QUEUED' }))).length;
  const args = ['--sandbox', 'send', '--from', 'num_abc123', '--file', 'people.csv', '--text', 'Hi', '--at', '+2h'];
  const sending = machine.start(args);
  await expect.poll(queued).toBe(LIMIT);
  sending.child.kill('SIGKILL');
  await sending.ended;
  const [{ id }] = (await machine.run(['bulk', 'list'])).lines();
  const { code, json } = await machine.run(['bulk', 'cancel', id]);
  expect([code, json()]).toEqual([
    0,
    expect.objectContaining({ state: 'canceled', canceled: LIMIT, rejected: 0, neverSent: 40, inDoubt: [] }),
  ]);
  expect(await queued()).toBe(0);
});
