import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const HOUR_MS = 3_600_000;
const ZONE = 'America/New_York';

let redcloud: TestRedCloud;
beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());
beforeEach(() => setHours({ enabled: false }));

let keys = 0;
const now = () => redcloud.clock.now();

async function send(body: Record<string, unknown>) {
  keys += 1;
  return redcloud.send(`quiet-${keys}`, body);
}

const setHours = (settings: object) => redcloud.call('/api/core/quiet-hours', { method: 'PUT', body: settings });
const find = async (id: string) => (await redcloud.call(`/api/core/messages/${id}`)).json;
const cancel = (id: string) => redcloud.call(`/api/core/messages/${id}/cancel`, { method: 'POST' });

/** Hour in New York, from 0 to 23. */
function hourAt(ms: number): number {
  return Number(new Intl.DateTimeFormat('en-US', { timeZone: ZONE, hour: '2-digit', hourCycle: 'h23' }).format(ms));
}

/** Hours that are closed now and open in about two hours, in New York. */
function laterToday() {
  const hour = (n: number) => `${String((hourAt(now()) + n) % 24).padStart(2, '0')}:00`;
  return { enabled: true, start: hour(2), end: hour(5) };
}

/** Hours that are open now, in New York. */
function openNow() {
  const hour = (n: number) => `${String((hourAt(now()) + n + 24) % 24).padStart(2, '0')}:00`;
  return { enabled: true, start: hour(-1), end: hour(3) };
}

async function ends(id: string, status: string): Promise<void> {
  await vi.waitFor(
    async () => {
      await redcloud.running.look();
      expect((await find(id)).status).toBe(status);
    },
    { timeout: 20_000, interval: 50 },
  );
}

describe('Settings of quiet hours', () => {
  const ALL = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

  test('Quiet hours are off by default, and can be set.', async () => {
    const { json } = await redcloud.call('/api/core/quiet-hours');
    expect(json).toEqual({ enabled: false, start: '08:00', end: '21:00', days: ALL });
    const changed = { enabled: true, start: '22:00', end: '06:30', days: ['SAT', 'MON'] };
    expect((await setHours(changed)).json).toEqual(changed);
    expect((await redcloud.call('/api/core/quiet-hours')).json).toEqual(changed);
    redcloud = await redcloud.restart();
    expect((await redcloud.call('/api/core/quiet-hours')).json).toEqual(changed);
  });

  test.each([
    [{}, 'enabled'],
    [{ enabled: 'yes' }, 'enabled'],
    [{ enabled: true, start: '8:00' }, 'start'],
    [{ enabled: true, start: '24:00' }, 'start'],
    [{ enabled: true, start: '12:00', end: '12:00' }, 'end'],
    [{ enabled: true, days: [] }, 'days'],
    [{ enabled: true, days: ['MON', 'MON'] }, 'days'],
    [{ enabled: true, days: ['Monday'] }, 'days'],
    [{ enabled: true, zone: 'UTC' }, 'zone'],
  ])('%j is rejected with the name of the field.', async (settings, field) => {
    const { status, json } = await setHours(settings);
    expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(`${json.error.message} ${JSON.stringify(json.error.details)}`).toContain(field);
  });
});

describe('Sends with quiet hours', () => {
  test('A message waits until the hours begin, and expires 24 hours later.', async () => {
    const hours = laterToday();
    await setHours(hours);
    const { json } = await send({});
    const id = json.results[0].messageId;
    const message = await find(id);
    const release = Date.parse(message.expiresAt) - 24 * HOUR_MS;
    expect(release - now()).toBeGreaterThan(0.9 * HOUR_MS);
    expect([message.status, hourAt(release)]).toEqual(['QUEUED', Number(hours.start.slice(0, 2))]);
    redcloud.clock.advance(release - now() + 1);
    await ends(id, 'DELIVERED');
  });

  test('A message within the hours is sent at once.', async () => {
    await setHours(openNow());
    const { json } = await send({});
    await ends(json.results[0].messageId, 'DELIVERED');
  });

  test.each([{ priority: 'HIGH' }, { respectQuietHours: false }])('%j ignores the hours.', async (more) => {
    await setHours(laterToday());
    const { json } = await send(more);
    await ends(json.results[0].messageId, 'DELIVERED');
  });

  test('A send can ask for quiet hours that are off by default.', async () => {
    await setHours({ ...laterToday(), enabled: false });
    const { json } = await send({ respectQuietHours: true });
    const id = json.results[0].messageId;
    expect((await find(id)).status).toBe('QUEUED');
    expect((await cancel(id)).status).toBe(200);
  });

  test('The time zone of a send replaces those of the number.', async () => {
    await setHours(openNow());
    const { json } = await send({ recipientTimeZone: 'Asia/Tokyo' });
    const id = json.results[0].messageId;
    expect((await find(id)).status).toBe('QUEUED');
    expect((await cancel(id)).status).toBe(200);
    const again = await send({ recipientTimeZone: 'america/new_york' });
    await ends(again.json.results[0].messageId, 'DELIVERED');
  });

  test('Without a permitted hour before the expiry, the request is rejected, and its key stays free.', async () => {
    await setHours(laterToday());
    const body = { expiresAt: new Date(now() + 10 * 60_000).toISOString() };
    const { status, json } = await redcloud.send('quiet-rejected', body);
    expect([status, json.error.code]).toEqual([400, 'NO_SENDING_WINDOW']);
    expect((await redcloud.send('quiet-rejected', { respectQuietHours: false })).status).toBe(202);
  });

  test('Only the recipients without a permitted hour are rejected.', async () => {
    await setHours(openNow());
    const to = ['+15551230001', '+81312345678'];
    const { json } = await send({ to, expiresAt: new Date(now() + 10 * 60_000).toISOString() });
    expect(json.results).toMatchObject([{ to: '+15551230001' }]);
    expect(json.errors).toMatchObject([{ to: '+81312345678', error: { code: 'NO_SENDING_WINDOW' } }]);
  });

  test('Hours that were changed meanwhile apply before the submit.', async () => {
    await setHours({ ...openNow(), enabled: false });
    const { json } = await send({ sendAt: new Date(now() + 60_000).toISOString(), respectQuietHours: true });
    const id = json.results?.[0].messageId as string;
    await setHours({ ...laterToday(), enabled: false });
    redcloud.clock.advance(120_000);
    await vi.waitFor(async () => {
      await redcloud.running.look();
      const { text } = await redcloud.call('/metrics');
      expect(text).toContain('redcloud_messages_accepted_total');
    });
    expect((await find(id)).status).toBe('QUEUED');
    await setHours({ enabled: false, start: '00:00', end: '24:00' });
    redcloud.clock.advance(3 * HOUR_MS);
    await ends(id, 'DELIVERED');
  });
});

test.each([
  ['first', ['+819012345678', '+15557770001']],
  ['last', ['+15557770002', '+819012345678']],
])(
  'A recipient whose hours are closed delays no other recipient of the send, as the %s of them.',
  async (_which, to) => {
    await setHours(openNow());
    const { json } = await send({ to, respectQuietHours: true });
    const idOf = (number: string) => json.results.find((one: { to: string }) => one.to === number).messageId as string;
    const open = await find(idOf(to.find((number) => number.startsWith('+1')) as string));
    const closed = await find(idOf('+819012345678'));
    expect(Date.parse(open.expiresAt) - Date.parse(open.createdAt)).toBe(24 * HOUR_MS);
    expect(Date.parse(closed.expiresAt) - Date.parse(closed.createdAt)).toBeGreaterThan(30 * HOUR_MS);
    await ends(open.messageId, 'DELIVERED');
    expect((await find(closed.messageId)).status).toBe('QUEUED');
  },
);
