// @module-tag slow
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { MockVendor, PUBLIC_URL } from '../carriers/mock-vendor.ts';
import { sendTo } from '../support/exchange.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const SOON = { timeout: 10_000, interval: 20 };

let directory: string;
let file: string;
let vendors: MockVendor[];
let redcloud: TestRedCloud;
let recipients = 0;

const [ONE, TWO] = ['one', 'two'] as const;
const entry = (n: number, name: string, more: object = {}) => ({ ...vendors[n]?.settings({ name }), ...more });

function write(settings: unknown): void {
  writeFileSync(file, typeof settings === 'string' ? settings : JSON.stringify(settings));
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-reload-'));
  file = join(directory, 'carriers.json');
  vendors = await Promise.all([MockVendor.start('twilio'), MockVendor.start('telnyx')]);
});
beforeEach(async () => {
  for (const vendor of vendors) vendor.reset();
  write({ carriers: [entry(0, ONE)], default: ONE });
  const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
  redcloud = await startRedCloud({ env, overrides: { clock: systemClock } });
});
afterEach(() => redcloud.stop());
afterAll(async () => {
  await Promise.all(vendors.map((vendor) => vendor.stop()));
  rmSync(directory, { recursive: true, force: true });
});

function nextRecipient(): string {
  recipients += 1;
  return `+1555${String(5_000_000 + recipients)}`;
}

async function sendVia(vendor: number): Promise<{ to: string; id: string }> {
  const to = nextRecipient();
  const id = await sendTo(redcloud, to);
  await vi.waitFor(() => expect(vendors[vendor]?.accepted.map((one) => one.to)).toContain(to), SOON);
  await until(id, 'SENT');
  return { to, id };
}

const statusOf = async (id: string) => (await redcloud.call(`/api/core/messages/${id}`)).json.status;
const until = (id: string, status: string) => vi.waitFor(async () => expect(await statusOf(id)).toBe(status), SOON);
const names = async () => (await redcloud.admin('GET', '/carriers')).json.carriers.map(({ name }: never) => name);

async function deliver(vendor: number, { to, id }: { to: string; id: string }): Promise<void> {
  const accepted = vendors[vendor]?.accepted.find((one) => one.to === to);
  expect(await vendors[vendor]?.report(redcloud.url, accepted as never, 'delivered')).toBe(204);
  await until(id, 'DELIVERED');
}

describe('Reload of RC_CARRIERS', () => {
  test('A new carrier gets messages, and callbacks of messages of the former default carrier still count.', async () => {
    const before = await sendVia(0);
    write({ carriers: [entry(0, ONE), entry(1, TWO)], default: TWO });
    const result = await redcloud.running.reload();
    expect(result).toEqual({ outcome: 'reloaded', added: [TWO], changed: [], removed: [] });
    expect(await names()).toEqual([ONE, TWO]);
    await sendVia(1);
    await deliver(0, before);
  });

  test.each<[problem: string, settings: unknown, reason: RegExp]>([
    ['is no JSON', '{', /is not JSON/],
    [
      'has an unknown key',
      { carriers: [{ name: ONE, type: 'simulator', color: 'red' }] },
      /carriers\[0\]\.color is not/,
    ],
    ['names an unknown default', { carriers: [{ name: ONE, type: 'simulator' }], default: 'x' }, /default must name a/],
  ])('A file that %s changes nothing.', async (_problem, settings, reason) => {
    write(settings as string);
    expect(await redcloud.running.reload()).toEqual({ outcome: 'refused', reason: expect.stringMatching(reason) });
    expect(redcloud.logged()).toContain('reload_failed');
    await sendVia(0);
  });

  test('A carrier with open messages cannot be removed or renamed, and a final message allows it.', async () => {
    const open = await sendVia(0);
    write({ carriers: [entry(1, TWO)], default: TWO });
    expect(await redcloud.running.reload()).toEqual({
      outcome: 'refused',
      reason:
        'RC_CARRIERS: carrier one has open messages and cannot be removed or renamed. Set "disabled": true until they are final.',
    });
    await deliver(0, open);
    expect(await redcloud.running.reload()).toMatchObject({ outcome: 'reloaded', removed: [ONE] });
    await sendVia(1);
    expect((await redcloud.admin('POST', '/carriers/one/pause')).status).toBe(404);
  });

  test('A disabled carrier takes no new messages, and receipts of earlier ones still count.', async () => {
    const open = await sendVia(0);
    write({ carriers: [entry(0, ONE, { disabled: true }), entry(1, TWO)], default: TWO });
    expect(await redcloud.running.reload()).toMatchObject({ outcome: 'reloaded', changed: [ONE], added: [TWO] });
    await sendVia(1);
    await deliver(0, open);
  });

  test('Changed settings apply to the next submits, and messages under way are neither lost nor repeated.', async () => {
    const sent = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const to = nextRecipient();
        return { to, id: await sendTo(redcloud, to) };
      }),
    );
    const reloads: unknown[] = [];
    for (const window of [2, 8, 3]) {
      write({ carriers: [entry(0, ONE, { window })], default: ONE });
      reloads.push(await redcloud.running.reload());
    }
    expect(reloads).toMatchObject([1, 2, 3].map(() => ({ outcome: 'reloaded', changed: [ONE] })));
    for (const { id } of sent) await until(id, 'SENT');
    const all = vendors[0]?.accepted.map(({ to }) => to) ?? [];
    expect(all.toSorted()).toEqual(sent.map(({ to }) => to).toSorted());
  });
});
