// @module-tag slow
// @module-tag sized
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';
import { sized } from '../support/thorough.ts';
import { MockVendor, PUBLIC_URL } from './mock-vendor.ts';

/** Recipients: 1,000 in `npm run test:all`. */
const RECIPIENTS = sized(200) < 200 ? 50 : 1_000;
/** Bytes that a carrier takes by default. */
const LIMIT = 600_000;
const WAIT = { timeout: 120_000, interval: 100 };

let directory: string;
let photo: Buffer;
let vendor: MockVendor;
let redcloud: TestRedCloud;
/** Tasks of the image library in this process. */
let tasks = 0;
const onTask = () => {
  tasks += 1;
};

beforeAll(async () => {
  const [width, height] = [4_000, 3_000];
  const raw = { width, height, channels: 3 } as const;
  // Random pixels compress badly. The generator of the image library needs a minute for as many on a busy machine.
  photo = await sharp(randomFillSync(Buffer.alloc(width * height * 3)), { raw })
    .jpeg({ quality: 96 })
    .toBuffer();
  directory = mkdtempSync(join(tmpdir(), 'redcloud-photo-'));
  vendor = await MockVendor.start('twilio');
  const file = join(directory, 'carriers.json');
  writeFileSync(file, JSON.stringify({ carriers: [vendor.settings()], default: 'twilio' }));
  const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
  redcloud = await startRedCloud({ env, overrides: { clock: systemClock } });
  sharp.queue.on('change', onTask);
}, 120_000);
afterAll(async () => {
  sharp.queue.off('change', onTask);
  await vendor.stop();
  await redcloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Stored files, with their lengths. */
function storedFiles(): Map<string, number> {
  const files = readdirSync(join(directory, 'media'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [name, statSync(join(parentPath, name)).size] as const);
  return new Map(files);
}

interface Item {
  storageKey: string;
  mimeType: string;
  byteLength: number;
}

async function upload(): Promise<Item> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'image/jpeg' };
  const init = { method: 'POST', headers, body: new Uint8Array(photo) };
  const response = await fetch(`${redcloud.url}/api/core/media`, init);
  expect(response.status).toBe(201);
  return (await response.json()) as Item;
}

let next = 0;
/** Sends the photo, and waits until the vendor has accepted it for all recipients. */
async function send(item: Item, count: number): Promise<void> {
  const to = Array.from({ length: count }, (_, i) => `+1555${4_000_000 + next + i}`);
  next += count;
  const { json } = await redcloud.send(`photo ${next}`, { to, messageType: 'MMS', media: [item] });
  expect(json.results).toHaveLength(count);
  await vi.waitFor(() => expect(vendor.accepted).toHaveLength(next), WAIT);
}

const localOf = (link: string) => redcloud.url + link.slice(PUBLIC_URL.length);
const get = async (link: string, init: RequestInit = {}) => {
  const response = await fetch(localOf(link), init);
  return { response, body: Buffer.from(await response.arrayBuffer()) };
};

test(`A photo of 12 MB that is uploaded once reaches ${RECIPIENTS} recipients, encoded once.`, {
  timeout: 300_000,
}, async () => {
  expect(photo.length).toBeGreaterThan(12_000_000);
  const before = storedFiles();
  const item = await upload();
  expect(await upload()).toEqual(item);
  await send(item, 1);
  expect(tasks).toBeGreaterThan(0);
  const made = [...storedFiles()].filter(([name]) => !before.has(name));
  expect(made.map(([, size]) => size).toSorted((a, b) => b - a)).toEqual([photo.length, expect.any(Number)]);

  tasks = 0;
  await send(item, RECIPIENTS - 1);
  expect(tasks).toBe(0);
  expect([...storedFiles()].filter(([name]) => !before.has(name)).toSorted()).toEqual(made.toSorted());

  const links = vendor.accepted.map(({ media }) => media[0] as string);
  const hashes = new Set<string>();
  for (const link of links) {
    const { response, body } = await get(link);
    const headers = [response.headers.get('content-type'), response.headers.get('content-length')];
    expect([response.status, ...headers]).toEqual([200, 'image/jpeg', String(body.length)]);
    expect(body.length).toBeLessThanOrEqual(LIMIT);
    hashes.add(createHash('sha256').update(body).digest('hex'));
  }
  expect(hashes.size).toBe(1);
  expect(made.map(([name]) => name)).toContain([...hashes][0]);
});

test('A link returns the right bytes and type to GET, HEAD and Range.', async () => {
  const link = vendor.accepted[0]?.media[0] as string;
  const { body } = await get(link);
  const { format, width = 0, height = 0 } = await sharp(body).metadata();
  expect([format, Math.round((100 * width) / height)]).toEqual(['jpeg', 133]);
  const head = await get(link, { method: 'HEAD' });
  expect(head.body).toHaveLength(0);
  for (const [range, from, to] of [
    ['bytes=0-0', 0, 1],
    ['bytes=1000-1999', 1_000, 2_000],
    ['bytes=-10', body.length - 10, body.length],
  ] as const) {
    const part = await get(link, { headers: { range } });
    expect([part.response.status, part.response.headers.get('content-range')]).toEqual([
      206,
      `bytes ${from}-${to - 1}/${body.length}`,
    ]);
    expect(part.body).toEqual(body.subarray(from, to));
    expect(part.response.headers.get('content-type')).toBe('image/jpeg');
  }
  const names = ['content-type', 'content-length', 'content-disposition', 'etag', 'accept-ranges'];
  const whole = await get(link);
  const valuesOf = ({ response }: typeof head) => names.map((name) => response.headers.get(name));
  expect(valuesOf(head)).toEqual(valuesOf(whole));
  expect(valuesOf(head)).not.toContain(null);
});

test('A link with any changed character returns 404.', async () => {
  const link = vendor.accepted[0]?.media[0] as string;
  const from = PUBLIC_URL.length + '/media/'.length;
  const changed = Array.from({ length: link.length - from }, (_, i) => {
    const at = from + i;
    return link.slice(0, at) + (link[at] === '0' ? '1' : '0') + link.slice(at + 1);
  });
  for (const other of [
    ...changed,
    link.slice(0, -1),
    `${link}0`,
    link.toUpperCase().replace(/^.*\/MEDIA/, `${PUBLIC_URL}/media`),
  ]) {
    expect([other, (await get(other)).response.status]).toEqual([other, 404]);
  }
});

test('A restart encodes the photo of a repeated upload no second time.', { timeout: 120_000 }, async () => {
  redcloud = await redcloud.restart();
  tasks = 0;
  await send(await upload(), 1);
  expect(tasks).toBe(0);
});
