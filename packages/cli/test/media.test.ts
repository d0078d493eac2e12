// @module-tag slow
import { once } from 'node:events';
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { RedCloud } from '../../sdk/src/index.ts';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { Machine } from './command.ts';

const PHOTO = fileURLToPath(new URL('../../server/assets/catalog.jpg', import.meta.url));
const ITEM = { mimeType: 'image/jpeg', byteLength: 182_340, fileName: 'photo.jpg' };

let redcloud: TestRedCloud;
let rc: RedCloud;
let machine: Machine;

beforeAll(async () => {
  redcloud = await startRedCloud();
  rc = new RedCloud({ accessToken: 'rc_token_example', baseUrl: redcloud.url });
});
afterAll(() => redcloud.stop());
beforeEach(() => {
  machine = new Machine({ REDCLOUD_URL: redcloud.url });
  copyFileSync(PHOTO, machine.pathOf('photo.jpg'));
});
afterEach(() => machine.remove());

const run = (...args: string[]) => machine.run(['--sandbox', ...args]);
const send = (...args: string[]) => run('send', '--from', 'num_abc123', ...args);
const ONE = ['--to', '+15551234567'];
const list = (externalReference: string) => Array.fromAsync(rc.messages.list({ externalReference }));
/** Uploads that the server has logged. */
const uploads = () => redcloud.logged().match(/"POST","[^}]*"\/api\/core\/media/g)?.length ?? 0;

/** Starts the server of a photo. */
async function origin(): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': ITEM.byteLength });
    response.end(request.method === 'HEAD' ? undefined : readFileSync(PHOTO));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/photo.jpg`;
}

test('Files and URLs are sent as an MMS, and a repeated command with its key sends nothing.', async () => {
  const url = await origin();
  const command = [...ONE, '--media', './photo.jpg', '--media', url, '--reference', 'files', '--key', 'files'];
  const { code, stderr, json } = await send(...command);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { messageType, media } = await rc.messages.get(json().accepted[0].messageId);
  expect(messageType).toBe('MMS');
  expect(media).toEqual([
    { ...ITEM, storageKey: expect.stringMatching(/^storage_/) },
    { ...ITEM, storageKey: expect.stringMatching(/^url_/), sourceUrl: url },
  ]);
  expect((await send(...command)).json()).toMatchObject({ replayed: true });
  expect(await list('files')).toHaveLength(1);
});

test('Ten files are sent, and eleven are rejected.', async () => {
  const files = Array.from({ length: 11 }, () => ['--media', 'photo.jpg']);
  expect((await send(...ONE, ...files.slice(1).flat())).code).toBe(0);
  const { code, stderr } = await send(...ONE, ...files.flat());
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('A message has at most 10 files.') });
});

test.each([
  ['does not exist', 'no.jpg', 2, 'media[0] \\"no.jpg\\" does not exist. Check the path'],
  ['is a directory', '.', 2, 'is not a file'],
  ['is larger than 25 MiB', 'large.mp4', 2, 'has at least 27262976 bytes. The limit is 26214400 bytes (25 MiB).'],
  ['has another type than its name', 'page.jpg', 4, 'No carrier type supports media of type text/html. Convert'],
])('A file that %s is reported with the fix, and no message is sent.', async (_name, path, status, message) => {
  writeFileSync(machine.pathOf('large.mp4'), '');
  truncateSync(machine.pathOf('large.mp4'), 26 * 1_048_576);
  writeFileSync(machine.pathOf('page.jpg'), '<!doctype html><p>Hello</p>');
  const { code, stderr, stdout } = await send(...ONE, '--media', path, '--reference', 'rejected');
  expect({ code, stdout }).toEqual({ code: status, stdout: '' });
  expect(stderr).toContain(message);
  expect(await list('rejected')).toEqual([]);
});

test('A campaign uploads its file once, and a repeated run sends nothing, with and without the results.', async () => {
  writeFileSync(machine.pathOf('people.csv'), 'to\n+15550001001\n+15550001002\n+15550001003\n');
  const campaign = ['--file', 'people.csv', '--reference', 'campaign', '--media'];
  const before = uploads();
  const first = await send(...campaign, 'photo.jpg');
  expect(first.json()).toMatchObject({ accepted: 3, acceptedBefore: 0 });
  expect(uploads()).toBe(before + 1);
  const messages = await list('campaign');
  expect(new Set(messages.map(({ media }) => media?.[0]?.storageKey)).size).toBe(1);
  // A lost file of the server gets its key again.
  await rc.media.delete(messages[0]?.media?.[0]?.storageKey ?? '');
  const second = await send(...campaign, './photo.jpg');
  expect(second.json()).toMatchObject({ accepted: 3, acceptedBefore: 3 });
  await rm(machine.pathOf('people.csv.results.ndjson'));
  const { storageKey } = await rc.media.upload(PHOTO);
  const fields = `storageKey=${storageKey},mimeType=image/jpeg,byteLength=182340,fileName=photo.jpg`;
  expect((await send(...campaign, fields)).json()).toMatchObject({ accepted: 3, acceptedBefore: 3 });
  expect(await list('campaign')).toHaveLength(3);
});

test('A campaign with a file that is missing or rejected by the server ends before the first row.', async () => {
  writeFileSync(machine.pathOf('people.csv'), 'to\n+15550001001\n+15550001002\n');
  writeFileSync(machine.pathOf('page.jpg'), '<!doctype html><p>Hello</p>');
  const campaign = ['--file', 'people.csv', '--reference', 'no campaign', '--media'];
  const codes = [];
  for (const media of ['no.jpg', 'page.jpg', 'storageKey=unknown,mimeType=image/jpeg,byteLength=1'])
    codes.push((await send(...campaign, media)).code);
  expect(codes).toEqual([2, 4, 4]);
  expect(await list('no campaign')).toEqual([]);
});

test('A file is uploaded, shown, downloaded and deleted.', async () => {
  const item = (await run('media', 'upload', 'photo.jpg', '--name', 'menu.jpg')).json();
  expect(item).toEqual({ ...ITEM, storageKey: item.storageKey, fileName: 'menu.jpg' });
  expect((await run('media', 'get', item.storageKey)).json()).toEqual(item);
  expect((await run('--no-json', 'media', 'get', item.storageKey)).stdout).toMatch(/^mimeType +image\/jpeg$/m);
  await run('media', 'get', item.storageKey, '--output', 'copy.jpg');
  expect(readFileSync(machine.pathOf('copy.jpg')).equals(readFileSync(PHOTO))).toBe(true);
  expect((await run('media', 'rm', item.storageKey)).json()).toEqual({ storageKey: item.storageKey, removed: true });
  expect((await run('media', 'get', item.storageKey)).code).toBe(4);
  const wrong = await run('media', 'upload', 'https://example.com/photo.jpg');
  expect({ code: wrong.code, stderr: wrong.stderr }).toEqual({ code: 2, stderr: expect.stringContaining('is a URL') });
});
