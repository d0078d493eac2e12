import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { check, runCheck } from '../support/check-carrier.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { ReverseProxy } from '../support/reverse-proxy.ts';
import { MockVendor, type VendorType } from './mock-vendor.ts';
import { freePort } from './program.ts';

const VENDORS: readonly VendorType[] = ['twilio', 'telnyx', 'bandwidth'];
/** Secrets in the settings of the mock vendors. */
const SECRETS = /0123456789abcdef|KEY123|callback-password|"password"/;

let directory: string;
let vendors: Map<VendorType, MockVendor>;
let proxy: ReverseProxy;
let redcloud: TestRedCloud;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-check-'));
  vendors = new Map(await Promise.all(VENDORS.map(async (type) => [type, await MockVendor.start(type)] as const)));
  proxy = await ReverseProxy.start();
  redcloud = await startRedCloud({ env: serverEnv(), overrides: { clock: systemClock } });
});
beforeEach(() => {
  for (const vendor of vendors.values()) vendor.reset();
  proxy.target = redcloud.url;
  proxy.rewrite = (forwarded) => forwarded;
});
afterAll(async () => {
  await Promise.all([...vendors.values()].map((vendor) => vendor.stop()));
  await redcloud.stop();
  await proxy.stop();
  rmSync(directory, { recursive: true, force: true });
});

const vendorOf = (type: VendorType) => vendors.get(type) as MockVendor;

/** Writes RC_CARRIERS. @param changes other settings by the type of the carrier. */
function carriersFile(changes: Partial<Record<VendorType, object>> = {}): string {
  const carriers = VENDORS.map((type) => ({ ...vendorOf(type).settings(), ...changes[type] }));
  const file = join(mkdtempSync(join(directory, 'carriers-')), 'carriers.json');
  writeFileSync(file, JSON.stringify({ carriers: [...carriers, { name: 'sim', type: 'simulator' }], default: 'sim' }));
  return file;
}

function serverEnv(): Record<string, string> {
  const media = `file:${join(directory, 'media')}`;
  return { RC_CARRIERS: carriersFile(), RC_PUBLIC_URL: proxy.url, RC_MEDIA: media, RC_SANDBOX: 'true' };
}

/** Environment of the command. @param changes other settings of the carriers. */
function env(changes: Partial<Record<VendorType, object>> = {}, more: Record<string, string> = {}) {
  return { RC_CARRIERS: carriersFile(changes), RC_PUBLIC_URL: proxy.url, RC_SANDBOX: 'true', ...more };
}

describe.each(VENDORS)('Check of a carrier of type %s', (type) => {
  test('The command finds no fault in a working installation, has no effect on it, and prints no secret.', async () => {
    const { status, stdout, stderr } = await runCheck([type], env());
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).not.toMatch(SECRETS);
    expect(stdout.trim().split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(new RegExp(`^ok       ${type} credentials: \\w+ accepts them\\.$`)),
        expect.stringMatching(new RegExp(`^ok       ${type} public URL: `)),
        expect.stringMatching(new RegExp(`^${type === 'telnyx' ? 'skipped ' : 'ok      '} ${type} signed callback: `)),
        expect.stringMatching(new RegExp(`^ok       ${type} invalid callback: Red Cloud refuses a callback with`)),
        expect.stringMatching(new RegExp(`^ok       ${type} media link: `)),
      ]),
    );
    const { json } = await redcloud.call('/api/core/messages?direction=INBOUND');
    expect(json.messages).toEqual([]);
    expect(vendorOf(type).submits).toBe(0);
    expect(await countOfReceipts()).toBe(0);
  });

  test('Wrong credentials are distinguished from an unexpected response.', async () => {
    const vendor = vendorOf(type);
    vendor.answer = () => [401, { message: 'Authenticate', code: 20003 }];
    const refused = await check([type], env());
    expect(refused.status).toBe(1);
    expect(refused.found['credentials']).toMatch(/^failed: \w+ refuses them \(.*Check a/);
    vendor.answer = () => [200, '<h1>Sign in to the network</h1>'];
    expect((await check([type], env())).found['credentials']).toMatch(/^failed: .* unexpected response \(HTTP 200\)/);
    vendor.answer = () => [503, {}];
    expect((await check([type], env())).found['credentials']).toMatch(/^failed: .*\(HTTP 503\)\. Repeat the check/);
  });

  test('A port that refuses connections is unreachable.', async () => {
    const port = await freePort();
    const { status, found } = await check([type], env({ [type]: { baseUrl: `http://127.0.0.1:${port}` } }));
    expect(status).toBe(1);
    expect(found['credentials']).toMatch(/^failed: .* unreachable .*ECONNREFUSED.* Check the port/);
  });

  test('The response of another server at RC_PUBLIC_URL is recognized, also with status 200.', async () => {
    proxy.target = vendorOf(type).baseUrl;
    proxy.rewrite = ({ headers }) => ({ path: '/oauth2/token', headers });
    const { status, found } = await check([type], env());
    expect(status).toBe(1);
    const subject = type === 'telnyx' ? 'invalid callback' : 'signed callback';
    expect(found[subject]).toMatch(/^failed: .*Another server than Red Cloud responds.*RC_PUBLIC_URL must be the URL/);
    expect(found['media link']).toMatch(/^failed: Another server/);
  });

  test('A server that is not running is recognized, with and without a proxy.', async () => {
    const subject = type === 'telnyx' ? 'invalid callback' : 'signed callback';
    proxy.target = undefined;
    expect((await check([type], env())).found[subject]).toMatch(/^failed: The proxy at .* cannot reach Red Cloud/);
    const url = `http://127.0.0.1:${await freePort()}`;
    const { status, found } = await check([type], env({}, { RC_PUBLIC_URL: url }));
    expect(status).toBe(1);
    expect(found[subject]).toMatch(/^failed: .*ECONNREFUSED.* start the server or its proxy/);
    expect(found['media link']).toBe('skipped: RC_PUBLIC_URL is unreachable.');
  });

  test('A proxy that changes the host is named by the check of a sandbox.', async () => {
    proxy.rewrite = ({ path, headers }) => ({ path, headers: { ...headers, host: 'internal.example' } });
    const { status, found } = await check([type], env());
    expect(status).toBe(1);
    const subject = type === 'telnyx' ? 'invalid callback' : 'signed callback';
    expect(found[subject]).toMatch(/^failed: .*A proxy changes the header Host/);
  });

  test('A carrier that the server does not have is named.', async () => {
    const { status, found } = await check(['renamed'], env({ [type]: { name: 'renamed' } }));
    expect(status).toBe(1);
    const subject = type === 'telnyx' ? 'invalid callback' : 'signed callback';
    expect(found[subject]).toMatch(/^failed: .*No such carrier\)\. Restart the server with this RC_CARRIERS/);
  });
});

async function countOfReceipts(): Promise<number> {
  const { text } = await redcloud.call('/metrics', { token: null });
  const counts = [...text.matchAll(/^redcloud_receipts_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}

describe('Callbacks of Twilio', () => {
  test('A proxy that changes the query or the path breaks the signature, with an explanation.', async () => {
    proxy.rewrite = ({ path, headers }) => ({ path: decodeURIComponent(path), headers });
    const { status, found } = await check(['twilio'], env());
    expect(status).toBe(1);
    expect(found['signed callback']).toMatch(
      /^failed: .*without a query is accepted\. The proxy must forward the query/,
    );
    proxy.rewrite = ({ path, headers }) => ({ path: `/prefix${path}`, headers });
    expect((await check(['twilio'], env())).found['signed callback']).toMatch(/^failed: .*the path that the proxy/);
  });

  test.each([
    ['RC_PUBLIC_URL', {}, () => ({ RC_PUBLIC_URL: `http://localhost:${proxy.port}` })],
    ['auth token', { authToken: 'f'.repeat(32) }, () => ({})],
  ])('Another %s than that of the server is explained.', async (_, changes, more) => {
    const { status, found } = await check(['twilio'], env({ twilio: changes }, more()));
    expect(status).toBe(1);
    expect(found['signed callback']).toMatch(/^failed: .*\(HTTP 403\)\. RC_PUBLIC_URL must be the URL that the vendor/);
  });
});

describe('Callbacks of Bandwidth', () => {
  test('A wrong callback password is explained.', async () => {
    const { status, found } = await check(['bandwidth'], env({ bandwidth: { callbackPassword: 'another-password' } }));
    expect(status).toBe(1);
    expect(found['signed callback']).toMatch(
      /^failed: .*\(HTTP 401\)\. Restart the server with these callbackUsername/,
    );
  });

  test('A proxy that removes the credentials is explained.', async () => {
    proxy.rewrite = ({ path, headers: { authorization: _, ...headers } }) => ({ path, headers });
    const { found } = await check(['bandwidth'], env());
    expect(found['signed callback']).toMatch(/^failed: .*A proxy must forward the header Authorization/);
  });
});

test('Without the sandbox, a proxy may change the host, because Red Cloud does not read it.', async () => {
  const open = await startRedCloud({ env: { ...serverEnv(), RC_SANDBOX: 'false' }, overrides: { clock: systemClock } });
  try {
    proxy.target = open.url;
    proxy.rewrite = ({ path, headers }) => ({ path, headers: { ...headers, host: 'internal.example' } });
    const { found } = await check(['twilio'], env({}, { RC_SANDBOX: 'false' }));
    expect(found['signed callback']).toMatch(/^ok: /);
    expect(found['public URL']).toMatch(/^failed: .* is this machine, which Twilio cannot reach/);
  } finally {
    await open.stop();
  }
});
