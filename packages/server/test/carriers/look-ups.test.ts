import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendTo } from '../support/exchange.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { type Accepted, MockVendor, PUBLIC_URL } from './mock-vendor.ts';

/** Entry of the list of each vendor for an accepted message. */
const ENTRIES = {
  twilio: ({ id, from, to, text }: Accepted, at: Date) => ({
    ...{ sid: id, from, to, body: text, num_media: '0', direction: 'outbound-api', status: 'sent' },
    date_created: at.toUTCString(),
  }),
  bandwidth: ({ id, from, to }: Accepted, at: Date) => ({
    ...{ messageId: id, sourceTn: from, destinationTn: to, messageStatus: 'SENT', messageDirection: 'OUTBOUND' },
    ...{ messageType: 'sms', receiveTime: at.toISOString() },
  }),
} as const;

describe.each(['twilio', 'bandwidth'] as const)('Look-ups in the list of %s', (type) => {
  let vendor: MockVendor;
  let directory: string;
  let redcloud: TestRedCloud;
  /** Recipients of the searches. */
  const searches: string[] = [];
  const acceptedAt = new Map<string, Date>();
  const searchesFor = (recipient: string) => searches.filter((to) => to === recipient).length;

  beforeAll(async () => {
    vendor = await MockVendor.start(type);
    directory = mkdtempSync(join(tmpdir(), 'redcloud-look-ups-'));
    const carriers = join(directory, 'carriers.json');
    writeFileSync(carriers, JSON.stringify({ carriers: [vendor.settings()], default: type }));
    redcloud = await startRedCloud({
      env: { RC_CARRIERS: carriers, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` },
    });
    vendor.react = (to) => {
      acceptedAt.set(to, new Date(redcloud.clock.now()));
      return 'cut';
    };
    vendor.answer = (path) => {
      const search = new URL(path, 'http://vendor').searchParams;
      const to = search.get('To') ?? search.get('destinationTn');
      const at = acceptedAt.get(to ?? '');
      if (!to || !at) return [200, { messages: [] }];
      searches.push(to);
      const found = vendor.accepted.filter((message) => message.to === to && !to.endsWith('9'));
      return [200, { messages: found.map((message) => ENTRIES[type](message, at)) }];
    };
  });
  afterAll(async () => {
    await vendor.stop();
    await redcloud.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const statusOf = async (id: string) => (await redcloud.call(`/api/core/messages/${id}`)).json.status;
  /** Sends a message whose submit has no response. */
  async function unknown(to: string): Promise<string> {
    const id = await sendTo(redcloud, to);
    await expect.poll(() => statusOf(id)).toBe('UNKNOWN');
    return id;
  }
  async function later(seconds: number): Promise<void> {
    redcloud.clock.advance(seconds * 1000);
    await redcloud.running.look();
  }

  test('An unknown message that the vendor lists becomes SENT after a minute, without another submit.', async () => {
    const id = await unknown('+15551230031');
    expect(await statusOf(id)).toBe('UNKNOWN');
    await later(30);
    await later(31);
    await expect.poll(() => statusOf(id)).toBe('SENT');
    expect(vendor.accepted.filter(({ to }) => to === '+15551230031')).toHaveLength(1);
    const { json } = await redcloud.admin('GET', `/messages/${id}`);
    expect(json).toMatchObject({
      ...{ possibleDuplicate: false, parts: [{ attempt: 1 }] },
      receipts: [{ attempt: 1, carrierRef: vendor.accepted.at(-1)?.id, raw: expect.stringMatching(/^list /) }],
    });
  });

  test('A message that the vendor does not list stays unknown and is searched for again, until its deadline.', async () => {
    const id = await unknown('+15551230039');
    await later(61);
    await expect.poll(() => searchesFor('+15551230039')).toBe(1);
    expect(await statusOf(id)).toBe('UNKNOWN');
    await later(250);
    await expect.poll(() => searchesFor('+15551230039')).toBe(2);
    await later(86_400);
    await expect.poll(() => statusOf(id)).toBe('FAILED');
  });
});
