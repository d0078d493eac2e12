import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { MockVendor, PUBLIC_URL } from '../carriers/mock-vendor.ts';
import { testDirectory } from '../support/directory.ts';
import { sendTo } from '../support/exchange.ts';
import { onPostgres } from '../support/on-postgres.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const SOON = { timeout: 10_000, interval: 50 };
const processes: TestRedCloud[] = [];

afterEach(async () => {
  for (const one of processes.splice(0).toReversed()) await one.stop();
});

test('A waiting message fails if its number has got another client, whose opt-outs do not count for the message.', async () => {
  const redcloud = await startRedCloud({ overrides: { clock: systemClock } });
  processes.push(redcloud);
  const { id: accountId } = (await redcloud.admin('POST', '/accounts', { name: 'Other' })).json;
  const other = (await redcloud.admin('POST', '/clients', { accountId, name: 'Other' })).json.client;
  await redcloud.admin('POST', '/carriers/simulator/pause');
  const id = await sendTo(redcloud, '+15551230001');
  expect((await redcloud.admin('PATCH', '/numbers/num_abc123', { apiClientId: other.id })).status).toBe(200);
  await redcloud.admin('POST', '/carriers/simulator/resume');
  const message = await vi.waitFor(async () => {
    const { json } = await redcloud.admin('GET', `/messages/${id}`);
    expect(json.status).toBe('FAILED');
    return json;
  }, SOON);
  expect(message.error.code).toBe('SENDER_UNAVAILABLE');
});

/** Adds a message to the queue of a carrier that no process has. */
async function addOrphan({ store }: TestRedCloud): Promise<void> {
  const db = await store.open();
  await db.query(
    `insert into jobs (queue, subject, ordinal, client, lane, run_at) values ('outbound:gone', 'msg_gone', 0, 'client', 'num', now())`,
    [],
  );
  await db.close();
}

onPostgres(() => {
  test('A process with an earlier file leaves the messages of a new carrier alone.', {
    tags: 'slow',
    timeout: 60_000,
  }, async () => {
    const directory = testDirectory('waiting');
    const vendors = await Promise.all([MockVendor.start('twilio'), MockVendor.start('telnyx')]);
    onTestFinished(async () => void (await Promise.all(vendors.map((vendor) => vendor.stop()))));
    const [a, b] = vendors as [MockVendor, MockVendor];
    const write = (name: string, settings: object) => {
      writeFileSync(join(directory, name), JSON.stringify(settings));
      return join(directory, name);
    };
    const route = { name: 'only-a', use: [{ carrier: 'a' }] };
    const carriers = [a.settings({ name: 'a' }), b.settings({ name: 'b' })];
    const later = write('later.json', { carriers, routes: [route], default: 'b' });
    const earlier = write('earlier.json', { carriers: [b.settings({ name: 'b' })], default: 'b' });
    const settings = (file: string, roles: string) => ({
      env: { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${directory}/media`, RC_ROLES: roles },
      overrides: { clock: systemClock },
    });
    const api = await startRedCloud(settings(later, 'api,webhooks'));
    processes.push(api);
    const id = await sendTo(api, '+15551230001');
    await addOrphan(api);
    // The first search for messages of carriers that no process has follows at once.
    const early = await startRedCloud({ ...settings(earlier, 'outbound'), store: api.store });
    processes.push(early);
    const list = async () => (await api.admin('GET', '/carriers')).json.carriers;
    const waiting = [{ name: 'a', configDiffers: true, queued: 1 }, { name: 'b' }];
    await vi.waitFor(async () => expect(await list()).toMatchObject(waiting), SOON);
    const orphans = () => early.logged().match(/(?<="event":"carrier_not_configured","queue":")[^"]+/g);
    await vi.waitFor(() => expect(orphans()).toContain('outbound:gone'), SOON);
    expect([...new Set(orphans())]).toEqual(['outbound:gone']);
    expect([a.submits, b.submits]).toEqual([0, 0]);
    processes.push(await startRedCloud({ ...settings(later, 'outbound'), store: api.store }));
    await vi.waitFor(async () => expect((await api.admin('GET', `/messages/${id}`)).json.status).toBe('SENT'), SOON);
    expect([a.submits, b.submits]).toEqual([1, 0]);
  });
});
