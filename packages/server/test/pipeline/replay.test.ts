import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { sendTo, withReceiver } from '../support/exchange.ts';
import { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let redcloud: TestRedCloud;
let receiver: Receiver;

afterEach(async () => {
  await redcloud.stop();
  await receiver.stop();
});

const core = (method: string, path: string, body?: unknown) =>
  redcloud.call(`/api/core${path}`, { method, ...(body === undefined ? {} : { body }) });

async function deliveriesOf(
  id: string,
): Promise<{ type: string; eventId: string; delivery: { state: string; attempts: unknown[] } }[]> {
  return (await core('GET', `/messages/${id}`)).json.events;
}

const statesOf = async (id: string) => (await deliveriesOf(id)).map(({ delivery }) => delivery.state);

/** Advances the clock until all events of the message have these states. */
async function untilSettled(id: string, states: string[]): Promise<void> {
  await expect
    .poll(async () => {
      // Less than the time after which a process without a heartbeat loses its carriers.
      redcloud.clock.advance(5_000);
      await redcloud.running.look();
      return statesOf(id);
    })
    .toEqual(states);
}

/**
 * Runs the complete schedule. The clock advances only after all events have had their attempt, because a late event
 * would miss the next one.
 */
async function exhaust(ids: readonly string[], states: string[]): Promise<void> {
  for (const [nth, minutes] of [0, 1, 5, 15, 60].entries()) {
    redcloud.clock.advance(minutes * MINUTE + 2_000);
    await expect
      .poll(async () => {
        await redcloud.running.look();
        const all = (await Promise.all(ids.map(deliveriesOf))).flat();
        return all.map(({ delivery }) => delivery.attempts.length);
      })
      .toEqual(ids.flatMap(() => states.map(() => 1 + nth)));
  }
  for (const id of ids) await untilSettled(id, states);
}

test('One call replays everything to a receiver that was down for two hours, in the order of each message.', {
  tags: 'slow',
}, async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
  receiver.answer = () => 500;
  const since = new Date(redcloud.clock.now()).toISOString();
  const ids = await Promise.all(Array.from({ length: 12 }, () => sendTo(redcloud, '+15550000001')));
  const [first] = ids as [string];
  await expect.poll(() => statesOf(first)).toHaveLength(3);
  await exhaust(ids, ['FAILED', 'FAILED', 'FAILED']);
  redcloud.clock.advance(40 * MINUTE);

  receiver.answer = () => 204;
  receiver.deliveries.length = 0;
  const begun = await core('POST', '/webhooks/replays', { since, which: 'FAILED' });
  expect(begun.status).toBe(202);
  for (const id of ids) await untilSettled(id, ['DELIVERED', 'DELIVERED', 'DELIVERED']);
  for (const id of ids) expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
  const done = await core('GET', `/webhooks/replays/${begun.json.replayId}`);
  expect(done.json).toMatchObject({ status: 'DONE', examined: 36, replayed: 36 });
  expect((await deliveriesOf(first)).map(({ delivery }) => delivery.attempts.length)).toEqual([6, 6, 6]);
  const again = await core('POST', '/webhooks/replays', { since });
  await expect
    .poll(async () => (await core('GET', `/webhooks/replays/${again.json.replayId}`)).json.status)
    .toBe('DONE');
  expect((await core('GET', `/webhooks/replays/${again.json.replayId}`)).json.replayed).toBe(0);
});

test('A failed replay gets the complete schedule again, and can be replayed again.', async () => {
  redcloud = await startRedCloud({ env: { RC_WEBHOOK_RETRY_SCHEDULE: '2' } });
  receiver = await withReceiver(redcloud);
  receiver.answer = ({ body }) => (body.type === 'message.queued' ? 500 : 204);
  const id = await sendTo(redcloud, '+15550000003');
  for (const attempts of [2, 4, 6]) {
    const [event] = await deliveriesOf(id);
    if (attempts > 2) expect((await core('POST', `/webhooks/deliveries/${event?.eventId}/replay`)).status).toBe(202);
    await expect
      .poll(async () => {
        redcloud.clock.advance(3_000);
        await redcloud.running.look();
        const [{ delivery } = { delivery: { state: '', attempts: [] } }] = await deliveriesOf(id);
        return [delivery.state, delivery.attempts.length];
      })
      .toEqual(['FAILED', attempts]);
  }
  receiver.answer = () => 204;
  const [event] = await deliveriesOf(id);
  await core('POST', `/webhooks/deliveries/${event?.eventId}/replay`);
  await untilSettled(id, ['DELIVERED', 'DELIVERED']);
});

test('An event without a URL is UNSENT, not FAILED, and can be replayed once there is a URL.', {
  tags: 'slow',
}, async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
  await core('PATCH', '/webhooks', { deliveryUrl: null });
  const id = await sendTo(redcloud, '+15550000001');
  await untilSettled(id, ['UNSENT', 'UNSENT', 'UNSENT']);
  const url = receiver.url;
  expect((await core('PATCH', '/webhooks', { deliveryUrl: url })).json).toMatchObject({ deliveryUrl: url });
  const since = new Date(redcloud.clock.now() - HOUR).toISOString();
  const failed = await core('POST', '/webhooks/replays', { since, which: 'FAILED' });
  await expect
    .poll(async () => (await core('GET', `/webhooks/replays/${failed.json.replayId}`)).json.status)
    .toBe('DONE');
  expect(await statesOf(id)).toEqual(['UNSENT', 'UNSENT', 'UNSENT']);
  await core('POST', '/webhooks/replays', { since });
  await untilSettled(id, ['DELIVERED', 'DELIVERED', 'DELIVERED']);
});

test('410 disables an endpoint immediately and visibly, and all events are delivered after enabling and a replay.', {
  tags: 'slow',
}, async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
  receiver.answer = () => 410;
  const since = new Date(redcloud.clock.now()).toISOString();
  const first = await sendTo(redcloud, '+15550000003');
  await expect
    .poll(async () => (await core('GET', '/webhooks')).json.endpoints)
    .toMatchObject([{ url: receiver.url, disabledBecause: 'The endpoint responded 410 Gone' }]);
  expect((await core('GET', '/whoami')).json).toMatchObject({
    deliveryWebhookConfigured: false,
    inboundWebhookConfigured: false,
  });
  expect(redcloud.logged()).toContain('"event":"webhook_endpoint_disabled"');
  expect((await redcloud.call('/metrics', { token: null })).text).toMatch(
    /redcloud_webhook_endpoints_disabled_total 1/,
  );
  const before = receiver.deliveries.length;
  const second = await sendTo(redcloud, '+15550000003');
  await untilSettled(second, ['UNSENT', 'UNSENT']);
  expect(receiver.deliveries.length).toBe(before);
  expect((await core('POST', '/webhooks/replays', { since })).status).toBe(409);
  const [event] = await deliveriesOf(first);
  expect((await core('POST', `/webhooks/deliveries/${event?.eventId}/replay`)).status).toBe(409);

  receiver.answer = () => 204;
  expect((await core('POST', '/webhooks/test', { purpose: 'delivery' })).json).toMatchObject({
    delivered: true,
    statusCode: 204,
  });
  expect((await core('POST', '/webhooks/enable', { url: receiver.url })).status).toBe(200);
  expect((await core('GET', '/whoami')).json.deliveryWebhookConfigured).toBe(true);
  await core('POST', '/webhooks/replays', { since });
  for (const id of [first, second]) await untilSettled(id, ['DELIVERED', 'DELIVERED']);
});

test('An endpoint with only failures for a day is disabled, unless an attempt has succeeded in between.', {
  tags: 'slow',
}, async () => {
  redcloud = await startRedCloud({ env: { RC_WEBHOOK_RETRY_SCHEDULE: '60,60,60,60' } });
  receiver = await withReceiver(redcloud);
  const disabled = async () => (await core('GET', '/webhooks')).json.endpoints[0]?.disabledBecause ?? null;
  const failMuch = async () => {
    receiver.answer = () => 500;
    const id = await sendTo(redcloud, '+15550000001');
    for (let n = 0; n < 5; n += 1) {
      await expect
        .poll(async () => {
          await redcloud.running.look();
          const events = await deliveriesOf(id);
          return (
            events.length === 3 &&
            events.every(({ delivery }) => delivery.attempts.length >= n + 1 || delivery.state !== 'PENDING')
          );
        })
        .toBe(true);
      redcloud.clock.advance(MINUTE + 1_000);
    }
  };
  await failMuch();
  redcloud.clock.advance(20 * HOUR);
  receiver.answer = () => 204;
  await untilSettled(await sendTo(redcloud, '+15550000003'), ['DELIVERED', 'DELIVERED']);
  redcloud.clock.advance(5 * HOUR);
  await failMuch();
  expect(await disabled()).toBe(null);
  redcloud.clock.advance(25 * HOUR);
  await core('GET', '/webhooks');
  receiver.answer = () => 500;
  const alone = await sendTo(redcloud, '+15550000003');
  await expect.poll(async () => (await deliveriesOf(alone))[0]?.delivery.attempts.length).toBe(1);
  expect(await disabled()).toBe(null);
  await failMuch();
  await expect.poll(disabled).toBe('Only failures for 24 hours');
});

test('An endpoint that returns 429 with Retry-After gets no attempts for that time.', {
  tags: 'slow',
}, async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
  receiver.answer = () => 429;
  receiver.headers = { 'retry-after': '120' };
  const begunAt = redcloud.clock.now();
  const first = await sendTo(redcloud, '+15550000003');
  await receiver.until((deliveries) => deliveries.length >= 1);
  await expect.poll(() => statesOf(first)).toEqual(['PENDING', 'PENDING']);
  const events = await deliveriesOf(first);
  const seen = receiver.deliveries.length;
  receiver.answer = () => 204;
  const second = await sendTo(redcloud, '+15550000003');
  await expect.poll(() => statesOf(second)).toEqual(['PENDING', 'PENDING']);
  redcloud.clock.advance(100_000);
  await redcloud.running.look();
  expect(events.length).toBe(2);
  redcloud.clock.advance(30_000);
  for (const id of [first, second]) await untilSettled(id, ['DELIVERED', 'DELIVERED']);
  // Each attempt is signed with its time, so an early one is found even if it arrived late.
  const times = receiver.deliveries.slice(seen).map(({ headers }) => Number(headers['x-redcloud-timestamp']));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(Math.floor(begunAt / 1000) + 120);
});

test('The list of deliveries has every attempt, latest event first, and can be filtered by state.', {
  tags: 'slow',
}, async () => {
  redcloud = await startRedCloud({ env: { RC_WEBHOOK_RETRY_SCHEDULE: '1' } });
  receiver = await withReceiver(redcloud);
  receiver.answer = ({ body }) => (body.type === 'message.sent' ? 503 : 204);
  receiver.text = 'x'.repeat(10_000);
  const ids = [await sendTo(redcloud, '+15550000001'), await sendTo(redcloud, '+15550000001')];
  for (const id of ids) {
    await expect
      .poll(async () => {
        redcloud.clock.advance(2_000);
        await redcloud.running.look();
        return statesOf(id);
      })
      .toEqual(['DELIVERED', 'FAILED', 'DELIVERED']);
  }
  const whole = (await core('GET', '/webhooks/deliveries')).json;
  expect(whole.nextCursor).toBe(null);
  expect(whole.deliveries).toHaveLength(6);
  const failed = (await core('GET', '/webhooks/deliveries?state=FAILED&limit=1')).json;
  expect(failed.deliveries).toMatchObject([
    { type: 'message.sent', messageId: ids[1], attempts: [{ statusCode: 503 }, { outcome: 'GIVEN_UP' }] },
  ]);
  expect(failed.deliveries[0].attempts[0].responseStart.length).toBeLessThanOrEqual(4_096);
  const next = (await core('GET', `/webhooks/deliveries?state=FAILED&limit=1&cursor=${failed.nextCursor}`)).json;
  expect(next.deliveries).toMatchObject([{ messageId: ids[0] }]);
});

test('Replays of unknown events and invalid replay requests are rejected.', { tags: 'slow' }, async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
  for (const id of ['evt_x_1', 'evt_', 'x', 'evt_abc_0', 'evt_abc_99999999999']) {
    expect((await core('POST', `/webhooks/deliveries/${id}/replay`)).status).toBe(404);
  }
  expect((await core('GET', '/webhooks/replays/rpl_x')).status).toBe(404);
  expect((await core('DELETE', '/webhooks/replays/rpl_x')).status).toBe(404);
  expect((await core('POST', '/webhooks/enable', { url: 'https://example.com/x' })).status).toBe(404);
  for (const body of [{}, { since: 'x' }, { since: '2026-01-01T00:00:00Z', which: 'ALL' }, { since: 1 }, []]) {
    expect((await core('POST', '/webhooks/replays', body)).status).toBe(400);
  }
  await core('PATCH', '/webhooks', { inboundUrl: null });
  expect((await core('POST', '/webhooks/test', { purpose: 'inbound' })).status).toBe(400);
  const cancelled = await core('POST', '/webhooks/replays', { since: '2026-01-01T00:00:00Z' });
  expect((await core('DELETE', `/webhooks/replays/${cancelled.json.replayId}`)).json.status).toMatch(/CANCELLED|DONE/);
});

test('First attempts stay in order even if some wait for capacity at an endpoint that is new to the number.', {
  tags: 'slow',
}, async () => {
  redcloud = await startRedCloud({ overrides: { clock: systemClock } });
  const other = await withReceiver(redcloud);
  receiver = await Receiver.start();
  await sendTo(redcloud, '+15550000001');
  await other.until((deliveries) => deliveries.length === 3);
  await other.stop();
  const answering: (() => void)[] = [];
  receiver.answer = () => new Promise((resolve) => answering.push(() => resolve(204)));
  const answerAll = setInterval(() => {
    for (const answer of answering.splice(0)) answer();
  }, 300);
  await core('PATCH', '/webhooks', { deliveryUrl: receiver.url });
  const ids: string[] = [];
  for (let n = 0; n < 8; n += 1) {
    const to = Array.from({ length: 20 }, (_, i) => `+15568${String(n * 20 + i).padStart(6, '0')}`);
    const { json } = await redcloud.send(`order-${n}`, { to });
    ids.push(...json.results.map(({ messageId }: { messageId: string }) => messageId));
  }
  await receiver.until((deliveries) => deliveries.length >= ids.length * 3);
  clearInterval(answerAll);
  for (const id of ids) {
    expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
  }
});

test('After a URL change, an event that the old URL rejected permanently is replayed to the new one.', {
  tags: 'slow',
}, async () => {
  redcloud = await startRedCloud();
  const gone = await withReceiver(redcloud);
  gone.answer = () => 410;
  const id = await sendTo(redcloud, '+15550000003');
  await expect.poll(async () => (await core('GET', '/webhooks')).json.endpoints[0]?.disabledAt ?? null).not.toBe(null);
  await untilSettled(id, ['FAILED', 'FAILED']).catch(() => untilSettled(id, ['FAILED', 'UNSENT']));
  const [first, second] = await deliveriesOf(id);
  for (const event of [first, second]) {
    expect((await core('POST', `/webhooks/deliveries/${event?.eventId}/replay`)).status).toBe(409);
  }
  receiver = await Receiver.start();
  await core('PATCH', '/webhooks', { deliveryUrl: receiver.url });
  expect((await core('POST', `/webhooks/deliveries/${first?.eventId}/replay`)).status).toBe(202);
  await receiver.until((deliveries) => deliveries.length === 1);
  await core('PATCH', '/webhooks', { deliveryUrl: null });
  expect((await core('POST', `/webhooks/deliveries/${first?.eventId}/replay`)).status).toBe(409);
  await gone.stop();
});

test('Setting a URL again enables it, by the client, by the operator and for a number.', {
  tags: 'slow',
}, async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
  const url = receiver.url;
  const ways = [
    () => core('PATCH', '/webhooks', { deliveryUrl: url }),
    () => core('PATCH', '/numbers/num_abc123', { webhookDeliveryOverride: url }),
    () => redcloud.admin('PATCH', '/clients/rc_test_client_123', { deliveryWebhookUrl: url }),
    () => redcloud.admin('PATCH', '/numbers/num_abc123', { webhookDeliveryOverride: url }),
  ];
  for (const way of ways) {
    receiver.answer = () => 410;
    await sendTo(redcloud, '+15550000003');
    const disabledAt = async () => (await core('GET', '/webhooks')).json.endpoints[0]?.disabledAt ?? null;
    await expect.poll(disabledAt).not.toBe(null);
    expect((await core('POST', '/webhooks/replays', { since: '2026-01-01T00:00:00Z' })).status).toBe(409);
    expect((await way()).status).toBe(200);
    expect(await disabledAt()).toBe(null);
  }
});

describe.runIf(process.env['TEST_DATABASE_URL'])('Replays with an open transaction [needs TEST_DATABASE_URL]', () => {
  test('A replay is not done before it has covered all events up to its request.', async () => {
    redcloud = await startRedCloud({ env: { RC_WEBHOOK_RETRY_SCHEDULE: '0' } });
    receiver = await withReceiver(redcloud);
    receiver.answer = () => 500;
    const db = await redcloud.store.open();
    const since = new Date(redcloud.clock.now()).toISOString();
    const end = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const open = db.transaction(async (tx) => {
      await tx.query('select pg_current_xact_id()', []);
      begun.resolve();
      await end.promise;
    });
    await begun.promise;
    const id = await sendTo(redcloud, '+15550000003');
    await untilSettled(id, ['FAILED', 'FAILED']);
    receiver.answer = () => 204;
    const { json } = await core('POST', '/webhooks/replays', { since });
    const status = async () => (await core('GET', `/webhooks/replays/${json.replayId}`)).json.status;
    await redcloud.running.look();
    expect(await status()).toBe('RUNNING');
    end.resolve();
    await open;
    await db.close();
    await expect.poll(status).toBe('DONE');
    await untilSettled(id, ['DELIVERED', 'DELIVERED']);
  });
});
