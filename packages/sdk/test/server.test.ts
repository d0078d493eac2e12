import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Receiver } from '../../server/test/support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { ConnectionError, RedCloud, webhooks } from '../src/index.ts';
import { SECRET } from './event.ts';
import { startInterimProxy } from './interim-proxy.ts';

let redcloud: TestRedCloud;
let receiver: Receiver;
let rc: RedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
  receiver = await Receiver.start();
  await redcloud.admin('PATCH', '/clients/rc_test_client_123', {
    deliveryWebhookUrl: receiver.url,
    inboundWebhookUrl: receiver.url,
  });
  rc = new RedCloud({ clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123', baseUrl: redcloud.url });
});
afterAll(async () => {
  await redcloud.stop();
  await receiver.stop();
});

const SEND = { sendFrom: 'num_abc123', messageType: 'SMS' as const, text: 'Hello from Red Cloud' };

describe('the SDK with a server', () => {
  test('`whoami` returns the identity of the client.', async () => {
    expect(await rc.whoami()).toMatchObject({ apiClientId: 'rc_test_client_123', apiClientStatus: 'ACTIVE' });
  });

  test('Numbers are listed, searched and updated.', async () => {
    const numbers = await rc.numbers.list();
    expect(numbers.map(({ numberId }) => numberId)).toContain('num_abc123');
    const [group] = await rc.numbers.search({ npa: '503', limit: 3 });
    expect(group).toMatchObject({ npa: '503', numbers: { length: 3 } });
    const url = 'https://example.com/hooks';
    expect(await rc.numbers.update('num_nomms', { webhookDeliveryOverride: url })).toMatchObject({
      webhookDeliveryOverride: url,
    });
    expect(await rc.numbers.update('num_nomms', { webhookDeliveryOverride: null })).not.toHaveProperty(
      'webhookDeliveryOverride',
    );
  });

  test('A send returns accepted and rejected recipients, and a repetition under its key gets the idempotent response.', async () => {
    const params = { ...SEND, to: ['+15551234567', 'invalid'] };
    const first = await rc.messages.send(params, { idempotencyKey: 'order-789-shipped' });
    expect(first).toMatchObject({
      outcome: 'SOME_REJECTED',
      accepted: [{ to: '+15551234567', status: 'QUEUED' }],
      rejected: [{ to: 'invalid', error: { code: 'INVALID_RECIPIENT' } }],
      replayed: false,
    });
    expect(first.requestId).toMatch(/^req_/);
    const again = await rc.messages.send(params, { idempotencyKey: 'order-789-shipped' });
    expect(again).toEqual({ ...first, replayed: true, requestId: again.requestId });
  });

  test('A rejected request throws an ApiError with the code and message of the server.', async () => {
    const send = rc.messages.send({ ...SEND, sendFrom: 'num_other', to: ['+15551234567'] });
    await expect(send).rejects.toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
      message: 'sendFrom is not owned by this API client',
      requestId: expect.stringMatching(/^req_/),
    });
    await rc.messages.send({ ...SEND, to: ['+15551234567'] }, { idempotencyKey: 'used' });
    const other = rc.messages.send({ ...SEND, to: ['+15551234568'] }, { idempotencyKey: 'used' });
    await expect(other).rejects.toMatchObject({ status: 409, code: 'CONFLICT', idempotencyKey: 'used' });
  });

  test('A key that is invalid in a header throws a TypeError.', async () => {
    const send = rc.messages.send({ ...SEND, to: ['+15551234567'] }, { idempotencyKey: 'two\nlines' });
    await expect(send).rejects.toBeInstanceOf(TypeError);
  });

  test('Messages are returned by id and in lists.', async () => {
    const externalReference = 'list-me';
    const to = Array.from({ length: 5 }, (_, i) => `+1555300000${i}`);
    const { accepted } = await rc.messages.sendOrThrow({ ...SEND, to, externalReference });
    const [{ messageId }] = accepted;
    expect(await rc.messages.get(messageId)).toMatchObject({ messageId, externalReference, direction: 'OUTBOUND' });
    const listed = await Array.fromAsync(rc.messages.list({ externalReference, createdAfter: new Date(0), limit: 2 }));
    expect(listed.map((message) => message.messageId).sort()).toEqual(accepted.map((one) => one.messageId).sort());
    for (const to of ['+15553000001', '(555) 300-0001']) {
      expect(await Array.fromAsync(rc.messages.list({ externalReference, to }))).toMatchObject([
        { to: '+15553000001' },
      ]);
    }
    await expect(rc.messages.get('msg_of_nobody')).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  test('Rejected recipients are returned by id and in the list with the status REJECTED.', async () => {
    const externalReference = 'list-rejected';
    const to = ['+15553000001', 'invalid', '+15553000001'];
    const { rejected } = await rc.messages.send({ ...SEND, to, externalReference });
    const listed = await Array.fromAsync(rc.messages.list({ status: 'REJECTED', externalReference, limit: 1 }));
    expect(listed.map(({ to, error }) => ({ to, error }))).toEqual(rejected.toReversed());
    const [newest] = listed;
    expect(await rc.messages.getRejection(newest?.messageId ?? '')).toEqual(newest);
    await expect(rc.messages.getRejection('rej_of_nobody')).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  test('Webhook settings, test events, deliveries and replays are accessible.', async () => {
    expect(await rc.webhooks.get()).toMatchObject({ deliveryUrl: receiver.url });
    expect(await rc.webhooks.update({ inboundUrl: receiver.url })).toMatchObject({ inboundUrl: receiver.url });
    expect(await rc.webhooks.enable(receiver.url)).toMatchObject({ deliveryUrl: receiver.url });
    expect(await rc.webhooks.test()).toMatchObject({ delivered: true, statusCode: 204 });
    const { messageId } = (await rc.messages.sendOrThrow({ ...SEND, to: ['+15550000001'] })).accepted[0];
    await receiver.until(() => receiver.typesOf(messageId).length === 3);
    const { items } = await rc.webhooks.deliveries({ limit: 3 }).page();
    const [delivery] = items;
    expect(await rc.webhooks.replayEvent(delivery?.eventId ?? '')).toMatchObject({ eventId: delivery?.eventId });
    const { replayId } = await rc.webhooks.replay({ since: new Date(redcloud.clock.now() - 3_600_000) });
    expect((await rc.webhooks.replays()).map((replay) => replay.replayId)).toContain(replayId);
    expect(await rc.webhooks.getReplay(replayId)).toMatchObject({ replayId, which: 'MISSING' });
    expect(await rc.webhooks.cancelReplay(replayId)).toMatchObject({ replayId });
  });

  test('Both secrets verify webhooks during the rotation of a webhook secret.', async () => {
    const { webhookSecret, oldSecretValidUntil } = await rc.webhooks.rotateSecret({ overlapSeconds: 3600 });
    expect(oldSecretValidUntil).not.toBeNull();
    const { messageId } = (await rc.messages.sendOrThrow({ ...SEND, to: ['+15550000001'] })).accepted[0];
    const deliveries = await receiver.until(() => receiver.typesOf(messageId).length > 0);
    const { rawBody, headers } = deliveries.find(({ body }) => body.messageId === messageId) as (typeof deliveries)[0];
    for (const secret of [SECRET, webhookSecret, [SECRET, webhookSecret]]) {
      expect(await webhooks.verify(rawBody, headers, secret, { now: () => redcloud.clock.now() })).toMatchObject({
        messageId,
      });
    }
    await expect(rc.webhooks.rotateSecret()).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
  });

  test('Opt-outs are added, listed, enforced in a send, removed, and kept in the history.', async () => {
    const [numberId, recipient] = ['num_abc123', '+15557654321'];
    expect(await rc.optOuts.add({ numberId, recipient, note: 'by phone' })).toMatchObject({ recipient, origin: 'API' });
    expect(await Array.fromAsync(rc.optOuts.list({ numberId, limit: 1 }))).toMatchObject([{ recipient }]);
    expect(await rc.messages.send({ ...SEND, to: [recipient] })).toMatchObject({
      outcome: 'ALL_REJECTED',
      rejected: [{ to: recipient, error: { code: 'RECIPIENT_OPTED_OUT' } }],
    });
    await rc.optOuts.remove(numberId, recipient);
    const history = await Array.fromAsync(rc.optOuts.history({ numberId, recipient, limit: 1 }));
    expect(history.map(({ change }) => change)).toEqual(['OPTED_OUT', 'OPTED_IN']);
    await rc.optOuts.updateReplies({ optIn: false });
    expect(await rc.optOuts.replies()).toBeTypeOf('object');
  });

  test('Events are read to the current end, and followed from there until the signal.', async () => {
    const until = rc.events.list();
    const before = await Array.fromAsync(until);
    expect(before.length).toBeGreaterThan(0);
    const { messageId } = (await rc.messages.sendOrThrow({ ...SEND, to: ['+15550000001'] })).accepted[0];
    const controller = new AbortController();
    const types: string[] = [];
    const after = until.cursor as string;
    for await (const event of rc.events.stream({ after, pollMs: 5, signal: controller.signal })) {
      if (event.messageId !== messageId) continue;
      types.push(event.type);
      if (event.type === 'message.delivery') controller.abort();
    }
    expect(types).toEqual(['message.queued', 'message.sent', 'message.delivery']);
    const known = new Set(before.map(({ eventId }) => eventId));
    expect((await Array.fromAsync(rc.events.list({ after }))).filter(({ eventId }) => known.has(eventId))).toEqual([]);
  });

  test('Webhooks of the server are verified.', async () => {
    const result = await rc.messages.sendOrThrow({ ...SEND, to: ['+15550000009'] });
    const { messageId } = result.accepted[0];
    const deliveries = await receiver.until(
      (all) =>
        all.some(({ body }) => body.messageId === messageId && body.type === 'message.delivery') &&
        all.some(({ body }) => body.type === 'message.inbound'),
    );
    const now = () => redcloud.clock.now();
    const events = await Promise.all(
      deliveries.map(({ rawBody, headers }) => webhooks.verify(rawBody, headers, SECRET, { now })),
    );
    const ours = events
      .filter((event) => 'messageId' in event && event.messageId === messageId)
      .map(({ type }) => type);
    expect(ours.sort()).toEqual(['message.delivery', 'message.queued', 'message.sent']);
    for (const event of events) {
      if (event.type === 'message.inbound') expect(event.from).toBe('+15550000009');
    }
  });
});

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n';

describe('the SDK behind a proxy that sends interim responses', () => {
  const CLIENT = { clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123' };

  async function behind(interim: string) {
    const proxy = await startInterimProxy(redcloud.url, interim);
    return { proxy, client: (options = {}) => new RedCloud({ ...CLIENT, ...options, baseUrl: proxy.url }) };
  }

  test.each([
    ['100 Continue', CONTINUE],
    ['103 Early Hints', HINTS],
    ['102, 100 and 103', `HTTP/1.1 102 Processing\r\n\r\n${CONTINUE}${HINTS}`],
  ])('With %s, every call succeeds without retries.', async (_name, interim) => {
    const { proxy, client } = await behind(interim);
    const retries: unknown[] = [];
    const behindIt = client({ maxRetries: 0, onRetry: (error: unknown) => retries.push(error) });
    const externalReference = `interim ${proxy.url}`;
    const params = { ...SEND, to: ['+15551234567', '+15551234568'], externalReference };
    expect(await behindIt.messages.send(params)).toMatchObject({ outcome: 'ALL_ACCEPTED', replayed: false });
    expect((await behindIt.whoami()).apiClientId).toBe(CLIENT.clientId);
    await expect(behindIt.messages.get('msg_of_nobody')).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
    await behindIt.optOuts.add({ numberId: 'num_abc123', recipient: '+15557654322' });
    await behindIt.optOuts.remove('num_abc123', '+15557654322');
    const listed = await Array.fromAsync(rc.messages.list({ externalReference }));
    expect(listed).toHaveLength(2);
    expect(proxy.seen.filter((line) => line === 'POST /api/core/messages/send')).toHaveLength(1);
    expect(retries).toEqual([]);
    await proxy.stop();
  });

  test('A call that must not be sent twice fails once, and the next call succeeds.', async () => {
    const { proxy, client } = await behind(CONTINUE);
    const withToken = client({ clientId: undefined, clientSecret: undefined, accessToken: 'rc_token_example' });
    const call = { method: 'POST', path: '/api/core/webhooks/test', body: {}, isUnrepeatable: true } as const;
    await expect(withToken.request(call)).rejects.toBeInstanceOf(ConnectionError);
    expect(proxy.seen).toHaveLength(1);
    expect(await withToken.request(call)).toMatchObject({ delivered: true });
    expect(proxy.seen).toHaveLength(2);
    await proxy.stop();
  });

  test('Time limits and signals end a call, and a stopped server causes a ConnectionError.', async () => {
    const { proxy, client } = await behind(CONTINUE);
    const behindIt = client({ maxRetries: 0 });
    await behindIt.whoami();
    await expect(behindIt.whoami({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    await expect(behindIt.whoami({ timeoutMs: 0.001 })).rejects.toMatchObject({ name: 'TimeoutError' });
    await proxy.stop();
    const gone = await behindIt.whoami().catch((error: Error) => error);
    expect(gone).toMatchObject({ name: 'ConnectionError', cause: { message: 'fetch failed' } });
  });
});
