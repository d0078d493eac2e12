import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selfSigned } from '../support/certificate.ts';
import { check, runCheck, runCommand } from '../support/check-carrier.ts';
import { MockVendor, type VendorType } from './mock-vendor.ts';
import { freePort } from './program.ts';

let directory: string;
let publicUrl: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-check-'));
  // No server listens there. These tests concern only the vendor.
  publicUrl = `http://127.0.0.1:${await freePort()}`;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Answer = MockVendor['answer'];

/** Checks a carrier whose vendor responds with `answer`. */
async function checkAt(type: VendorType, settings: object, answer?: Answer, url = publicUrl) {
  const vendor = await MockVendor.start(type);
  if (answer) vendor.answer = answer;
  const file = join(directory, `${type}.json`);
  writeFileSync(file, JSON.stringify({ carriers: [{ ...vendor.settings(), ...settings }] }));
  try {
    return await check([], { RC_CARRIERS: file, RC_PUBLIC_URL: url, RC_SANDBOX: 'true' });
  } finally {
    await vendor.stop();
  }
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('Credentials of Bandwidth', () => {
  const oauth = { username: undefined, password: undefined, clientId: 'CID-1', clientSecret: 'client-secret' };
  const tokens: Answer = (path, authorization) => {
    if (path === '/api/v1/oauth2/token') {
      const isRight = authorization === basic('CID-1', 'client-secret');
      return isRight ? [200, { access_token: 'token-1', expires_in: 60 }] : [401, { error: 'invalid_client' }];
    }
    return authorization === 'Bearer token-1' ? [200, { messages: [] }] : [401, {}];
  };

  test('API credentials are exchanged for an access token, which is then used.', async () => {
    const { found } = await checkAt('bandwidth', oauth, tokens);
    expect(found['access token']).toBe('ok: Bandwidth issued an access token.');
    expect(found['credentials']).toBe('ok: Bandwidth accepts them.');
    expect(found['username']).toBeUndefined();
  });

  test('Wrong API credentials fail the access token, and nothing else is requested.', async () => {
    const { status, found } = await checkAt('bandwidth', { ...oauth, clientSecret: 'wrong' }, tokens);
    expect(status).toBe(1);
    expect(found['access token']).toMatch(
      /^failed: Bandwidth refuses them .*invalid_client.*clientId and clientSecret/,
    );
    expect(found['credentials']).toBe('skipped: There is no access token.');
  });

  test('A user name causes a warning with the date on which it stops working.', async () => {
    const { found } = await checkAt('bandwidth', {});
    expect(found['username']).toMatch(/^warning: .* 2 December 2026\. .* clientId and clientSecret/);
  });
});

describe('Settings at Twilio', () => {
  const sid = `MG${'2'.repeat(32)}`;
  const service = (more: object): Answer => {
    const body = { sid, inbound_request_url: null, inbound_method: 'POST', use_inbound_webhook_on_number: false };
    return (path) => (path === `/v1/Services/${sid}` ? [200, { ...body, ...more }] : [200, { status: 'active' }]);
  };
  const url = () => `${publicUrl}/carriers/twilio/callback`;

  test.each<[string, () => Answer, RegExp]>([
    ['with the callback URL', () => service({ inbound_request_url: url() }), /^ok: /],
    ['that defers to the numbers', () => service({ use_inbound_webhook_on_number: true }), /^ok: /],
    ['without a webhook', () => service({}), /^warning: Its webhook is not set\. Set it to POST http/],
    ['with another webhook', () => service({ inbound_request_url: 'https://x.example' }), /^warning: .*https:\/\/x/],
    ['with GET', () => service({ inbound_request_url: url(), inbound_method: 'GET' }), /^warning: .*GET http/],
    [
      'with Smart Encoding',
      () => service({ inbound_request_url: url(), smart_encoding: true }),
      /^warning: Smart Encoding is on/,
    ],
    ['that does not exist', () => (path) => [path.startsWith('/v1/') ? 404 : 200, {}], /^failed: .* does not exist/],
    ['that the key may not read', () => (path) => [path.startsWith('/v1/') ? 403 : 200, {}], /^skipped: .*HTTP 403/],
  ])('A messaging service %s is reported.', async (_, answer, expected) => {
    const { found } = await checkAt('twilio', { messagingServiceSid: sid }, answer());
    expect(found['messaging service']).toMatch(expected);
  });

  test('With an API key, a wrong auth token causes a warning, because it signs callbacks.', async () => {
    const key = { apiKeySid: `SK${'3'.repeat(32)}`, apiKeySecret: 'key-secret' };
    const answer: Answer = (_, authorization) =>
      authorization === basic(key.apiKeySid, key.apiKeySecret) ? [200, { messages: [] }] : [401, { code: 20003 }];
    const { found } = await checkAt('twilio', key, answer);
    expect(found['credentials']).toBe('ok: Twilio accepts them.');
    expect(found['auth token']).toMatch(/^warning: Twilio does not accept it \(HTTP 401\)/);
    expect((await checkAt('twilio', key)).found['auth token']).toMatch(/^ok: /);
  });
});

describe('Settings at Telnyx', () => {
  const profile = (more: object): Answer => {
    const data = { id: 'profile', enabled: true, webhook_url: null, webhook_api_version: '2', ...more };
    return (path) => [path === '/v2/messaging_profiles/profile' ? 200 : 404, { data }];
  };
  const url = () => `${publicUrl}/carriers/telnyx/callback`;

  test.each<[string, () => Answer, RegExp]>([
    ['with the callback URL', () => profile({ webhook_url: url() }), /^ok: /],
    ['without a webhook', () => profile({}), /^warning: Its webhook URL is not set\. Set it to http/],
    ['with another webhook', () => profile({ webhook_url: 'https://x.example' }), /^warning: .* is https:\/\/x/],
    ['of version 1', () => profile({ webhook_url: url(), webhook_api_version: '1' }), /^warning: .*version is 1\./],
  ])('A messaging profile %s is reported.', async (_, answer, expected) => {
    const { found } = await checkAt('telnyx', { messagingProfileId: 'profile' }, answer());
    expect(found['messaging profile']).toMatch(expected);
  });

  test('A key without the right to read the balance causes a warning.', async () => {
    const { found } = await checkAt('telnyx', {}, () => [403, { errors: [{ code: '10010', title: 'Forbidden' }] }]);
    expect(found['credentials']).toMatch(/^warning: .*lack the right to read \(HTTP 403\)/);
  });
});

describe('RC_PUBLIC_URL', () => {
  test('A certificate that is not trusted is explained.', async () => {
    const server = createServer(selfSigned('IP:127.0.0.1')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { status, found } = await checkAt('twilio', {}, undefined, url);
    server.close();
    expect(status).toBe(1);
    expect(found['signed callback']).toMatch(/^failed: .*self-signed certificate.*\)\. TLS failed\. Check the scheme/);
  });

  test.each([
    ['http://192.0.2.1', /^failed: .*has no TLS.*Set RC_PUBLIC_URL to an https: URL/],
    ['https://10.1.2.3', /^warning: https:\/\/10\.1\.2\.3 resolves to 10\.1\.2\.3 here, which Twilio cannot reach/],
  ])('The URL %s is reported.', async (url, expected) => {
    const { checkPublicUrl } = await import('#carriers/check/public-url.ts');
    const { state, explanation } = await checkPublicUrl(url, 'Twilio', true);
    expect(`${state}: ${explanation}`).toMatch(expected);
  });

  test('A missing URL fails the check.', async () => {
    const { status, found } = await checkAt('twilio', {}, undefined, '');
    expect(status).toBe(1);
    expect(found['public URL']).toMatch(/^failed: RC_PUBLIC_URL is not set\. Set it/);
  });
});

test('A secret that a vendor quotes is not printed, nor are control characters.', async () => {
  const answer: Answer = () => [401, { errors: [{ code: '10009', title: 'Bad \u001b[31mkey', detail: 'KEY123' }] }];
  const { output, found } = await checkAt('telnyx', {}, answer);
  expect(output).not.toContain('KEY123');
  expect(found['credentials']).toContain('***');
  expect(found['credentials']).not.toContain('\u001b');
});

test('The simulator is the only carrier without RC_CARRIERS, and its check succeeds.', async () => {
  const { status, stdout } = await runCheck(['--json'], {});
  const explanation = 'Available. The simulator delivers nothing to handsets.';
  const checks = [{ carrier: 'simulator', type: 'simulator', state: 'ok', subject: 'simulator', explanation }];
  expect([status, JSON.parse(stdout)]).toEqual([0, { ok: true, checks }]);
});

test.each([
  [['acme'], 'Carrier acme is not configured. Configured carriers: simulator.'],
  [['a', 'b'], 'Unexpected argument b.'],
  [['--to', '+15551230000'], '--to needs a carrier.'],
  [['simulator', '--to', '+15551230000'], '--to needs a carrier of type smpp, but simulator is of type simulator.'],
  [['simulator', '--seconds', 'x'], '--seconds x is not a whole number'],
  [['--unknown'], "Unknown option '--unknown'"],
])('The arguments %j are refused with the reason.', async (args, reason) => {
  await expect(check(args, {})).rejects.toThrow(reason);
});

test('An unknown command and a wrong argument print the usage and end with status 64.', {
  tags: 'slow',
  timeout: 60_000,
}, async () => {
  const unknown = await runCommand(['stop'], {});
  expect(unknown).toMatchObject({ status: 64, stdout: '' });
  expect(unknown.stderr).toMatch(/^Unknown command stop\.\n\nUsage: redcloud-server \[command\]/);
  const wrong = await runCheck(['acme'], {});
  expect(wrong).toMatchObject({ status: 64, stdout: '' });
  expect(wrong.stderr).toMatch(/^Carrier acme is not configured[\s\S]*Usage: redcloud-server check-carrier/);
});
