import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;

const BODY = { sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'Hello from Red Cloud' };
const FILE = { storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182_340 };
const NEW_FILE = { ...FILE, storageKey: 'new', sourceUrl: 'https://example.com/a.jpg' };
/** With the quiet hours of this test, messages in this zone wait for about two hours. */
const WAITS = { respectQuietHours: true, recipientTimeZone: 'UTC' };
/** The number of a satellite phone may be in any zone. */
const ANYWHERE = '+88213300655';

let redcloud: TestRedCloud;
beforeAll(async () => {
  redcloud = await startRedCloud({ overrides: { simulatorLinks: 0 } });
  const hour = (ahead: number) => `${String((new Date(now()).getUTCHours() + ahead) % 24).padStart(2, '0')}:00`;
  const body = { enabled: false, start: hour(2), end: hour(3) };
  expect((await redcloud.call('/api/core/quiet-hours', { method: 'PUT', body })).status).toBe(200);
});
afterAll(() => redcloud.stop());

const now = () => redcloud.clock.now();
const after = (ms: number) => new Date(now() + ms).toISOString();
const preview = (body: object) => redcloud.call('/api/core/messages/preview', { method: 'POST', body });
const move = (id: string, body: object) => redcloud.call(`/api/core/messages/${id}`, { method: 'PATCH', body });
const fieldOf = ({ status, json }: Answer) => [status, json.error?.code, json.error?.details.field];

let keys = 0;
function send(body: object) {
  keys += 1;
  return redcloud.send(`error-fields-${keys}`, { ...body });
}

/** Times outside of their ranges. `times` is called when the clock of the server is known. */
const TIMES: [string, () => { sendAt?: string; expiresAt?: string }, string][] = [
  ['a sendAt in the past', () => ({ sendAt: after(-61 * SECOND_MS) }), 'sendAt'],
  ['a sendAt too far ahead', () => ({ sendAt: after(365 * DAY_MS + HOUR_MS) }), 'sendAt'],
  ['a sendAt that is no time', () => ({ sendAt: 'tomorrow' }), 'sendAt'],
  ['a sendAt in a day that does not exist', () => ({ sendAt: '2027-02-30T12:00:00Z' }), 'sendAt'],
  ['an expiresAt in the past', () => ({ sendAt: after(0), expiresAt: after(-SECOND_MS) }), 'expiresAt'],
  ['an expiresAt before sendAt', () => ({ sendAt: after(2 * HOUR_MS), expiresAt: after(HOUR_MS) }), 'expiresAt'],
  ['an expiresAt too late', () => ({ sendAt: after(HOUR_MS), expiresAt: after(50 * HOUR_MS) }), 'expiresAt'],
];

describe('Fields of a send', () => {
  const cases: [string, () => object, string][] = [
    ...TIMES,
    ['a late expiresAt without sendAt', () => ({ expiresAt: after(49 * HOUR_MS) }), 'expiresAt'],
    ['an expired expiresAt without sendAt', () => ({ expiresAt: after(-SECOND_MS) }), 'expiresAt'],
    ['an unknown time zone', () => ({ recipientTimeZone: 'Europe/Atlantis' }), 'recipientTimeZone'],
    ['a rate of 0', () => ({ maxPerMinute: 0 }), 'maxPerMinute'],
    ['a rate above the maximum', () => ({ maxPerMinute: 1e9 }), 'maxPerMinute'],
    ['an unknown priority', () => ({ priority: 'URGENT' }), 'priority'],
    ['respectQuietHours as a text', () => ({ respectQuietHours: 'yes' }), 'respectQuietHours'],
    ['a phone number as sendFrom', () => ({ sendFrom: '+15551234567' }), 'sendFrom'],
    ['no recipient', () => ({ to: [] }), 'to'],
    ['a recipient of 65 characters', () => ({ to: ['x'.repeat(65)] }), 'to[0]'],
    ['an SMS with media', () => ({ media: [FILE] }), 'media'],
    ['an MMS without media', () => ({ messageType: 'MMS' }), 'media'],
    ['neither text nor media', () => ({ text: '' }), 'text'],
    ['11 segments', () => ({ text: 'ж'.repeat(671) }), 'text'],
    ...mms([
      ['an unknown file', { ...FILE, storageKey: 'unknown' }, '.storageKey'],
      ['another type', { ...FILE, mimeType: 'image/png' }, '.mimeType'],
      ['another length', { ...FILE, byteLength: 1 }, '.byteLength'],
      ['a type that is not supported', { ...NEW_FILE, mimeType: 'text/html' }, '.mimeType'],
      ['a URL of a private host', { ...NEW_FILE, sourceUrl: 'https://10.0.0.1/a.jpg' }, '.sourceUrl'],
    ]),
  ];

  test.each(cases)('A send and a preview with %s name the field of the error.', async (_, body, field) => {
    const changed = { ...BODY, ...body() };
    expect(fieldOf(await send(changed))).toEqual([400, 'INVALID_REQUEST', field]);
    expect(fieldOf(await preview(changed))).toEqual([400, 'INVALID_REQUEST', field]);
  });
});

function mms(cases: [string, object, string][]): [string, () => object, string][] {
  return cases.map(([name, file, field]) => [
    `an MMS with ${name}`,
    () => ({ messageType: 'MMS', media: [file] }),
    `media[0]${field}`,
  ]);
}

describe('Fields of a reschedule', () => {
  test.each(TIMES)('A reschedule with %s names the field of the error.', async (_, times, field) => {
    const { json } = await send({ sendAt: after(HOUR_MS) });
    const refused = await move(json.results[0].messageId, times());
    expect(fieldOf(refused)).toEqual([400, 'INVALID_REQUEST', field]);
  });

  test('A reschedule without sendAt names the missing field.', async () => {
    const { json } = await send({ sendAt: after(HOUR_MS) });
    const refused = await move(json.results[0].messageId, { expiresAt: after(2 * HOUR_MS) });
    expect(fieldOf(refused)).toEqual([400, 'INVALID_REQUEST', 'sendAt']);
  });
});

describe('Fields of NO_SENDING_WINDOW', () => {
  const early = () => ({ ...BODY, ...WAITS, expiresAt: after(30 * 60 * SECOND_MS) });

  test('An expiry before the permitted hours is an error of expiresAt, for sends, previews and reschedules.', async () => {
    const expected = [400, 'NO_SENDING_WINDOW', 'expiresAt'];
    expect(fieldOf(await send(early()))).toEqual(expected);
    expect(fieldOf(await preview(early()))).toEqual(expected);
    const { json } = await send(WAITS);
    const times = { sendAt: after(60 * SECOND_MS), expiresAt: after(120 * SECOND_MS) };
    expect(fieldOf(await move(json.results[0].messageId, times))).toEqual(expected);
  });

  test('The error of a single recipient also names the field.', async () => {
    const body = { ...early(), maxPerMinute: 1, respectQuietHours: false, to: ['+15551234567', '+15551234568'] };
    const { json } = await send({ ...body, expiresAt: after(30 * SECOND_MS) });
    expect(json.errors).toMatchObject([{ error: { code: 'NO_SENDING_WINDOW', details: { field: 'maxPerMinute' } } }]);
  });

  test('A recipient whose possible time zones have no common hour is an error of recipientTimeZone.', async () => {
    const body = { ...BODY, to: [ANYWHERE], respectQuietHours: true };
    for (const refused of [await send(body), await preview(body)]) {
      expect(fieldOf(refused)).toEqual([400, 'NO_SENDING_WINDOW', 'recipientTimeZone']);
      expect(refused.json.error.message).not.toContain('expiresAt');
    }
  });
});
