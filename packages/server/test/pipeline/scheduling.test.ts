import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let redcloud: TestRedCloud;
beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

let keys = 0;
const iso = (ms: number) => new Date(ms).toISOString();
const now = () => redcloud.clock.now();

async function send(body: Record<string, unknown>) {
  keys += 1;
  return redcloud.send(`scheduling-${keys}`, body);
}

async function scheduled(ms: number, more: Record<string, unknown> = {}): Promise<string> {
  const { status, json } = await send({ sendAt: iso(now() + ms), ...more });
  expect(status).toBe(202);
  return json.results[0].messageId;
}

const find = async (id: string) => (await redcloud.call(`/api/core/messages/${id}`)).json;
const statusOf = async (id: string) => (await find(id)).status;
const cancel = (id: string) => redcloud.call(`/api/core/messages/${id}/cancel`, { method: 'POST' });

/** Advances the clock, and runs the tasks that depend on the time. */
async function advance(ms: number): Promise<void> {
  redcloud.clock.advance(ms);
  await redcloud.running.look();
}

async function ends(id: string, status: string): Promise<void> {
  await vi.waitFor(
    async () => {
      await redcloud.running.look();
      expect(await statusOf(id)).toBe(status);
    },
    { timeout: 20_000, interval: 50 },
  );
}

describe('Scheduled messages', () => {
  test('A message is submitted at its time, and not before.', async () => {
    const id = await scheduled(10 * 60_000);
    expect(await find(id)).toMatchObject({ status: 'QUEUED', priority: 'NORMAL' });
    await advance(9 * 60_000);
    expect(await statusOf(id)).toBe('QUEUED');
    await advance(60_000);
    await ends(id, 'DELIVERED');
  });

  test('The resource has the requested time, and a time of expiry 24 hours later.', async () => {
    const at = now() + 3 * HOUR_MS;
    const { json } = await send({ sendAt: iso(at) });
    const id = json.results[0].messageId;
    expect(await find(id)).toMatchObject({ sendAt: iso(at), expiresAt: iso(at + DAY_MS) });
    expect((await cancel(id)).status).toBe(200);
  });

  test('A message without a schedule has no requested time, and expires 24 hours after its creation.', async () => {
    const { json } = await send({});
    const message = await find(json.results[0].messageId);
    expect(message.sendAt).toBe(null);
    expect(Date.parse(message.expiresAt) - Date.parse(message.createdAt)).toBe(DAY_MS);
  });

  test('A message that is due in days is released in time, also after a restart.', async () => {
    const id = await scheduled(3 * DAY_MS);
    await advance(3 * DAY_MS - 30 * 60_000);
    redcloud = await redcloud.restart();
    expect(await statusOf(id)).toBe('QUEUED');
    await advance(30 * 60_000);
    await ends(id, 'DELIVERED');
  });

  test.each([
    [{ sendAt: '2026-13-01T00:00:00Z' }, 'sendAt'],
    [{ sendAt: '2026-12-01T00:00:00' }, 'sendAt'],
    [{ sendAt: 12 }, 'sendAt'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ priority: 'URGENT' }, 'priority'],
    [{ maxPerMinute: 0 }, 'maxPerMinute'],
    [{ maxPerMinute: 1.5 }, 'maxPerMinute'],
    [{ recipientTimeZone: 'Mars/Olympus' }, 'recipientTimeZone'],
    [{ respectQuietHours: 'yes' }, 'respectQuietHours'],
  ])('%j is rejected with the name of the field.', async (body, field) => {
    const { status, json } = await send(body);
    expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(`${json.error.message} ${JSON.stringify(json.error.details)}`).toContain(field);
  });

  test('A time of up to a minute in the past means now, and an earlier one is rejected.', async () => {
    const { json } = await send({ sendAt: iso(now() - 58_000) });
    await ends(json.results[0].messageId, 'DELIVERED');
    expect((await send({ sendAt: iso(now() - 60_001) })).json.error.message).toBe('sendAt is in the past');
  });

  test('A time of more than 365 days ahead is rejected.', async () => {
    expect((await send({ sendAt: iso(now() + 366 * DAY_MS) })).status).toBe(400);
    expect((await cancel(await scheduled(365 * DAY_MS - 1000))).status).toBe(200);
  });

  test('A time of expiry must be after the time of the submit, and at most 48 hours after it.', async () => {
    const at = now() + HOUR_MS;
    const error = async (expiresAt: number) => (await send({ sendAt: iso(at), expiresAt: iso(expiresAt) })).json.error;
    expect((await error(at)).message).toBe('expiresAt must be after sendAt');
    expect((await error(at + 48 * HOUR_MS + 1)).message).toContain('at most 48 hours');
    expect((await send({ expiresAt: iso(now() - 1) })).status).toBe(400);
    expect((await cancel(await scheduled(HOUR_MS, { expiresAt: iso(now() + 49 * HOUR_MS) }))).status).toBe(200);
  });

  test('A repeat after the time of the submit gets the idempotent response.', async () => {
    const body = { sendAt: iso(now() + 60_000) };
    const first = await redcloud.send('scheduled-repeat', body);
    await advance(10 * 60_000);
    const again = await redcloud.send('scheduled-repeat', body);
    expect([again.status, again.text]).toEqual([202, first.text]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  test('At most the given number of messages per minute is released.', async () => {
    const to = Array.from({ length: 10 }, (_, n) => `+1555800000${n}`);
    const { json } = await send({ to, sendAt: iso(now() + 120_000), maxPerMinute: 6 });
    const ids: string[] = json.results.map(({ messageId }: { messageId: string }) => messageId);
    // Each message expires 24 hours after its own time.
    const times = await Promise.all(ids.map(async (id) => Date.parse((await find(id)).expiresAt)));
    expect(times.slice(1).map((at, n) => at - (times[n] as number))).toEqual(ids.slice(1).map(() => 10_000));
    for (const id of ids) expect((await cancel(id)).status).toBe(200);
  });
});

describe('Cancel', () => {
  test('A canceled message is never submitted, and ends with CANCELED. A repeat returns 200 again.', async () => {
    const id = await scheduled(5 * 60_000);
    for (let n = 0; n < 2; n += 1) {
      const { status, json } = await cancel(id);
      expect([status, json.status, json.error.code]).toEqual([200, 'FAILED', 'CANCELED']);
      expect(json.events.map(({ type }: { type: string }) => type)).toEqual(['message.queued', 'message.failed']);
    }
    await advance(10 * 60_000);
    expect(await find(id)).toMatchObject({ status: 'FAILED', parts: [] });
  });

  test('A message that is due in days can be canceled.', async () => {
    expect((await cancel(await scheduled(30 * DAY_MS))).status).toBe(200);
  });

  test('A submitted message gets 409, and stays as it is.', async () => {
    const { json } = await send({});
    const id = json.results[0].messageId;
    await ends(id, 'DELIVERED');
    const canceled = await cancel(id);
    expect([canceled.status, canceled.json.error.code]).toEqual([409, 'CONFLICT']);
    expect(await statusOf(id)).toBe('DELIVERED');
  });

  test.each(['msg_unknown', 'msg_%00', 'x'.repeat(200)])('The unknown message %s gets 404.', async (id) => {
    expect((await cancel(encodeURIComponent(id))).status).toBe(404);
  });

  test('All messages with a reference are canceled, and those that have ended are counted.', async () => {
    const done = await send({ externalReference: 'campaign-7' });
    await ends(done.json.results[0].messageId, 'DELIVERED');
    const ids = [await scheduled(HOUR_MS, { externalReference: 'campaign-7' })];
    ids.push(await scheduled(10 * DAY_MS, { externalReference: 'campaign-7' }));
    const other = await scheduled(HOUR_MS, { externalReference: 'campaign-70' });
    for (let n = 0; n < 2; n += 1) {
      const body = { externalReference: 'campaign-7' };
      const { status, json } = await redcloud.call('/api/core/messages/cancel', { method: 'POST', body });
      expect([status, json]).toEqual([200, { canceled: 2, tooLate: 1 }]);
    }
    expect(await Promise.all(ids.map(statusOf))).toEqual(['FAILED', 'FAILED']);
    expect(await statusOf(other)).toBe('QUEUED');
    expect((await cancel(other)).status).toBe(200);
  });
});

describe('Change of the time', () => {
  const patch = (id: string, body: object) => redcloud.call(`/api/core/messages/${id}`, { method: 'PATCH', body });

  test('A message is submitted at its new time, whether earlier or later.', async () => {
    const id = await scheduled(20 * DAY_MS);
    const [early, late] = [now() + 60_000, now() + 2 * HOUR_MS];
    const soon = await patch(id, { sendAt: iso(early) });
    expect([soon.status, soon.json.sendAt]).toEqual([200, iso(early)]);
    expect((await patch(id, { sendAt: iso(late) })).json.expiresAt).toBe(iso(late + DAY_MS));
    await advance(60_000);
    expect(await statusOf(id)).toBe('QUEUED');
    await patch(id, { sendAt: iso(now()) });
    await ends(id, 'DELIVERED');
    expect((await patch(id, { sendAt: iso(now()) })).status).toBe(409);
  });

  test('An unknown message gets 404, and an invalid time 400.', async () => {
    expect((await patch('msg_unknown', { sendAt: iso(now()) })).status).toBe(404);
    const id = await scheduled(HOUR_MS);
    expect((await patch(id, { sendAt: iso(now() - HOUR_MS) })).status).toBe(400);
    expect((await patch(id, {})).status).toBe(400);
    expect((await cancel(id)).status).toBe(200);
    expect((await patch(id, { sendAt: iso(now() + HOUR_MS) })).status).toBe(409);
  });
});

test('Messages are found by their scheduled time.', async () => {
  const at = now() + 40 * DAY_MS;
  const id = await scheduled(40 * DAY_MS);
  const list = async (after: number, before: number) => {
    const query = new URLSearchParams({ sendAfter: iso(after), sendBefore: iso(before), status: 'QUEUED' });
    return (await redcloud.call(`/api/core/messages?${query}`)).json.messages.map(
      ({ messageId }: { messageId: string }) => messageId,
    );
  };
  expect(await list(at, at + 1)).toEqual([id]);
  expect(await list(at + 1, at + DAY_MS)).toEqual([]);
  expect(await list(at - DAY_MS, at)).toEqual([]);
});
