// @module-tag slow
// @module-tag sized
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { sendTo } from '../support/exchange.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { sized } from '../support/thorough.ts';
import { type Accepted, MockVendor, PUBLIC_URL, type Reported, type VendorType } from './mock-vendor.ts';

const WAIT = { timeout: 15_000, interval: 20 };
const ORDERS = sized(40);

let directory: string;
let vendor: MockVendor;
let redcloud: TestRedCloud;
let recipients = 0;

const message = async (id: string) => (await redcloud.call(`/api/core/messages/${id}`)).json;
const until = (id: string, status: string) =>
  vi.waitFor(async () => expect(await message(id)).toMatchObject({ status }), WAIT);

/** Sends a message. @param isLost whether the response of the vendor is lost. */
async function submitted(isLost: boolean): Promise<{ id: string; accepted: Accepted }> {
  vendor.react = () => (isLost ? 'cut' : 'ok');
  recipients += 1;
  const to = `+1555${String(3_000_000 + recipients)}`;
  const id = await sendTo(redcloud, to);
  await until(id, isLost ? 'UNKNOWN' : 'SENT');
  return { id, accepted: vendor.accepted.find((one) => one.to === to) as Accepted };
}

describe.each<VendorType>(['twilio', 'telnyx', 'bandwidth'])('Callbacks of %s', (type) => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'redcloud-callbacks-'));
    vendor = await MockVendor.start(type);
    const file = join(directory, 'carriers.json');
    writeFileSync(file, JSON.stringify({ carriers: [vendor.settings()], default: type }));
    const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
    redcloud = await startRedCloud({ env, overrides: { clock: systemClock } });
  });
  afterAll(async () => {
    await vendor.stop();
    await redcloud.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test('Three copies of each callback in any order create one event of each kind.', { timeout: 120_000 }, async () => {
    const order = fc.constantFrom<Reported>('delivered', 'failed').chain((final) =>
      fc.record({
        final: fc.constant(final),
        isLost: fc.boolean(),
        isConcurrent: fc.boolean(),
        states: fc.shuffledSubarray<Reported>(['sent', 'sent', 'sent', final, final, final], { minLength: 6 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(order, async ({ final, isLost, isConcurrent, states }) => {
        const { id, accepted } = await submitted(isLost);
        const report = (state: Reported) => vendor.report(redcloud.url, accepted, state);
        const answers: number[] = [];
        if (isConcurrent) answers.push(...(await Promise.all(states.map(report))));
        else for (const state of states) answers.push(await report(state));
        expect(answers).toEqual([204, 204, 204, 204, 204, 204]);
        await until(id, final.toUpperCase());
        const kinds: string[] = (await message(id)).events.map(({ type: kind }: { type: string }) => kind);
        expect(kinds.toSorted()).toEqual([...new Set(kinds)].toSorted());
        expect(kinds[0]).toBe('message.queued');
        expect(kinds.at(-1)).toBe(final === 'failed' ? 'message.failed' : 'message.delivery');
      }),
      { numRuns: ORDERS },
    );
  });

  test('A callback with one changed bit in its reference has no effect, although it is signed.', async () => {
    const { id, accepted } = await submitted(true);
    const { callback } = accepted;
    const from = callback.lastIndexOf('.') - 2;
    const changed = Array.from({ length: (callback.length - from) * 4 }, (_, i) => {
      const bytes = Buffer.from(callback);
      const at = from + (i >> 2);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (i & 3)), at);
      return bytes.toString();
    });
    const answers = await Promise.all(
      changed.map((forged) => vendor.report(redcloud.url, { ...accepted, callback: forged }, 'delivered')),
    );
    expect(answers.filter((status) => status !== 403)).toEqual([]);
    expect(await message(id)).toMatchObject({ status: 'UNKNOWN' });
    expect(await vendor.report(redcloud.url, accepted, 'delivered')).toBe(204);
    await until(id, 'DELIVERED');
  });
});
