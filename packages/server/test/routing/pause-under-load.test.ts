// @module-tag slow
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { MockVendor, PUBLIC_URL } from '../carriers/mock-vendor.ts';
import { onPostgres } from '../support/on-postgres.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

/** Changes of the carriers during the load, and the milliseconds from one to the next. */
const CHANGES = 12;
const EVERY_MS = 600;
const RECIPIENTS = 12;

let directory: string;
let vendors: MockVendor[];
/** First the process that gets the requests. */
let processes: TestRedCloud[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-pause-'));
  vendors = await Promise.all([MockVendor.start('twilio'), MockVendor.start('telnyx')]);
  write(8);
});
afterEach(async () => {
  for (const one of processes.toReversed()) await one.stop();
  await Promise.all(vendors.map((vendor) => vendor.stop()));
  rmSync(directory, { recursive: true, force: true });
});

const file = () => join(directory, 'carriers.json');

function write(window: number): void {
  const carriers = vendors.map((vendor, n) => vendor.settings({ name: `c${n}`, window }));
  const routes = [{ name: 'all', use: [{ carrier: 'c0', weight: 2 }, { carrier: 'c1' }] }];
  writeFileSync(file(), JSON.stringify({ carriers, routes, default: 'c0' }));
}

function settings(roles?: string) {
  const env = { RC_CARRIERS: file(), RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
  return { env: { ...env, ...(roles ? { RC_ROLES: roles } : {}) }, overrides: { clock: systemClock } };
}

interface Sent {
  to: string;
  text: string;
}

/** Sends messages with rising numbers to a few recipients, until the signal. */
async function load(signal: AbortSignal): Promise<Sent[]> {
  const sent: Sent[] = [];
  while (!signal.aborted) {
    const n = sent.length;
    const one = { to: `+1555${String(7_000_000 + (n % RECIPIENTS))}`, text: String(n) };
    const { status } = await (processes[0] as TestRedCloud).send(`pause-${n}`, { to: [one.to], text: one.text });
    expect(status).toBe(202);
    sent.push(one);
    await delay(10);
  }
  return sent;
}

const submits = (n: number) => (vendors[n] as MockVendor).submits;

/** Pauses a carrier, checks that it gets nothing two seconds later, and resumes it. */
async function pause(n: number): Promise<void> {
  const [first] = processes as [TestRedCloud];
  expect((await first.admin('POST', `/carriers/c${n}/pause`)).status).toBe(200);
  await delay(2_000);
  const before = submits(n);
  await delay(300);
  expect(submits(n)).toBe(before);
  expect((await first.admin('POST', `/carriers/c${n}/resume`)).status).toBe(200);
}

/** Messages that left after a later message to the same recipient. */
function overtakenIn(accepted: MockVendor['accepted']): { to: string; text: string; after: string }[] {
  const latest = new Map<string, number>();
  return accepted.flatMap(({ to, text }) => {
    const last = latest.get(to) ?? -1;
    latest.set(to, Math.max(last, Number(text)));
    return Number(text) < last ? [{ to, text: String(text), after: String(last) }] : [];
  });
}

async function runUnderLoad(): Promise<void> {
  const end = new AbortController();
  const loading = load(end.signal);
  for (let n = 0; n < CHANGES; n += 1) {
    if (n % 3 === 2) {
      write(2 + (n % 5));
      for (const one of processes) expect(await one.running.reload()).toMatchObject({ outcome: 'reloaded' });
    } else await pause(n % 2);
    await delay(EVERY_MS);
  }
  end.abort();
  const sent = await loading;
  const taken = () => vendors.flatMap((vendor) => vendor.accepted.map(({ to, text }) => ({ to, text: text ?? '' })));
  await vi.waitFor(() => expect(taken().length).toBeGreaterThanOrEqual(sent.length), { timeout: 20_000 });
  const sorted = (all: readonly Sent[]) => all.toSorted((one, other) => Number(one.text) - Number(other.text));
  expect(sorted(taken())).toEqual(sent);
  expect(vendors.flatMap(({ accepted }) => overtakenIn(accepted))).toEqual([]);
  expect(vendors.every((vendor) => vendor.accepted.length > 0)).toBe(true);
}

const TIMEOUT = { timeout: 180_000 };

test('Under load, pauses and reloads lose and repeat nothing, and keep the order per recipient.', TIMEOUT, async () => {
  processes = [await startRedCloud(settings())];
  await runUnderLoad();
});

onPostgres(() => {
  test('Pauses and reloads of one process have effect in the others within two seconds.', TIMEOUT, async () => {
    const api = await startRedCloud(settings('api,webhooks'));
    processes = [api, await startRedCloud({ ...settings('outbound'), store: api.store })];
    await runUnderLoad();
  });
});
