import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SCRATCH } from '../../../test/support/scratch.ts';
import { DirectoryStorage } from './directory.ts';
import { S3Storage } from './s3.ts';
import { type Storage, StorageUnavailable } from './storage.ts';

const CONTENT = 'content of a file';
const HASH = createHash('sha256').update(CONTENT).digest('hex');

let directory: string;
let s3: { server: Server; close(): Promise<void> };

/** S3 server by another author. */
beforeAll(async () => {
  // The export of the module for `import` is another class.
  const S3rver = createRequire(import.meta.url)('@20minutes/s3rver');
  const root = mkdtempSync(join(SCRATCH, 'redcloud-s3-'));
  const service = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: root,
    configureBuckets: [{ name: 'media' }],
  });
  await service.run();
  s3 = {
    server: service.httpServer,
    async close() {
      await service.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  if (!s3.server.listening) await once(s3.server, 'listening');
});
afterAll(() => s3.close());
beforeEach(() => {
  directory = mkdtempSync(join(SCRATCH, 'redcloud-storage-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const bucket = (changes = {}) =>
  new S3Storage({
    ...{ bucket: 'media', prefix: 'a/b', region: 'us-east-1', sessionToken: undefined },
    endpoint: `http://127.0.0.1:${(s3.server.address() as AddressInfo).port}`,
    ...{ accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER', temporary: join(directory, 'tmp'), ...changes },
  });

describe.each<[string, () => Storage]>([
  ['a directory', () => new DirectoryStorage(directory)],
  ['S3', () => bucket()],
])('Storage in %s', (_name, create) => {
  let storage: Storage;

  beforeEach(async () => {
    storage = create();
    await storage.open();
  });

  async function put(): Promise<void> {
    const path = join(storage.temporary, 'upload');
    writeFileSync(path, CONTENT);
    await storage.put(HASH, path);
    expect(existsSync(path)).toBe(false);
  }
  const read = async (slice?: { start: number; end: number }) => {
    const content = await storage.read(HASH, slice);
    return content && (await buffer(content)).toString();
  };

  test('A file is read whole and in parts, and has its size.', async () => {
    await put();
    expect(await storage.size(HASH)).toBe(CONTENT.length);
    expect(await read()).toBe(CONTENT);
    expect(await read({ start: 3, end: 6 })).toBe('tent');
    expect(readdirSync(storage.temporary)).toEqual([]);
  });

  test('A file that is stored twice stays the same.', async () => {
    await put();
    await put();
    expect(await read()).toBe(CONTENT);
  });

  test('A deleted file is unknown, and can be stored again.', async () => {
    await put();
    await storage.delete(HASH);
    await storage.delete(HASH);
    expect([await storage.size(HASH), await read()]).toEqual([undefined, undefined]);
    await put();
    expect(await read()).toBe(CONTENT);
  });
});

test('Wrong S3 credentials make the storage unavailable, and are not in the error.', async () => {
  const storage = bucket({ secretAccessKey: 'wrong-secret' });
  await storage.open();
  const error = await storage.size(HASH).catch((one) => one);
  expect(error).toBeInstanceOf(StorageUnavailable);
  expect(error.message).not.toContain('wrong-secret');
});
