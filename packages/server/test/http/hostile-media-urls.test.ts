// @module-tag slow
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { MockVendor, PUBLIC_URL, type VendorType } from '../carriers/mock-vendor.ts';
import { ConnectionWatch } from '../support/connection-watch.ts';
import { PUBLIC } from '../support/hostile-hosts.ts';
import { hostileUrls } from '../support/hostile-urls.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const VENDORS: readonly VendorType[] = ['twilio', 'telnyx', 'bandwidth'];
const WAIT = { timeout: 20_000, interval: 50 };
const FILES_EACH = 10;

let photo: Buffer;
/** Allowed server, and servers at forbidden addresses with the same port. */
let allowed: Server;
let victims: Server[];
let port: number;
/** Hostile URLs, and those that are hostile without a redirect only. */
let urls: string[];
let alone: string[];
/** Paths that the allowed server was asked for, and requests to the others. */
let asked: string[];
let reached: string[];
/** Credentials that the allowed server got. */
let authorizations: (string | undefined)[];
let watch: ConnectionWatch;
let directory: string;
let vendors: MockVendor[];
let redcloud: TestRedCloud;
let token: string;
let numberIds: string[];

const ownNumber = (n: number) => `+1503555090${n}`;

/** Serves the photo at `/photo`, and redirects `/to/{hops}/{n}` to the URL with this number, over further redirects. */
async function listen(): Promise<void> {
  allowed = createServer((request, response) => {
    asked.push(request.url ?? '');
    authorizations.push(request.headers.authorization);
    const [, kind, hops, n] = request.url?.split('/') ?? [];
    if (kind !== 'to') return response.end(photo);
    const target = Number(hops) > 1 ? `/to/${Number(hops) - 1}/${n}` : (urls[Number(n)] ?? '/photo');
    // Header fields have printable characters only. Parsers of URLs decode the host again.
    const printable = Array.from(target, (one) => (one < ' ' ? '' : one > '~' ? encodeURIComponent(one) : one));
    const location = printable.join('');
    return response.writeHead(302, { location }).end();
  });
  allowed.listen(0, PUBLIC);
  await once(allowed, 'listening');
  port = (allowed.address() as AddressInfo).port;
  victims = ['127.0.0.1', '::1'].map((host) => {
    const victim = createServer((request, response) => {
      reached.push(`${host} ${request.url}`);
      response.end(photo);
    });
    return victim.on('connection', () => reached.push(host)).listen(port, host);
  });
  await Promise.all(victims.map((victim) => once(victim, 'listening')));
}

/** Starts Red Cloud as in production, without the sandbox, with a client and a number for each vendor. */
async function begin(): Promise<void> {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-hostile-'));
  vendors = await Promise.all(VENDORS.map((type) => MockVendor.start(type)));
  const file = join(directory, 'carriers.json');
  writeFileSync(file, JSON.stringify({ carriers: vendors.map((vendor) => vendor.settings()), default: 'twilio' }));
  const env = {
    ...{
      RC_SANDBOX: 'false',
      RC_CARRIERS: file,
      RC_PUBLIC_URL: PUBLIC_URL,
      RC_MEDIA: `file:${join(directory, 'media')}`,
    },
    RC_WEBHOOK_ALLOWED_NETWORKS: `${PUBLIC}/32`,
  };
  redcloud = await startRedCloud({ env, overrides: { clock: systemClock } });
  const account = await redcloud.admin('POST', '/accounts', { name: 'Ours' });
  const created = await redcloud.admin('POST', '/clients', { accountId: account.json.id, name: 'Ours' });
  const { client, clientSecret } = created.json;
  const numbers = VENDORS.map((carrier, n) => ({
    ...{ e164: ownNumber(n), apiClientId: client.id, campaignRegId: 'camp', carrier },
    mmsEnabled: true,
  }));
  const imported = await redcloud.admin('POST', '/numbers', { numbers });
  numberIds = imported.json.imported.map(({ numberId }: { numberId: string }) => numberId);
  const credentials = { client_id: client.id, client_secret: clientSecret };
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...credentials });
  const response = await fetch(`${redcloud.url}/api/auth/token`, { method: 'POST', body });
  token = ((await response.json()) as { access_token: string }).access_token;
}

beforeAll(async () => {
  photo = await sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  asked = [];
  reached = [];
  authorizations = [];
  await listen();
  ({ everywhere: urls, alone } = hostileUrls(port));
  await begin();
  watch = new ConnectionWatch();
});
beforeEach(() => {
  asked = [];
  reached = [];
  authorizations = [];
  watch.take();
});
afterAll(async () => {
  watch.stop();
  await redcloud.stop();
  await Promise.all(vendors.map((vendor) => vendor.stop()));
  for (const server of [allowed, ...victims]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

/** Attempts to connect, except to the allowed server, the vendors, the database and Red Cloud itself. */
function forbiddenAttempts(): string[] {
  const { databaseUrl } = redcloud.store;
  const permitted = [redcloud.url, ...vendors.map(({ baseUrl }) => baseUrl), ...(databaseUrl ? [databaseUrl] : [])];
  const own = permitted.map((url) => `127.0.0.1 ${new URL(url).port || 5432}`);
  return watch.take(`${PUBLIC} ${port}`, ...own);
}

const call = (path: string) => redcloud.call(path, { token });
let sends = 0;
const send = (sourceUrl: string) => {
  sends += 1;
  const media = [{ storageKey: `key-${sends}`, mimeType: 'image/jpeg', byteLength: photo.length, sourceUrl }];
  const to = [`+1555${String(2_000_000 + sends)}`];
  const body = { sendFrom: numberIds[0], to, messageType: 'MMS', media };
  return redcloud.send(`hostile ${sends}`, body, { token });
};

test('The servers at forbidden addresses and the watch see a connection, so that the tests can fail.', async () => {
  for (const host of ['127.0.0.1', '[::1]']) await (await fetch(`http://${host}:${port}/control`)).arrayBuffer();
  expect(reached).toEqual(['127.0.0.1', '127.0.0.1 /control', '::1', '::1 /control']);
  expect(forbiddenAttempts()).toEqual([`127.0.0.1 ${port}`, `::1 ${port}`]);
});

describe('Media with a sourceUrl', () => {
  test('More than 60 hostile URLs are rejected at once, without a connection.', async () => {
    expect(urls.length).toBeGreaterThan(60);
    for (const url of [...urls, ...alone]) {
      const { status, json } = await send(url);
      expect([url, status, json.error?.code]).toEqual([url, 400, 'INVALID_REQUEST']);
    }
    expect([forbiddenAttempts(), reached, asked]).toEqual([[], [], []]);
  });

  test('No redirect leads to a hostile URL, on the first, second or third hop.', { timeout: 60_000 }, async () => {
    const ids: string[] = [];
    for (const n of urls.keys()) {
      const { json } = await send(`http://${PUBLIC}:${port}/to/${1 + (n % 3)}/${n}`);
      ids.push(json.results[0].messageId);
    }
    const message = async (id: string) => (await call(`/api/core/messages/${id}`)).json;
    for (const [n, id] of ids.entries()) {
      await vi.waitFor(async () => expect([urls[n], (await message(id)).status]).toEqual([urls[n], 'FAILED']), WAIT);
      expect(await message(id)).toMatchObject({ error: { code: 'MEDIA_UNAVAILABLE' } });
    }
    expect(asked.length).toBeGreaterThanOrEqual(urls.length);
    expect([forbiddenAttempts(), reached, vendors[0]?.accepted]).toEqual([[], [], []]);
  });

  test('Redirects to an allowed address are followed.', async () => {
    const { json } = await send(`http://${PUBLIC}:${port}/to/3/none`);
    await vi.waitFor(() => expect(vendors[0]?.accepted.map(({ to }) => to)).toEqual([json.results[0].to]), WAIT);
    expect(asked).toEqual(['/to/3/none', '/to/2/none', '/to/1/none', '/photo']);
  });
});

describe.each([...VENDORS.entries()])('Media of inbound messages (%i, %s)', (n, type) => {
  let received = 0;
  const vendor = () => vendors[n] as MockVendor;

  /** Sends inbound messages with these files. @returns their files in the same order, after a first attempt. */
  async function receive(name: string, media: readonly string[]) {
    received += 1;
    const from = `+1555${n}${String(received).padStart(6, '0')}`;
    const messages = Math.ceil(media.length / FILES_EACH);
    for (let i = 0; i < messages; i += 1) {
      const files = media.slice(i * FILES_EACH, (i + 1) * FILES_EACH);
      const message = { id: `${type}-${name}-${i}`, from, to: ownNumber(n), text: String(i), media: files };
      expect(await vendor().inbound(redcloud.url, message)).toBe(204);
    }
    return vi.waitFor(async () => {
      const { json } = await call(`/api/core/messages?direction=INBOUND&from=${encodeURIComponent(from)}&limit=100`);
      expect(json.messages).toHaveLength(messages);
      const ordered = json.messages.toSorted(
        (a: { text: string }, b: { text: string }) => Number(a.text) - Number(b.text),
      );
      const files = ordered.flatMap(
        ({ media: copied }: { media: { storageKey?: string; error?: string }[] }) => copied,
      );
      expect(files).toHaveLength(media.length);
      return files as { storageKey?: string; error?: string }[];
    }, WAIT);
  }

  test('No file is copied from a hostile URL, directly or after redirects.', { timeout: 60_000 }, async () => {
    const redirects = [...urls.keys()].map((i) => `http://${PUBLIC}:${port}/to/${1 + (i % 3)}/${i}`);
    const media = [...urls, ...alone, ...redirects];
    const files = await receive('hostile', media);
    const copied = files.flatMap(({ storageKey }, i) => (storageKey ? [media[i]] : []));
    expect(copied).toEqual([]);
    expect([forbiddenAttempts(), reached]).toEqual([[], []]);
  });

  test('A redirect of the vendor leads to no hostile URL, and takes no credentials to another server.', async () => {
    const through = (url: string) => `${vendor().baseUrl}/file?redirect=${encodeURIComponent(url)}`;
    const media = [`http://127.0.0.1:${port}/a`, `http://[::1]:${port}/a`, `http://localhost:${port}/a`];
    const files = await receive('redirected', [...media, `http://${PUBLIC}:${port}/photo`].map(through));
    expect(files.map(({ storageKey }) => storageKey !== undefined)).toEqual([false, false, false, true]);
    expect([forbiddenAttempts(), reached, asked, authorizations]).toEqual([[], [], ['/photo'], [undefined]]);
  });

  test('A file of an allowed address is copied.', async () => {
    const [file] = await receive('allowed', [`http://${PUBLIC}:${port}/photo`]);
    expect(file).toMatchObject({ storageKey: expect.any(String) });
    expect(asked).toEqual(['/photo']);
  });
});
