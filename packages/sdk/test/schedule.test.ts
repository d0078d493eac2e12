import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { RedCloud } from '../src/index.ts';
import { json, refused, Scripted, SEND, unreachable } from './scripted.ts';

const HOUR_MS = 3_600_000;

let redcloud: TestRedCloud;
let rc: RedCloud;
let startedAt: number;

beforeAll(async () => {
  redcloud = await startRedCloud();
  startedAt = redcloud.clock.now();
  rc = new RedCloud({ clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123', baseUrl: redcloud.url });
});
afterAll(() => redcloud.stop());

const inHours = (hours: number) => new Date(startedAt + hours * HOUR_MS);

async function scheduled(more: Parameters<RedCloud['messages']['send']>[0] | object = {}): Promise<string> {
  const { accepted } = await rc.messages.sendOrThrow({ ...SEND, sendAt: inHours(2), ...more });
  return accepted[0].messageId;
}

test('A send takes times as a `Date` or as text, and the message has them.', async () => {
  const [sendAt, expiresAt] = [inHours(2), inHours(3)];
  const id = await scheduled({ sendAt, expiresAt: expiresAt.toISOString(), priority: 'BULK' });
  const times = { sendAt: sendAt.toISOString(), expiresAt: expiresAt.toISOString() };
  expect(await rc.messages.get(id)).toMatchObject({ status: 'QUEUED', priority: 'BULK', ...times });
});

test('A repeated send with the same time in another form gets the idempotent response.', async () => {
  const sendAt = inHours(2);
  const first = await rc.messages.send({ ...SEND, sendAt }, { idempotencyKey: 'same-time' });
  const text = await rc.messages.send({ ...SEND, sendAt: sendAt.toISOString() }, { idempotencyKey: 'same-time' });
  expect([text.replayed, text.accepted]).toEqual([true, first.accepted]);
});

test('A canceled message ends with CANCELED, and a repeat returns the same message.', async () => {
  const id = await scheduled();
  const canceled = await rc.messages.cancel(id);
  expect(canceled).toMatchObject({ messageId: id, status: 'FAILED', error: { code: 'CANCELED' } });
  expect(await rc.messages.cancel(id)).toEqual(await rc.messages.get(id));
});

test('The error of a time outside of its range names the field.', async () => {
  const field = (name: string) => expect.objectContaining({ status: 400, details: { field: name } });
  await expect(rc.messages.send({ ...SEND, sendAt: inHours(-1) })).rejects.toThrow(field('sendAt'));
  await expect(rc.messages.preview({ ...SEND, expiresAt: inHours(100) })).rejects.toThrow(field('expiresAt'));
  const id = await scheduled();
  await expect(rc.messages.reschedule(id, { sendAt: inHours(366 * 24) })).rejects.toThrow(field('sendAt'));
});

test('Messages with a reference are canceled and counted.', async () => {
  const externalReference = 'cancel all of these';
  await scheduled({ externalReference });
  await scheduled({ externalReference });
  expect(await rc.messages.cancelByReference(externalReference)).toEqual({ canceled: 2, tooLate: 0 });
  expect(await rc.messages.cancelByReference('unknown')).toEqual({ canceled: 0, tooLate: 0 });
});

test('A message that has ended is neither canceled nor rescheduled.', async () => {
  const id = await scheduled();
  await rc.messages.cancel(id);
  await expect(rc.messages.reschedule(id, { sendAt: inHours(4) })).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(rc.messages.cancel('msg_unknown')).rejects.toMatchObject({ status: 404 });
});

test('A message gets a new time, and is found by this time.', async () => {
  const id = await scheduled();
  const sendAt = inHours(100);
  expect(await rc.messages.reschedule(id, { sendAt, expiresAt: inHours(101) })).toMatchObject({
    sendAt: sendAt.toISOString(),
    expiresAt: inHours(101).toISOString(),
  });
  const found = await Array.fromAsync(rc.messages.list({ sendAfter: inHours(99), sendBefore: inHours(101) }));
  expect(found.map(({ messageId }) => messageId)).toEqual([id]);
});

test('A preview returns segments, times and rejected recipients, and sends nothing.', async () => {
  const externalReference = 'only a preview';
  const to = ['+15551234567', 'invalid'];
  const preview = await rc.messages.preview({ ...SEND, to, sendAt: inHours(2), externalReference });
  expect(preview).toMatchObject({
    results: [{ to: '+15551234567', encoding: 'GSM7', segments: 1, estimatedSendAt: inHours(2).toISOString() }],
    errors: [{ to: 'invalid', error: { code: 'INVALID_RECIPIENT' } }],
    text: { encoding: 'GSM7', characters: SEND.text.length },
  });
  expect(await Array.fromAsync(rc.messages.list({ externalReference }))).toEqual([]);
});

test('Quiet hours are read and replaced, and apply to a send.', async () => {
  expect(await rc.quietHours.get()).toMatchObject({ enabled: false, start: '08:00', end: '21:00' });
  const settings = { enabled: true, start: '09:00', end: '09:30', days: ['MON', 'TUE', 'WED', 'THU', 'FRI'] };
  expect(await rc.quietHours.set(settings)).toEqual(settings);
  const params = { ...SEND, recipientTimeZone: 'Europe/Berlin', sendAt: inHours(2) };
  const [{ estimatedSendAt } = { estimatedSendAt: '' }] = (await rc.messages.preview(params)).results;
  const local = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' });
  expect(local.format(new Date(estimatedSendAt))).toMatch(/^09:[0-2]\d$/);
  const ignored = await rc.messages.preview({ ...params, respectQuietHours: false });
  expect(ignored.results[0]?.estimatedSendAt).toBe(inHours(2).toISOString());
  expect(await rc.quietHours.set({ enabled: false })).toMatchObject({ enabled: false, start: '08:00' });
});

const MESSAGE = () => json(200, { messageId: 'msg_1' });

test.each<[string, (rc: RedCloud) => Promise<unknown>, () => Response]>([
  ['cancel', (client) => client.messages.cancel('msg_1'), MESSAGE],
  ['reschedule', (client) => client.messages.reschedule('msg_1', { sendAt: new Date(0) }), MESSAGE],
  [
    'cancelByReference',
    (client) => client.messages.cancelByReference('a'),
    () => json(200, { canceled: 1, tooLate: 0 }),
  ],
  ['preview', (client) => client.messages.preview(SEND), () => json(200, { results: [], errors: [], text: null })],
])(
  'After a lost response, `%s` sends the identical request again, without an idempotency key.',
  async (_name, call, answer) => {
    const server = new Scripted();
    server.steps = [unreachable, refused(503, 'SERVER_ERROR'), answer];
    await call(server.client());
    expect(server.seen).toHaveLength(3);
    expect(server.seen[2]).toEqual(server.seen[0]);
    expect(server.seen[0]?.headers).not.toHaveProperty('idempotency-key');
  },
);

test('A `Date` that changes during a call does not change the retry.', async () => {
  const server = new Scripted();
  const sendAt = new Date('2026-12-24T18:00:00Z');
  server.steps = [
    () => {
      sendAt.setFullYear(1999);
      throw new TypeError('fetch failed');
    },
    ...server.steps,
  ];
  await server.client().messages.send({ ...SEND, sendAt });
  expect(server.seen[1]?.body).toBe(JSON.stringify({ ...SEND, sendAt: '2026-12-24T18:00:00.000Z' }));
});
