import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { type Accepted, MockVendor, PUBLIC_URL, type Reaction, type VendorType } from './mock-vendor.ts';

/** Messages for each vendor. HTTP_MESSAGES=10000 for the full run. */
const MESSAGES = Number(process.env['HTTP_MESSAGES'] ?? 100);
const PER_REQUEST = 100;
/** Deadline of a submit, and the time of all others. */
const TIMEOUT_MS = 180_000 + 60 * MESSAGES;

const VENDORS: readonly VendorType[] = ['twilio', 'telnyx', 'bandwidth'];

let redcloud: TestRedCloud;
let vendors: MockVendor[];
let directory: string;

afterEach(async () => {
  await Promise.all(vendors.map((vendor) => vendor.stop()));
  await redcloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Starts Red Cloud with all vendors, and a number for each. @returns ids of the numbers. */
async function begin(): Promise<string[]> {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-chaos-'));
  vendors = await Promise.all(VENDORS.map((type) => MockVendor.start(type)));
  const file = join(directory, 'carriers.json');
  writeFileSync(file, JSON.stringify({ carriers: vendors.map((vendor) => vendor.settings()), default: 'twilio' }));
  const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
  redcloud = await startRedCloud({ env, overrides: { clock: systemClock } });
  const numbers = VENDORS.map((carrier, i) => ({
    ...{ e164: `+1503555090${i}`, apiClientId: 'rc_test_client_123', campaignRegId: 'camp', carrier },
  }));
  const { json } = await redcloud.admin('POST', '/numbers', { numbers });
  return json.imported.map(({ numberId }: { numberId: string }) => numberId);
}

/** A third of the submits fails, in all ways that leave the outcome open or prove that nothing was accepted. */
function anyReaction(): Reaction {
  const n = Math.random();
  if (n < 0.66) return 'ok';
  if (n < 0.76) return 'cut';
  if (n < 0.86) return 'failed';
  if (n < 0.95) return 'throttled';
  return n < 0.99 ? 'rejected' : 'silent';
}

/** Reacts at random. @returns recipients of submits that followed a submit that may have left. */
function reactAtRandom(vendor: MockVendor): string[] {
  const latest = new Map<string, Reaction>();
  const repeated: string[] = [];
  vendor.react = (to) => {
    if (![undefined, 'throttled'].includes(latest.get(to))) repeated.push(to);
    const reaction = anyReaction();
    latest.set(to, reaction);
    return reaction;
  };
  return repeated;
}

async function statuses(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let cursor = ''; ; ) {
    const { json } = await redcloud.call(`/api/core/messages?direction=OUTBOUND&limit=100${cursor}`);
    for (const { to, status } of json.messages) found.set(to, status);
    if (json.nextCursor === null) return found;
    cursor = `&cursor=${encodeURIComponent(json.nextCursor)}`;
  }
}

/** Sends three copies of the report of each message that was accepted since the last call, in any order. */
async function report(vendor: MockVendor, reported: Accepted[]): Promise<void> {
  const late = vendor.accepted.slice(reported.length);
  reported.push(...late);
  const copies = late.flatMap((message) => [message, message, message]).sort(() => Math.random() - 0.5);
  const answers = await Promise.all(copies.map((message) => vendor.report(redcloud.url, message, 'delivered')));
  expect(answers.filter((status) => status !== 204)).toEqual([]);
}

test('No message is submitted again after a submit that may have left, and each callback resolves its message.', {
  tags: 'slow',
  timeout: TIMEOUT_MS,
}, async () => {
  const numbers = await begin();
  const repeated = vendors.map(reactAtRandom);
  const sent: string[][] = [];
  for (const [n, sendFrom] of numbers.entries()) {
    const all = Array.from({ length: MESSAGES }, (_, i) => `+1555${n + 2}${String(i).padStart(6, '0')}`);
    sent.push(all);
    for (let at = 0; at < MESSAGES; at += PER_REQUEST) {
      const to = all.slice(at, at + PER_REQUEST);
      expect((await redcloud.send(`chaos ${n} ${at}`, { sendFrom, to })).status).toBe(202);
    }
  }
  const reported: Accepted[][] = vendors.map(() => []);
  await vi.waitFor(
    async () => {
      await Promise.all(vendors.map((vendor, n) => report(vendor, reported[n] as Accepted[])));
      const now = [...(await statuses()).values()];
      expect(now.filter((status) => status !== 'DELIVERED' && status !== 'FAILED')).toEqual([]);
      expect(now).toHaveLength(MESSAGES * vendors.length);
    },
    { timeout: TIMEOUT_MS, interval: 1_000 },
  );
  expect(repeated).toEqual([[], [], []]);
  const final = await statuses();
  for (const [n, vendor] of vendors.entries()) {
    const accepted = new Set(vendor.accepted.map(({ to }) => to));
    expect(accepted.size).toBe(vendor.accepted.length);
    const expected = (sent[n] as string[]).map((to) => [to, accepted.has(to) ? 'DELIVERED' : 'FAILED']);
    expect(expected.filter(([to, status]) => final.get(to as string) !== status)).toEqual([]);
  }
});
