import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';
import { MockVendor, PUBLIC_URL } from './mock-vendor.ts';

/** Bytes that Bandwidth accepts from toll-free numbers. */
const TOLL_FREE_BYTES = 525_000;
const WAIT = { timeout: 30_000, interval: 50 };

let directory: string;
let vendor: MockVendor;
let redcloud: TestRedCloud;
let tollFree: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-toll-free-'));
  vendor = await MockVendor.start('bandwidth');
  const file = join(directory, 'carriers.json');
  writeFileSync(file, JSON.stringify({ carriers: [vendor.settings()], default: 'bandwidth' }));
  const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
  redcloud = await startRedCloud({ env, overrides: { clock: systemClock } });
  const { apiClientId } = (await redcloud.call('/api/core/whoami')).json;
  const number = { e164: '+18885550100', apiClientId, campaignRegId: 'camp_1', mmsEnabled: true, smsEnabled: true };
  const { json } = await redcloud.admin('POST', '/numbers', { numbers: [number] });
  tollFree = json.imported[0].numberId;
});
afterAll(async () => {
  await vendor.stop();
  await redcloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** PNG of random pixels, which do not compress. Its size is between the two limits. */
async function photo(): Promise<Buffer> {
  const [width, height] = [433, 433];
  const pixels = randomFillSync(Buffer.alloc(width * height * 3));
  const content = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  expect(content.length).toBeGreaterThan(TOLL_FREE_BYTES);
  expect(content.length).toBeLessThan(600_000);
  return content;
}

async function upload(content: Buffer, type: string): Promise<{ storageKey: string }> {
  const response = await fetch(`${redcloud.url}/api/core/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': type },
    body: new Uint8Array(content),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as { storageKey: string };
}

let requests = 0;
function send(sendFrom: string, to: string, item: object) {
  requests += 1;
  return redcloud.send(`toll-free ${requests}`, { sendFrom, to: [to], messageType: 'MMS', media: [item] });
}

/** Bytes of the file that the vendor gets for a recipient. */
async function bytesFor(recipient: string): Promise<number> {
  const accepted = () => vendor.accepted.find(({ to }) => to === recipient);
  await vi.waitFor(() => expect(accepted()).toBeDefined(), WAIT);
  const link = accepted()?.media[0] as string;
  const response = await fetch(redcloud.url + link.slice(PUBLIC_URL.length));
  return (await response.arrayBuffer()).byteLength;
}

test('An image is adapted to the limit of the sending number, and stays unchanged for a number with a higher limit.', async () => {
  const content = await photo();
  const item = await upload(content, 'image/png');
  expect((await send('num_abc123', '+15551230001', item)).status).toBe(202);
  expect((await send(tollFree, '+15551230002', item)).status).toBe(202);
  expect(await bytesFor('+15551230001')).toBe(content.length);
  const adapted = await bytesFor('+15551230002');
  expect(adapted).toBeLessThanOrEqual(TOLL_FREE_BYTES);
  expect(adapted).toBeGreaterThan(TOLL_FREE_BYTES / 4);
});

test('A file that cannot be re-encoded is refused for a number with a lower limit only.', async () => {
  const item = await upload(Buffer.alloc(550_000, 'text '), 'text/plain');
  expect((await send('num_abc123', '+15551230003', item)).status).toBe(202);
  const refused = await send(tollFree, '+15551230004', item);
  expect(refused.status).toBe(400);
  expect(refused.json.error).toMatchObject({ code: 'INVALID_REQUEST', details: { maxBytes: TOLL_FREE_BYTES } });
  expect(await bytesFor('+15551230003')).toBe(550_000);
});
