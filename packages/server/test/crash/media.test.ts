// @module-tag slow
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Store } from '#db/db.ts';
import { cleanUpMedia } from '#media/cleanup.ts';
import { removeAbandoned } from '#media/incoming.ts';
import { DirectoryStorage } from '#media/storage/directory.ts';
import { MockVendor, PUBLIC_URL } from '../carriers/mock-vendor.ts';
import { onPostgres } from '../support/on-postgres.ts';
import { environment } from '../support/process.ts';
import { type TestStore, testStore } from '../support/store.ts';
import { Member } from './member.ts';
import type { Fault, MediaPoint, Moment } from './points.ts';

const DAY_MS = 86_400_000;
const WAIT = { timeout: 60_000, interval: 100 };
const TIMEOUT_MS = 120_000;

type Step = readonly [MediaPoint, Moment];
const UPLOAD: readonly Step[] = [
  ['media.touch', 'before'],
  ['media.touch', 'sent'],
  ['media.touch', 'answered'],
  ['file.move', 'before'],
  ['file.move', 'answered'],
  ['upload.add', 'before'],
  ['upload.add', 'answered'],
  ['upload.commit', 'before'],
  ['upload.commit', 'sent'],
  ['upload.commit', 'answered'],
];
const SOURCE: readonly Step[] = [
  ['media.request', 'before'],
  ['media.request', 'sent'],
  ['media.request', 'answered'],
  ['media.touch', 'answered'],
  ['file.move', 'before'],
  ['file.move', 'answered'],
  ['media.fetched', 'before'],
  ['media.fetched', 'sent'],
  ['media.fetched', 'answered'],
];

let directory: string;
let store: TestStore;
let db: Store;
let vendor: MockVendor;
let member: Member;
/** Content that the source serves, and the number of bytes after which it waits. */
let source: Server;
let served: { content: Buffer; pauseAfter: number };
/** Resolves when the source waits. */
let paused: PromiseWithResolvers<void>;

/** A photo with a hash of its own. Readers ignore the bytes behind the image. */
/** Distinct images without metadata, which carriers get unchanged. */
const PHOTOS = await Promise.all(
  Array.from({ length: 60 }, () => {
    const raw = { width: 400, height: 400, channels: 3 } as const;
    return sharp(randomBytes(400 * 400 * 3), { raw })
      .jpeg({ quality: 80 })
      .toBuffer();
  }),
);
const newPhoto = () => PHOTOS.pop() as Buffer;
const media = () => join(directory, 'media');
const storedFiles = () =>
  readdirSync(media(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('tmp'))
    .map(({ name }) => name)
    .toSorted();

async function start(step?: Step): Promise<void> {
  const file = join(directory, 'carriers.json');
  const env = environment(store, {
    ...{ RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${media()}` },
    RC_SANDBOX: 'true',
  });
  const faults: Fault[] = step ? [{ point: step[0], moment: step[1], nth: 1, action: 'kill' }] : [];
  member = new Member({ name: 'a', env, faults, armed: false, logFile: join(directory, 'a.ndjson') });
  await member.listening;
}

async function kill(): Promise<void> {
  await member.kill();
}

/** Repeats a request until it succeeds, as a client does while the server restarts. */
async function call<T>(path: string, init: RequestInit): Promise<T> {
  for (;;) {
    const headers = { authorization: 'Bearer rc_token_example', ...(init.headers as Record<string, string>) };
    const response = member.url
      ? await fetch(member.url + path, { ...init, headers }).catch(() => undefined)
      : undefined;
    const text = await response?.text().catch(() => undefined);
    if (response?.ok && text) return JSON.parse(text) as T;
    if (response && response.status < 500) throw new Error(`${path}: HTTP ${response.status} ${text}`);
    await delay(50);
  }
}

interface Item {
  storageKey: string;
  mimeType: string;
  byteLength: number;
  sourceUrl?: string;
}

const upload = (content: Buffer) =>
  call<Item>('/api/core/media', {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg' },
    body: new Uint8Array(content),
  });

let sends = 0;
/** Sends a message with the file. @returns its recipient after the request was accepted. */
async function send(item: Item): Promise<string> {
  sends += 1;
  const to = `+1555${5_000_000 + sends}`;
  // A message that is killed beside its file would otherwise stay unknown.
  const guarantee = { deliveryGuarantee: 'AT_LEAST_ONCE' };
  const body = { sendFrom: 'num_abc123', to: [to], messageType: 'MMS', media: [item], ...guarantee };
  const headers = { 'content-type': 'application/json', 'idempotency-key': `media ${sends}` };
  await call('/api/core/messages/send', { method: 'POST', headers, body: JSON.stringify(body) });
  return to;
}

/** The carrier gets the message, and its link returns the content. @returns the link on this machine. */
async function arrives(to: string, content: Buffer): Promise<string> {
  const [link] = await vi.waitFor(() => {
    const found = vendor.accepted.find((message) => message.to === to);
    expect(found).toBeDefined();
    return found?.media ?? [];
  }, WAIT);
  const local = `${member.url}${String(link).slice(PUBLIC_URL.length)}`;
  const response = await fetch(local);
  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
  return local;
}

const cleanUp = (now: number) =>
  cleanUpMedia({
    ...{ db, clock: { now: () => now }, storage: new DirectoryStorage(media()), days: 30 },
    isPaused: () => false,
  }).run();

onPostgres(() => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'redcloud-media-kill-'));
    store = await testStore();
    db = await store.open();
    vendor = await MockVendor.start('twilio');
    writeFileSync(
      join(directory, 'carriers.json'),
      JSON.stringify({ carriers: [vendor.settings()], default: 'twilio' }),
    );
    source = createServer((_request, response) => {
      const { content, pauseAfter } = served;
      response.writeHead(200, { 'content-length': content.length });
      if (pauseAfter >= content.length) return response.end(content);
      return response.write(content.subarray(0, pauseAfter), () => paused.resolve());
    });
    source.listen(0, '127.0.0.1');
    await once(source, 'listening');
    await start(UPLOAD[0]);
  });
  afterAll(async () => {
    await kill();
    source.closeAllConnections();
    source.close();
    await vendor.stop();
    await db.close();
    await store.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  /**
   * Runs `work` while the process is killed at its step, and starts it again with the next step.
   * @param end kills the process if the work ends without its step. Absent: the step is certain.
   */
  async function throughKill<T>(work: Promise<T>, next: Step | undefined, end?: () => Promise<void>): Promise<T> {
    const { fired, gone } = member;
    member.arm();
    let isFired = false;
    const firing = fired.then(() => {
      isFired = true;
    });
    await (end ? Promise.race([firing, work.then(() => (isFired ? undefined : end()))]) : firing);
    await gone;
    await start(next);
    return work;
  }

  test.each(UPLOAD.map((step, i) => [...step, i] as const))(
    'An upload that is killed at %s (%s), beside a clean-up of the same file, is complete after its repeat.',
    { timeout: TIMEOUT_MS },
    async (_point, _moment, i) => {
      const photo = newPhoto();
      const { storageKey } = await upload(photo);
      // The file now belongs to no upload, and its clean-up is due.
      await db.query('delete from media where storage_key = $1', [storageKey]);
      await db.query(`update media_files set touched_at = now() - interval '2 days'`, []);
      const repeated = upload(photo);
      // An upload that precedes the clean-up finds its file, so that some of the steps do not follow.
      const killed = throughKill(repeated, UPLOAD[i + 1] ?? SOURCE[0], kill);
      const [item] = await Promise.all([killed, cleanUp(Date.now())]);
      expect(item.storageKey).toBe(storageKey);
      await arrives(await send(item), photo);
    },
  );

  const sourceUrl = () => `http://127.0.0.1:${(source.address() as AddressInfo).port}/photo.jpg`;
  const fetched = (content: Buffer, pauseAfter = content.length): Item => {
    served = { content, pauseAfter };
    paused = Promise.withResolvers();
    sends += 1;
    return {
      storageKey: `source-${sends}`,
      mimeType: 'image/jpeg',
      byteLength: content.length,
      sourceUrl: sourceUrl(),
    };
  };

  test.each(SOURCE.map((step, i) => [...step, i] as const))(
    'A fetch from a sourceUrl that is killed at %s (%s) is repeated, and its message arrives with the file.',
    { timeout: TIMEOUT_MS },
    async (_point, _moment, i) => {
      const photo = newPhoto();
      await arrives(await throughKill(send(fetched(photo)), SOURCE[i + 1]), photo);
    },
  );

  test('A fetch that is killed in the middle of the content is repeated.', { timeout: TIMEOUT_MS }, async () => {
    const photo = newPhoto();
    const to = await send(fetched(photo, 1_000));
    await paused.promise;
    await kill();
    served = { content: photo, pauseAfter: photo.length };
    await start();
    await arrives(to, photo);
  });

  test('An upload that is killed in the middle of its body leaves no media.', { timeout: TIMEOUT_MS }, async () => {
    const photo = newPhoto();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(photo.subarray(0, 100_000))),
    });
    const headers = { authorization: 'Bearer rc_token_example', 'content-type': 'image/jpeg' };
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
    const cut = fetch(`${member.url}/api/core/media`, init).catch(() => undefined);
    const isWriting = () => expect(readdirSync(join(media(), 'tmp'), { withFileTypes: true })).not.toEqual([]);
    await vi.waitFor(isWriting, WAIT);
    await kill();
    expect(await cut).toBeUndefined();
    await start();
    await arrives(await send(await upload(photo)), photo);
  });

  test('A download that is cut by a kill is complete when it is repeated.', { timeout: TIMEOUT_MS }, async () => {
    const photo = newPhoto();
    const link = await arrives(await send(await upload(photo)), photo);
    const response = await fetch(link);
    const reader = response.body?.getReader();
    await reader?.read();
    await kill();
    await start();
    const again = await fetch(`${member.url}${new URL(link).pathname}`);
    expect(Buffer.from(await again.arrayBuffer()).equals(photo)).toBe(true);
    await reader?.cancel().catch(() => undefined);
  });

  test('After a clean-up, each stored file has media, and all media have their file.', async () => {
    await kill();
    const temporary = join(media(), 'tmp');
    expect(readdirSync(temporary)).not.toEqual([]);
    const later = Date.now() + 2 * DAY_MS;
    await removeAbandoned(temporary, later);
    await cleanUp(later);
    expect(readdirSync(temporary)).toEqual([]);
    const needed = await db.query<{ hash: string }>(
      `select hash from media where hash is not null union select hash from media_renditions
       union select marker from media_storage order by 1`,
      [],
    );
    const hashes = needed.map(({ hash }) => hash).toSorted();
    expect(hashes.length).toBeGreaterThan(UPLOAD.length + SOURCE.length);
    expect(storedFiles()).toEqual(hashes);
  });
});
