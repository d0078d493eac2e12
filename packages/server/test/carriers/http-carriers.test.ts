import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { sendTo, withReceiver } from '../support/exchange.ts';
import type { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { type Accepted, MockVendor, PUBLIC_URL, type Reaction, type VendorType } from './mock-vendor.ts';

const VENDORS: readonly VendorType[] = ['twilio', 'telnyx', 'bandwidth'];

let directory: string;
let vendors: MockVendor[];
let redcloud: TestRedCloud;
let receiver: Receiver;

/** Starts Red Cloud with a carrier of each type for the tests of one group. */
function withCarriers(...types: VendorType[]): void {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'redcloud-http-'));
    await begin(...types);
  });
  beforeEach(() => {
    for (const vendor of vendors) vendor.reset();
  });
  afterAll(async () => {
    // First, so that submits without a response end.
    await Promise.all(vendors.map((vendor) => vendor.stop()));
    await redcloud.stop();
    await receiver.stop();
    rmSync(directory, { recursive: true, force: true });
  });
}

/** Starts Red Cloud with a carrier of each type. The first one is the default. */
async function begin(...types: VendorType[]): Promise<void> {
  vendors = await Promise.all(types.map((type) => MockVendor.start(type)));
  const file = join(directory, 'carriers.json');
  writeFileSync(file, JSON.stringify({ carriers: vendors.map((vendor) => vendor.settings()), default: types[0] }));
  const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
  redcloud = await startRedCloud({ env, overrides: { clock: systemClock } });
  receiver = await withReceiver(redcloud);
}

/** The message that the vendor has accepted for a recipient. A message of an earlier test may arrive late. */
function acceptedFor(vendor: MockVendor, to: string): Accepted {
  const found = vendor.accepted.filter((message) => message.to === to);
  expect(found).toHaveLength(1);
  return found[0] as Accepted;
}

const statusOf = async (id: string) => (await redcloud.call(`/api/core/messages/${id}`)).json;
const until = (id: string, status: string) =>
  vi.waitFor(async () => expect(await statusOf(id)).toMatchObject({ status }), { timeout: 10_000, interval: 20 });

describe.each(VENDORS)('Carrier of type %s', (type) => {
  withCarriers(type);
  const only = () => vendors[0] as MockVendor;

  test('A message is submitted once, and its signed callbacks deliver it once, in any number of copies.', async () => {
    const vendor = only();
    const id = await sendTo(redcloud, '+15551230001');
    await until(id, 'SENT');
    const message = acceptedFor(vendor, '+15551230001');
    expect(message).toMatchObject({ from: '+15551234567', text: 'Hello from Red Cloud' });
    const copies = await Promise.all([1, 2, 3].map(() => vendor.report(redcloud.url, message, 'delivered')));
    expect(copies).toEqual([204, 204, 204]);
    await until(id, 'DELIVERED');
    expect((await statusOf(id)).events.map(({ type: kind }: { type: string }) => kind)).toEqual([
      'message.queued',
      'message.sent',
      'message.delivery',
    ]);
  });

  test('A failed delivery has a code of the catalogue and the code of the vendor.', async () => {
    const vendor = only();
    const id = await sendTo(redcloud, '+15551230002');
    await until(id, 'SENT');
    expect(await vendor.report(redcloud.url, acceptedFor(vendor, '+15551230002'), 'failed')).toBe(204);
    await until(id, 'FAILED');
    const { error } = await statusOf(id);
    expect(error.code).toMatch(
      /^(UNREACHABLE_HANDSET|BLOCKED_BY_CARRIER|INVALID_NUMBER|UNDELIVERABLE|CARRIER_REJECTED)$/,
    );
    expect(error.details.carrierCode).toMatch(/30003|40002|4720/);
  });

  test.each<Reaction>(['cut', 'failed'])(
    'A submit that ends with “%s” is unknown, not repeated, and resolved by its callback.',
    async (reaction) => {
      const vendor = only();
      vendor.react = () => reaction;
      const to = reaction === 'cut' ? '+15551230003' : '+15551230013';
      const id = await sendTo(redcloud, to);
      await until(id, 'UNKNOWN');
      expect(await vendor.report(redcloud.url, acceptedFor(vendor, to), 'delivered')).toBe(204);
      await until(id, 'DELIVERED');
      acceptedFor(vendor, to);
    },
  );

  test('A throttled submit is repeated, and a rejected one is not.', async () => {
    const vendor = only();
    let throttled = 2;
    vendor.react = (to) => {
      if (to.endsWith('5')) return 'rejected';
      throttled -= 1;
      return throttled >= 0 ? 'throttled' : 'ok';
    };
    const [repeated, rejected] = [await sendTo(redcloud, '+15551230004'), await sendTo(redcloud, '+15551230005')];
    await until(rejected, 'FAILED');
    await until(repeated, 'SENT');
    acceptedFor(vendor, '+15551230004');
    expect(vendor.accepted.filter(({ to }) => to === '+15551230005')).toEqual([]);
  });

  test('An inbound message and a keyword arrive as over SMPP.', async () => {
    const vendor = only();
    const inbound = { from: '+15551230007', to: '+15551234567' };
    expect(await vendor.inbound(redcloud.url, { ...inbound, id: 'in-1', text: 'Hello' })).toBe(204);
    expect(await vendor.inbound(redcloud.url, { ...inbound, id: 'in-1', text: 'Hello' })).toBe(204);
    expect(await vendor.inbound(redcloud.url, { ...inbound, id: 'in-2', text: 'STOP' })).toBe(204);
    const { json } = await redcloud.call('/api/core/messages?direction=INBOUND');
    expect(json.messages.map(({ text }: { text: string }) => text).sort()).toEqual(['Hello', 'STOP']);
    const answer = await redcloud.send('after stop', { to: ['+15551230007'] });
    expect(answer.json.errors).toMatchObject([{ error: { code: 'RECIPIENT_OPTED_OUT' } }]);
  });

  test('An MMS is submitted with a link that returns the file to GET, HEAD and Range.', async () => {
    const vendor = only();
    const media = [{ storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182_340 }];
    const id = await sendTo(redcloud, '+15551230008', { messageType: 'MMS', media });
    await until(id, 'SENT');
    const [link] = acceptedFor(vendor, '+15551230008').media;
    const local = redcloud.url + String(link).slice(PUBLIC_URL.length);
    const whole = Buffer.from(await (await fetch(local)).arrayBuffer());
    expect(whole.length).toBe(182_340);
    const head = await fetch(local, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type'), head.headers.get('content-length')]).toEqual([
      200,
      'image/jpeg',
      '182340',
    ]);
    const part = await fetch(local, { headers: { range: 'bytes=100-199' } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(100, 200));
    expect((await fetch(local.replace(/.(?=\.jpg$)/, 'x'))).status).toBe(404);
  });

  test('Wrong credentials stop the carrier, and the message waits.', async () => {
    const vendor = only();
    vendor.react = () => 'unauthorized';
    const id = await sendTo(redcloud, '+15551230006');
    await vi.waitFor(async () => {
      const { json } = await redcloud.call('/health/ready', { token: null });
      expect(json.carriers).toEqual([{ name: type, state: 'misconfigured' }]);
    });
    expect(await statusOf(id)).toMatchObject({ status: 'QUEUED' });
  });
});

describe('Two carriers', () => {
  withCarriers('twilio', 'telnyx');

  test('A carrier that never responds does not delay the messages of another carrier.', async () => {
    const [twilio, telnyx] = vendors as [MockVendor, MockVendor];
    twilio.react = () => 'silent';
    await redcloud.admin('PATCH', '/numbers/num_nomms', { carrier: 'telnyx' });
    for (let i = 0; i < 64; i += 1) await sendTo(redcloud, `+1555123${String(1000 + i)}`);
    await vi.waitFor(() => expect(twilio.submits).toBe(32), 10_000);
    const id = await sendTo(redcloud, '+15551239999', { sendFrom: 'num_nomms' });
    await until(id, 'SENT');
    expect(telnyx.submits).toBe(1);
  });

  test('A number can only name a configured carrier.', async () => {
    const answer = await redcloud.admin('PATCH', '/numbers/num_abc123', { carrier: 'acme' });
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toBe('carrier acme is not configured. Configured carriers: twilio, telnyx');
  });
});
