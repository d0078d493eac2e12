// @module-tag slow
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { MockVendor, PUBLIC_URL, type Reaction } from '../carriers/mock-vendor.ts';
import { sendTo } from '../support/exchange.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const SOON = { timeout: 20_000, interval: 20 };

let directory: string;
let first: MockVendor;
let second: MockVendor;
let redcloud: TestRedCloud;
let recipients = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-failover-'));
  [first, second] = await Promise.all([MockVendor.start('twilio'), MockVendor.start('telnyx')]);
  const file = join(directory, 'carriers.json');
  const settings = {
    carriers: [first.settings({ name: 'first' }), second.settings({ name: 'second' })],
    default: 'first',
    routes: [{ name: 'all', use: [{ carrier: 'first' }], failover: ['second'] }],
  };
  writeFileSync(file, JSON.stringify(settings));
  const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
  redcloud = await startRedCloud({ env, overrides: { clock: systemClock } });
});
beforeEach(async () => {
  await redcloud.admin('POST', '/carriers/first/resume');
  first.reset();
  second.reset();
  // The carrier may still pause after the previous test.
  await vi.waitFor(async () => expect((await carrier('first')).state).toBe('up'), { timeout: 40_000, interval: 50 });
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await redcloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

interface Carrier {
  name: string;
  state: string;
  reason: string | null;
  queued: number;
  paused: boolean;
}

async function carrier(name: string): Promise<Carrier> {
  const { carriers } = (await redcloud.admin('GET', '/carriers')).json;
  return carriers.find((one: Carrier) => one.name === name);
}

const explained = async (id: string) => (await redcloud.admin('GET', `/messages/${id}`)).json;

function nextRecipient(): string {
  recipients += 1;
  return `+1555${String(4_000_000 + recipients)}`;
}

/** Value of one series of /metrics, which is up to a second old. 0 without the series. */
async function metric(series: string): Promise<number> {
  const { text } = await redcloud.call('/metrics', { token: null });
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length) ?? 0);
}

const acceptedBy = (vendor: MockVendor, to: string) => vendor.accepted.filter((one) => one.to === to).length;

/** Messages that the first carrier refuses leave through the second one, within five seconds on an idle machine. */
async function expectFailover(reaction: Reaction): Promise<void> {
  first.react = () => reaction;
  const sent = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const to = nextRecipient();
      return { to, id: await sendTo(redcloud, to) };
    }),
  );
  await vi.waitFor(() => {
    for (const { to } of sent) expect(acceptedBy(second, to)).toBe(1);
  }, SOON);
  expect(first.accepted).toEqual([]);
  const one = await vi.waitFor(async () => {
    const all = await Promise.all(sent.map(({ id }) => explained(id)));
    expect(all.map(({ status }) => status)).toEqual(sent.map(() => 'SENT'));
    return all.find(({ attempts }) => attempts.length > 0);
  }, SOON);
  expect(one.attempts[0]).toMatchObject({ carrier: 'first', proof: 'REFUSED' });
  expect(one.route).toMatch(/^Route all, failover to second, because first (has been|is) /);
  expect(one.parts[0]).toMatchObject({ carrier: 'second', state: 'SENT' });
}

describe('Failover to the next carrier of the route', () => {
  test('A message leaves through the first carrier while that one accepts messages.', async () => {
    const to = nextRecipient();
    const id = await sendTo(redcloud, to);
    await vi.waitFor(() => expect(acceptedBy(first, to)).toBe(1), SOON);
    expect(second.submits).toBe(0);
    await vi.waitFor(async () => expect((await explained(id)).status).toBe('SENT'), SOON);
    expect(await explained(id)).toMatchObject({ route: 'Route all, carrier first', attempts: [] });
  });

  test('Messages that the first carrier throttles leave through the second one.', { timeout: 60_000 }, () =>
    expectFailover('throttled'),
  );

  test('A paused carrier submits nothing, and its waiting messages leave through the second one.', async () => {
    const { status, json } = await redcloud.admin('POST', '/carriers/first/pause');
    expect([status, json.state, json.reason]).toEqual([200, 'paused', 'first is paused']);
    const to = nextRecipient();
    const id = await sendTo(redcloud, to);
    await vi.waitFor(() => expect(acceptedBy(second, to)).toBe(1), SOON);
    expect(first.submits).toBe(0);
    expect(await explained(id)).toMatchObject({ route: 'Route all, failover to second, because first is paused' });
    await redcloud.admin('POST', '/carriers/first/resume');
    const next = nextRecipient();
    await sendTo(redcloud, next);
    await vi.waitFor(() => expect(acceptedBy(first, next)).toBe(1), SOON);
  });

  test('A submit without a certain outcome is never repeated by the second carrier.', async () => {
    first.react = () => 'cut';
    const to = nextRecipient();
    const id = await sendTo(redcloud, to);
    await vi.waitFor(async () => expect((await explained(id)).status).toBe('UNKNOWN'), SOON);
    expect([first.submits, acceptedBy(second, to)]).toEqual([1, 0]);
  });
});

describe('Metrics of carriers', () => {
  const link = (name: string, state: string) => metric(`redcloud_carrier_link{carrier="${name}",state="${state}"}`);
  const rerouted = () => metric('redcloud_rerouted_total{from="first",to="second"}');
  const until = (read: () => Promise<number>, value: number) =>
    vi.waitFor(async () => expect(await read()).toBe(value), SOON);

  test('A paused carrier, its waiting messages and each moved message are reported.', async () => {
    const depth = () => metric('redcloud_carrier_queue_depth{carrier="first"}');
    await redcloud.admin('POST', '/carriers/second/pause');
    await redcloud.admin('POST', '/carriers/first/pause');
    const before = await rerouted();
    const to = nextRecipient();
    await sendTo(redcloud, to);
    await until(depth, 1);
    await vi.waitFor(
      async () => expect(await metric('redcloud_carrier_oldest_age_seconds{carrier="first"}')).toBeGreaterThan(0),
      SOON,
    );
    expect([await link('first', 'paused'), await link('first', 'up')]).toEqual([1, 0]);
    await redcloud.admin('POST', '/carriers/second/resume');
    await vi.waitFor(() => expect(acceptedBy(second, to)).toBe(1), SOON);
    await until(rerouted, before + 1);
    await until(() => link('second', 'up'), 1);
    await until(depth, 0);
  });

  test('A message that moves after its refusal, and the share of failed submits, are reported.', async () => {
    const before = await rerouted();
    first.react = () => 'unauthorized';
    const to = nextRecipient();
    await sendTo(redcloud, to);
    await vi.waitFor(() => expect(acceptedBy(second, to)).toBe(1), SOON);
    await until(rerouted, before + 1);
    expect(await link('first', 'misconfigured')).toBe(1);
    expect(await metric('redcloud_carrier_failure_share{carrier="first"}')).toBeGreaterThan(0);
    expect(await metric('redcloud_carrier_failure_share{carrier="second"}')).toBe(0);
  });
});

// The last test, because the carrier repeats the check of its credentials after 30 seconds.
test(
  'Messages leave through the second carrier if the credentials of the first one are wrong.',
  { tags: 'slow', timeout: 60_000 },
  () => expectFailover('unauthorized'),
);
