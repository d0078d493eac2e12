import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendTo, withReceiver } from '../support/exchange.ts';
import { timesTaken } from '../support/ledger.ts';
import type { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const SECRET = 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0xMjM=';
const DELIVERED = ['message.queued', 'message.sent', 'message.delivery'];

let redcloud: TestRedCloud;
let receiver: Receiver;

beforeAll(async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
});
afterAll(async () => {
  await redcloud.stop();
  await receiver.stop();
});

const ended = (id: string) => receiver.until(() => /delivery|failed/.test(receiver.typesOf(id).at(-1) ?? ''));

async function bodiesOf(id: string) {
  await ended(id);
  return receiver.deliveries.filter(({ body }) => body.messageId === id).map(({ body }) => body);
}

describe('Destinations of the simulator', () => {
  test.each([
    ['any other', '+15551230000', DELIVERED],
    ['0001 delivered', '+15550000001', DELIVERED],
    ['0002 fails for good', '+15550000002', ['message.queued', 'message.failed']],
    ['0004 throttled first', '+15550000004', DELIVERED],
    ['0005 receipt before the submit answer', '+15550000005', DELIVERED],
    ['0006 outcome unknown, receipt later', '+15550000006', DELIVERED],
    ['0007 receipt after 5 s', '+15550000007', DELIVERED],
    ['0008 duplicate receipts', '+15550000008', DELIVERED],
    ['0010 accepted, then undeliverable', '+15550000010', ['message.queued', 'message.sent', 'message.failed']],
  ])('The destination "%s" produces its documented events.', async (_name, to, types) => {
    const id = await sendTo(redcloud, to);
    await ended(id);
    expect(receiver.typesOf(id)).toEqual(types);
  });

  test('The destination "0003 no receipt ever" leaves the message sent.', async () => {
    const id = await sendTo(redcloud, '+15550000003');
    await receiver.until(() => receiver.typesOf(id).length === 2);
    const after = await sendTo(redcloud, '+15550000001');
    await ended(after);
    expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent']);
  });

  test('The destination "0009 replies" sends a reply, which arrives as message.inbound at the number.', async () => {
    const id = await sendTo(redcloud, '+15550000009');
    await ended(id);
    const isReply = ({ body }: (typeof receiver.deliveries)[number]) => body.type === 'message.inbound';
    await receiver.until((deliveries) => deliveries.some(isReply));
    expect(receiver.deliveries.find(isReply)?.body).toMatchObject({
      from: '+15550000009',
      to: '+15551234567',
      numberId: 'num_abc123',
      status: 'RECEIVED',
      sequence: 1,
      text: 'Thank you, got it.',
    });
  });
});

describe('Webhooks', () => {
  test('A webhook contains the documented fields.', async () => {
    const id = await sendTo(redcloud, '+15550000001', { externalReference: 'order_789', text: 'x'.repeat(161) });
    const bodies = await bodiesOf(id);
    expect(bodies.map(({ sequence, status }) => [sequence, status])).toEqual([
      [1, 'QUEUED'],
      [2, 'SENT'],
      [3, 'DELIVERED'],
    ]);
    expect(bodies[2]).toEqual({
      eventId: expect.stringMatching(/^evt_\w+_3$/),
      type: 'message.delivery',
      occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      sequence: 3,
      apiClientId: 'rc_test_client_123',
      messageId: id,
      externalReference: 'order_789',
      numberId: 'num_abc123',
      from: '+15551234567',
      to: '+15550000001',
      messageType: 'SMS',
      status: 'DELIVERED',
      segments: 2,
      providerMessageRef: expect.stringMatching(/^sim-/),
    });
  });

  test('The webhook of a failed message contains the reason.', async () => {
    const bodies = await bodiesOf(await sendTo(redcloud, '+15550000002'));
    expect(bodies.at(-1)?.error).toEqual({
      code: 'CARRIER_REJECTED',
      message: expect.any(String),
      details: { carrierCode: 'SIM_REJECTED', reason: expect.any(String) },
    });
  });

  test('A webhook is verified by both signatures over the exact bytes received.', async () => {
    await ended(await sendTo(redcloud, '+15550000001'));
    for (const { headers, rawBody } of receiver.deliveries) {
      const expected = createHmac('sha256', SECRET)
        .update(`${headers['x-redcloud-timestamp']}.${rawBody}`)
        .digest('hex');
      expect(headers['x-redcloud-signature']).toBe(expected);
      expect(() => new Webhook(SECRET).verify(rawBody, headers as Record<string, string>)).not.toThrow();
    }
  });

  test('A webhook goes to the URL of the number, if the number has one.', async () => {
    const own = await withOverride();
    try {
      const id = await sendTo(redcloud, '+15550000001');
      await own.until((deliveries) => deliveries.some(({ body }) => body.type === 'message.delivery'));
      expect(own.typesOf(id)).toEqual(DELIVERED);
      expect(receiver.typesOf(id)).toEqual([]);
    } finally {
      await redcloud.admin('PATCH', '/numbers/num_abc123', { webhookDeliveryOverride: null });
      await own.stop();
    }
  });

  async function withOverride() {
    const { Receiver } = await import('../support/receiver.ts');
    const own = await Receiver.start();
    await redcloud.admin('PATCH', '/numbers/num_abc123', { webhookDeliveryOverride: own.url });
    return own;
  }
});

test('A message of several segments is delivered when all of them are, and each is submitted once.', async () => {
  const id = await sendTo(redcloud, '+15550000001', { text: 'ж'.repeat(200) });
  const bodies = await bodiesOf(id);
  expect(bodies.map(({ type }) => type)).toEqual(DELIVERED);
  expect(timesTaken(redcloud.store.dataDir).get(id)).toBe(3);
});

test('The log contains no texts, tokens or secrets.', async () => {
  const text = 'quite unmistakable words';
  await ended(await sendTo(redcloud, '+15550000001', { text }));
  await redcloud.send('log-refused', { text, colour: text, to: ['+15550000001'] });
  await redcloud.call('/api/core/messages/send', {
    method: 'POST',
    headers: { 'idempotency-key': 'log-broken' },
    raw: `{"text": "${text}`,
  });
  await redcloud.call('/api/auth/token', {
    method: 'POST',
    token: null,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    raw: 'grant_type=client_credentials&client_id=rc_test_client_123&client_secret=rc_secret_abc123',
  });
  const logged = redcloud.logged();
  for (const secret of [text, 'rc_token_example', 'rc_secret_abc123', SECRET, 'test-operator-token', 'eyJ']) {
    expect(logged).not.toContain(secret);
  }
  for (const event of ['request', 'submit', 'webhook']) expect(logged).toContain(`"event":"${event}"`);
});

test('The metrics count accepted, submitted, reported and delivered messages, and waiting jobs.', async () => {
  await ended(await sendTo(redcloud, '+15550000001'));
  const { text } = await redcloud.call('/metrics', { token: null });
  for (const line of [
    /^redcloud_messages_accepted_total [1-9]/m,
    /^redcloud_submits_total\{carrier="simulator",outcome="accepted"\} [1-9]/m,
    /^redcloud_receipts_total\{carrier="simulator",state="DELIVERED",match="part"\} [1-9]/m,
    /^redcloud_webhook_attempts_total\{outcome="delivered"\} [1-9]/m,
    /^redcloud_queue_depth\{queue="outbound"\} \d/m,
    /^redcloud_queue_oldest_age_seconds\{queue="webhooks"\} \d/m,
    /^redcloud_http_request_seconds_bucket\{/m,
  ]) {
    expect(text).toMatch(line);
  }
});
