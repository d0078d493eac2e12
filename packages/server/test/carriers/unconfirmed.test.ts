// @module-tag slow
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { sendTo } from '../support/exchange.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { type Accepted, MockVendor, PUBLIC_URL, type VendorType } from './mock-vendor.ts';

const NOTES = [
  ['twilio', 'The carrier has not confirmed the delivery (Twilio sent).', 'sent'],
  ['telnyx', 'The carrier could not confirm the delivery (Telnyx delivery_unconfirmed).', 'delivery_unconfirmed'],
  ['bandwidth', 'The carrier could not confirm the delivery (Bandwidth error 9902).', '9902'],
] as const satisfies readonly (readonly [VendorType, string, string])[];

describe.each(NOTES)('Deliveries that %s does not confirm', (type, note, carrierCode) => {
  let directory: string;
  let vendor: MockVendor;
  let redcloud: TestRedCloud;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'redcloud-unconfirmed-'));
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

  const explained = async (id: string) => (await redcloud.admin('GET', `/messages/${id}`)).json;

  /** Sends a message, and waits until it is SENT. */
  async function sent(to: string): Promise<{ id: string; accepted: Accepted }> {
    const id = await sendTo(redcloud, to);
    await vi.waitFor(async () => expect(await explained(id)).toMatchObject({ status: 'SENT' }), { timeout: 10_000 });
    return { id, accepted: vendor.accepted.find((message) => message.to === to) as Accepted };
  }

  test('The message stays SENT, and its resource for operators has a note until the delivery is reported.', async () => {
    const { id, accepted } = await sent('+15551230001');
    expect(await explained(id)).toMatchObject({ status: 'SENT', note: null, receipts: [] });
    expect(await vendor.report(redcloud.url, accepted, 'unconfirmed')).toBe(204);
    const { note: shown, status, error, receipts } = await explained(id);
    expect({ shown, status, error }).toEqual({ shown: note, status: 'SENT', error: null });
    expect(receipts).toMatchObject([
      {
        state: 'SENT',
        error: { code: 'DELIVERY_UNCONFIRMED', details: { carrierCode } },
        raw: expect.stringContaining(carrierCode),
      },
    ]);
    expect(await vendor.report(redcloud.url, accepted, 'delivered')).toBe(204);
    expect(await explained(id)).toMatchObject({ status: 'DELIVERED', note: null, error: null });
  });

  test('The note has no effect on the message and the events of its client.', async () => {
    const { id, accepted } = await sent('+15551230002');
    await vendor.report(redcloud.url, accepted, 'unconfirmed');
    await vendor.report(redcloud.url, accepted, 'unconfirmed');
    const { json } = await redcloud.call(`/api/core/messages/${id}`);
    expect(json).toMatchObject({ status: 'SENT', error: null, finishedAt: null });
    expect(json.parts).toMatchObject([{ state: 'SENT', error: null }]);
    expect(json.events.map(({ type: kind }: { type: string }) => kind)).toEqual(['message.queued', 'message.sent']);
    expect(json).not.toHaveProperty('note');
  });
});
