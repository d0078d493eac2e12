// @module-tag slow
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { MockVendor, PUBLIC_URL } from '../carriers/mock-vendor.ts';
import { importNumbers, type Member, nextSerial, SANDBOX_CLIENT, sendFrom } from '../support/pool.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const SOON = { timeout: 15_000, interval: 20 };

let directory: string;
let first: MockVendor;
let second: MockVendor;
let redcloud: TestRedCloud;
let poolId: string;
let near: Member;
let far: Member;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-pools-'));
  [first, second] = await Promise.all([MockVendor.start('twilio'), MockVendor.start('telnyx')]);
  const file = join(directory, 'carriers.json');
  const carriers = [first.settings({ name: 'first' }), second.settings({ name: 'second' })];
  writeFileSync(file, JSON.stringify({ carriers, default: 'first', poolFailoverAfterSeconds: 1 }));
  const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
  redcloud = await startRedCloud({ env, overrides: { clock: systemClock } });
  [near] = (await importNumbers(redcloud, ['212'], { carrier: 'first' })) as [Member];
  [far] = (await importNumbers(redcloud, ['206'], { carrier: 'second' })) as [Member];
  const numberIds = [near.numberId, far.numberId];
  const { json } = await redcloud.admin('POST', '/pools', { apiClientId: SANDBOX_CLIENT, name: 'Pool', numberIds });
  poolId = json.poolId;
});
beforeEach(async () => {
  for (const name of ['first', 'second']) await redcloud.admin('POST', `/carriers/${name}/resume`);
  first.reset();
  second.reset();
  await expect.poll(async () => (await states()).join(), { ...SOON, timeout: 40_000 }).toBe('up,up');
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await redcloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function states(): Promise<string[]> {
  const { json } = await redcloud.admin('GET', '/carriers');
  return json.carriers.map(({ state }: { state: string }) => state);
}

const handset = () => `+1212555${String(nextSerial()).padStart(4, '0')}`;
const acceptedBy = (vendor: MockVendor, to: string) => vendor.accepted.filter((one) => one.to === to).length;
const pause = (name: string) => redcloud.admin('POST', `/carriers/${name}/pause`);
const message = async (id: string) => (await redcloud.admin('GET', `/messages/${id}`)).json;

async function send(to: string, body = {}): Promise<string> {
  return (await sendFrom(redcloud, poolId, [to], body)).json.results[0].messageId;
}

describe('Failover to another number of the pool', () => {
  test('Waiting messages of a conversation leave from another number, which then keeps the conversation.', async () => {
    const to = handset();
    const before = await send(to);
    await expect.poll(() => acceptedBy(first, to), SOON).toBe(1);
    expect(await message(before)).toMatchObject({ from: near.e164 });
    await pause('first');
    const waiting = await Promise.all([send(to), send(to), send(to)]);
    await expect.poll(() => acceptedBy(second, to), SOON).toBe(3);
    for (const id of waiting) {
      await expect
        .poll(() => message(id), SOON)
        .toMatchObject({ status: 'SENT', from: far.e164, numberId: far.numberId });
      expect((await message(id)).route).toBe('Carrier second of the number, another number of the pool');
    }
    expect(await message(before)).toMatchObject({ from: near.e164 });
    await redcloud.admin('POST', '/carriers/first/resume');
    expect(await message(await send(to))).toMatchObject({ from: far.e164 });
    expect(acceptedBy(first, to)).toBe(1);
  });

  test('New messages are accepted for another number after the time, and stay while no number has a carrier.', async () => {
    await pause('first');
    await expect.poll(async () => (await message(await send(handset()))).from, SOON).toBe(far.e164);
    await pause('second');
    const to = handset();
    const id = await send(to);
    await redcloud.admin('POST', '/carriers/second/resume');
    await expect.poll(() => acceptedBy(second, to), SOON).toBe(1);
    expect(await message(id)).toMatchObject({ from: far.e164 });
  });

  test('A message of which a segment was submitted keeps its number.', async () => {
    const to = handset();
    first.react = () => 'cut';
    const unknown = await send(to, { deliveryGuarantee: 'AT_LEAST_ONCE' });
    await expect.poll(async () => (await message(unknown)).status, SOON).toBe('UNKNOWN');
    await pause('first');
    const other = handset();
    await send(other);
    await expect.poll(() => acceptedBy(second, other), SOON).toBe(1);
    expect(await message(unknown)).toMatchObject({ from: near.e164, numberId: near.numberId });
    expect(acceptedBy(second, to)).toBe(0);
  });

  test('A message from a number without its pool waits for the carrier of the number.', async () => {
    await pause('first');
    const to = handset();
    const id = (await sendFrom(redcloud, near.numberId, [to])).json.results[0].messageId;
    const ofPool = handset();
    await send(ofPool);
    await expect.poll(() => acceptedBy(second, ofPool), SOON).toBe(1);
    expect(await message(id)).toMatchObject({ from: near.e164, status: 'QUEUED' });
    await redcloud.admin('POST', '/carriers/first/resume');
    await expect.poll(() => acceptedBy(first, to), SOON).toBe(1);
  });
});
