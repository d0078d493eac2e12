import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newCustomer, newNumber } from '../support/customer.ts';
import { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const LOOPBACK = { RC_WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' };
const MINUTE = 60_000;

let redcloud: TestRedCloud;
let receiver: Receiver;
let customer: { clientId: string; numberId: string; token: string };

beforeEach(async () => {
  receiver = await Receiver.start();
  // Without the sandbox, as in production, because the sandbox allows every address.
  redcloud = await startRedCloud({ env: { RC_SANDBOX: 'false', ...LOOPBACK } });
  const made = await newCustomer(redcloud);
  customer = { ...made, numberId: await newNumber(redcloud, made.clientId, '+15558887777') };
});
afterEach(async () => {
  await redcloud.stop();
  await receiver.stop();
});

/** Each way to set the URL of a webhook: the field and the request. */
function settings(): [
  string,
  (url: string) => Promise<{ status: number; json: { error: Record<string, unknown> } }>,
][] {
  const { clientId, numberId, token } = customer;
  return [
    ...['deliveryWebhookUrl', 'inboundWebhookUrl'].map((field): ReturnType<typeof settings>[number] => [
      field,
      (url) => redcloud.admin('PATCH', `/clients/${clientId}`, { [field]: url }),
    ]),
    ...['webhookDeliveryOverride', 'webhookInboundOverride'].flatMap(
      (field): ReturnType<typeof settings> => [
        [field, (url) => redcloud.admin('PATCH', `/numbers/${numberId}`, { [field]: url })],
        [field, (url) => redcloud.admin('POST', '/numbers', { numbers: [{ e164: '+15558880009', [field]: url }] })],
        [
          field,
          (url) => redcloud.call(`/api/core/numbers/${numberId}`, { method: 'PATCH', token, body: { [field]: url } }),
        ],
      ],
    ),
    [
      'deliveryWebhookUrl',
      async (url) => {
        const { id: accountId } = (await redcloud.admin('POST', '/accounts', { name: 'A' })).json;
        return redcloud.admin('POST', '/clients', { accountId, name: 'C', deliveryWebhookUrl: url });
      },
    ],
  ];
}

test('Every route rejects a forbidden URL with field and reason, or stores it with its host in punycode.', {
  tags: 'slow',
}, async () => {
  for (const [field, set] of settings()) {
    for (const [url, message] of [
      ['https://10.1.2.3/hook', `${field}: address not allowed: 10.1.2.3`],
      ['https://[::ffff:169.254.169.254]/', `${field}: address not allowed: ::ffff:a9fe:a9fe`],
      ['https://[64:ff9b::a01:203]/', `${field}: address not allowed: 64:ff9b::a01:203`],
      ['https://0xa9fea9fe/latest/meta-data', `${field}: address not allowed: 169.254.169.254`],
      ['https://[::1]/', `${field}: address not allowed: ::1`],
      ['http://8.8.8.8/', `${field}: https required`],
      ['https://example.com:0/', `${field}: port not allowed: 0`],
      ['https://user:password@example.com/', `${field} must not contain credentials`],
      ['https://127.0.0.1../', `${field}: host name not valid: empty label in 127.0.0.1..`],
      ['https://foo.localhost..', `${field}: host name not valid: empty label in foo.localhost..`],
      ['https://a..b/', `${field}: host name not valid: empty label in a..b`],
      [`https://${'a'.repeat(64)}.example/`, `${field}: host name not valid: label longer than 63 characters`],
      ['https://①０.0.0.1/', `${field}: address not allowed: 10.0.0.1`],
      ['https://[fe80::1%25eth0]/', `${field} must be an http or https URL`],
      [`https://example.com/${'ü'.repeat(1_000)}`, `${field} has more than 2048 encoded characters. Shorten it.`],
    ] as const) {
      const { status, json } = await set(url);
      expect([status, json.error]).toEqual([400, { code: 'INVALID_REQUEST', message, details: { field } }]);
    }
    for (const url of ['https://example.com/hook', 'http://127.0.0.1:9000/hook', 'http://localhost:9000/hook']) {
      expect((await set(url)).status).toBeLessThan(300);
    }
  }
  await expectStored();
});

/** Sets URLs in each way, and reads them as their client does. */
async function expectStored(): Promise<void> {
  const { clientId, numberId, token } = customer;
  for (const [given, stored] of [
    ['HTTPS://Example.com:443/Hook/../a?b#c', 'HTTPS://Example.com:443/Hook/../a?b#c'],
    ['https://example.com', 'https://example.com'],
    ['http://bücher.example/', 'http://xn--bcher-kva.example/'],
    ['https://BÜCHER.example:443/größe?ä', 'https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?%C3%A4'],
    ['https://b%C3%BCcher.example/hook', 'https://xn--bcher-kva.example/hook'],
    ['https://例え.テスト/フック', 'https://xn--r8jz45g.xn--zckzah/%E3%83%95%E3%83%83%E3%82%AF'],
  ] as const) {
    for (const [, set] of settings()) expect((await set(given)).status).toBeLessThan(300);
    const own = await redcloud.call('/api/core/webhooks', { method: 'PATCH', token, body: { inboundUrl: given } });
    expect(own.json.inboundUrl).toBe(stored);
    expect((await redcloud.admin('GET', `/clients/${clientId}`)).json.deliveryWebhookUrl).toBe(stored);
    const { json } = await redcloud.call('/api/core/numbers', { token });
    expect(json.numbers.find((one: { numberId: string }) => one.numberId === numberId)).toMatchObject({
      webhookDeliveryOverride: stored,
      webhookInboundOverride: stored,
    });
  }
}

test('Without allowed networks https is required, and only the log has the reason for a failed lookup.', {
  tags: 'slow',
}, async () => {
  redcloud = await redcloud.restart({ RC_WEBHOOK_ALLOWED_NETWORKS: '' });
  for (const [field, set] of settings()) {
    expect((await set('http://hooks.example.com/')).json.error).toMatchObject({ message: `${field}: https required` });
    expect((await set('https://localhost/')).json.error).toMatchObject({
      message: `${field}: address not allowed: localhost`,
    });
  }
  // A name that does not exist has the same error as a forbidden address.
  await redcloud.admin('PATCH', `/clients/${customer.clientId}`, { deliveryWebhookUrl: 'https://nowhere.invalid/' });
  const call = { method: 'POST', token: customer.token, body: {} };
  const { json } = await redcloud.call('/api/core/webhooks/test', call);
  expect(json).toMatchObject({ delivered: false, statusCode: null, error: 'host not allowed or not found' });
  const lines = redcloud.logged().split('\n');
  const line = lines.find((text) => text.includes('"event":"webhook_test"')) ?? '';
  expect(JSON.parse(line)).toMatchObject({ host: 'nowhere.invalid', reason: expect.stringMatching(/^getaddrinfo E/) });
});

test('A forbidden stored URL is rejected at each scheduled attempt, and gets its event once it is allowed.', {
  tags: 'slow',
}, async () => {
  await redcloud.admin('PATCH', `/clients/${customer.clientId}`, { deliveryWebhookUrl: receiver.url });
  redcloud = await redcloud.restart({ RC_WEBHOOK_ALLOWED_NETWORKS: '' });
  const sent = await redcloud.send('refused', { sendFrom: customer.numberId, to: ['+15550000003'] }, customer);
  expect(sent.status).toBe(202);
  const refused = () =>
    redcloud
      .logged()
      .split('\n')
      .filter((line) => line.includes('address not allowed: 127.0.0.1'));
  await expect.poll(refused).toHaveLength(2);
  for (const line of refused())
    expect(JSON.parse(line)).toMatchObject({ event: 'webhook', outcome: 'RETRY', attempt: 1 });
  expect(receiver.deliveries).toEqual([]);

  redcloud = await redcloud.restart(LOOPBACK);
  redcloud.clock.advance(MINUTE + 1_000);
  await redcloud.running.look();
  const all = await receiver.until((deliveries) => deliveries.length === 2);
  expect(all.map(({ body }) => body.type).sort()).toEqual(['message.queued', 'message.sent']);
});

test('Events go through the proxy of the operator, whose password is in no log.', { tags: 'slow' }, async () => {
  const asked: unknown[] = [];
  const proxy = createServer(({ method, url, headers }, response) => {
    asked.push([method, url, headers['proxy-authorization']]);
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  try {
    const RC_WEBHOOK_PROXY = `http://us:Zq7-proxy@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    redcloud = await redcloud.restart({ RC_WEBHOOK_PROXY });
    await redcloud.admin('PATCH', `/clients/${customer.clientId}`, { deliveryWebhookUrl: receiver.url });
    await redcloud.send('proxied', { sendFrom: customer.numberId, to: ['+15550000003'] }, customer);
    const basic = Buffer.from('us:Zq7-proxy').toString('base64');
    const expected = ['POST', receiver.url, `Basic ${basic}`];
    await expect.poll(() => asked).toEqual([expected, expected]);
    await expect.poll(() => redcloud.logged().match(/"outcome":"DELIVERED"/g)).toHaveLength(2);
    for (const secret of ['Zq7-proxy', basic]) expect(redcloud.logged()).not.toContain(secret);
    expect(receiver.deliveries).toEqual([]);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});
