// @module-tag sized

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { BANDWIDTH } from '../../../test/support/bandwidth.ts';
import { sized } from '../../../test/support/thorough.ts';
import type { CallbackItem } from '../callbacks.ts';
import { createBandwidthCallbacks } from './callbacks.ts';
import { failureCodeOf } from './error-codes.ts';

const TAG = 'msg_A/1.0123456789abcdef';

function parse(body: unknown): CallbackItem[] {
  return createBandwidthCallbacks(BANDWIDTH).parse({
    url: 'https://sms.example/carriers/band/callback',
    query: new URLSearchParams(),
    headers: {},
    rawBody: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  });
}

interface Event {
  type: string;
  message: Record<string, unknown>;
  [name: string]: unknown;
}

/** Examples of Bandwidth's own description of its API. */
const { examples, schemas } = (
  parseYaml(readFileSync(createRequire(import.meta.url).resolve('bandwidth-sdk/bandwidth.yml'), 'utf8')) as {
    components: {
      examples: Record<string, { value: Event }>;
      schemas: Record<string, { enum?: string[] }>;
    };
  }
).components;
function example(name: string): Event {
  const value = examples[`${name}CallbackExample`]?.value;
  if (!value) throw new Error(`bandwidth.yml has no example ${name}`);
  return structuredClone(value);
}
const tagged = (name: string, changes: Record<string, unknown> = {}): Event => {
  const event = example(name);
  return { ...event, ...changes, message: { ...event.message, tag: TAG } };
};

/** Single item of a callback with one event. */
function only(event: unknown): CallbackItem {
  const items = parse([event]);
  expect(items).toHaveLength(1);
  return items[0] as CallbackItem;
}

describe('report', () => {
  test.each([
    ['messageSending', 'SENT'],
    ['messageSent', 'SENT'],
    ['smsMessageDelivered', 'DELIVERED'],
    ['mmsMessageDelivered', 'DELIVERED'],
  ])('The example %s of Bandwidth is a report of its state.', (name, state) => {
    const event = tagged(name);
    const report = { carrierRef: event.message['id'], state, error: null, raw: expect.stringContaining(event.type) };
    expect(only(event)).toEqual({ kind: 'report', reference: TAG, report });
  });

  test('The example messageFailed of Bandwidth is a report with the code and the text of Bandwidth.', () => {
    const error = {
      code: 'SENDER_REJECTED',
      message: 'The carrier does not accept this sender for the recipient',
      details: { carrierCode: '4432', reason: 'forbidden to country' },
    };
    const report = { carrierRef: '14762070468292kw2fuqty55yp2b2', state: 'FAILED', error, raw: expect.any(String) };
    expect(only(tagged('messageFailed'))).toEqual({ kind: 'report', reference: TAG, report });
  });

  test.each<[unknown, string, string]>([
    [4001, 'CARRIER_REJECTED', '4001'],
    [4303, 'INVALID_NUMBER', '4303'],
    [4403, 'SENDER_REJECTED', '4403'],
    [4411, 'MEDIA_TOO_LARGE', '4411'],
    [4410, 'MEDIA_UNSUPPORTED', '4410'],
    [4470, 'BLOCKED_BY_CARRIER', '4470'],
    [4476, 'SENDER_REJECTED', '4476'],
    [4482, 'BLOCKED_BY_CARRIER', '4482'],
    [4702, 'UNREACHABLE_HANDSET', '4702'],
    [4712, 'MEDIA_UNSUPPORTED', '4712'],
    [4720, 'INVALID_NUMBER', '4720'],
    ['4720', 'INVALID_NUMBER', '4720'],
    [4770, 'BLOCKED_BY_CARRIER', '4770'],
    [4780, 'BLOCKED_BY_CARRIER', '4780'],
    [4799, 'CARRIER_REJECTED', '4799'],
    [5100, 'UNDELIVERABLE', '5100'],
    [5211, 'UNDELIVERABLE', '5211'],
    [5501, 'UNDELIVERABLE', '5501'],
    [5600, 'UNDELIVERABLE', '5600'],
    [5650, 'UNDELIVERABLE', '5650'],
    [5999, 'UNDELIVERABLE', '5999'],
    [1, 'UNDELIVERABLE', '1'],
    [undefined, 'UNDELIVERABLE', 'message-failed'],
    [null, 'UNDELIVERABLE', 'message-failed'],
    ['soon', 'UNDELIVERABLE', 'message-failed'],
    [4.5, 'UNDELIVERABLE', 'message-failed'],
  ])('A report with the error code %s is %s.', (errorCode, code, carrierCode) => {
    const item = only(tagged('messageFailed', { errorCode }));
    const error = { code, details: { carrierCode, reason: 'forbidden to country' } };
    expect(item).toMatchObject({ kind: 'report', report: { state: 'FAILED', error } });
  });

  test.each([9902, 9999, 9123])('A report with the ambiguous error code %d leaves the message SENT.', (errorCode) => {
    const item = only(tagged('messageFailed', { errorCode, description: 'timed out' }));
    const message = `The carrier could not confirm the delivery (Bandwidth error ${errorCode})`;
    const error = { code: 'DELIVERY_UNCONFIRMED', message, details: { carrierCode: String(errorCode) } };
    expect(item).toMatchObject({ kind: 'report', reference: TAG, report: { state: 'SENT', error } });
    expect(JSON.parse((item as { report: { raw: string } }).report.raw)).toMatchObject({ errorCode });
  });

  test.each([4475, 4775])('A report with the error code %d is an opt-out as well.', (errorCode) => {
    const [report, optOut, ...others] = parse([tagged('messageFailed', { errorCode, to: '+12345678902' })]);
    expect(report).toMatchObject({
      kind: 'report',
      report: { state: 'FAILED', error: { code: 'OPTED_OUT_AT_CARRIER' } },
    });
    expect(optOut).toEqual({ kind: 'optOut', number: '+12345678901', recipient: '+12345678902' });
    expect(others).toEqual([]);
  });

  test('A report about an opt-out from a message of another system is an opt-out only.', () => {
    const event = { ...example('messageFailed'), errorCode: 4775, to: '+12345678902' };
    expect(parse([event])).toEqual([{ kind: 'optOut', number: '+12345678901', recipient: '+12345678902' }]);
  });

  test('A report about an opt-out without numbers is a report only.', () => {
    expect(parse([{ type: 'message-failed', errorCode: 4775, message: { tag: TAG } }])).toHaveLength(1);
  });

  test('A report about a message of another system, which has no tag, yields nothing.', () => {
    for (const tag of [undefined, '', 7, null, {}]) {
      const event = example('smsMessageDelivered');
      expect(parse([{ ...event, message: { ...event.message, tag } }])).toEqual([]);
    }
    expect(parse([{ type: 'message-delivered' }])).toEqual([]);
    expect(parse([{ type: 'message-delivered', message: 'x' }])).toEqual([]);
  });

  test('A report without a message id has no carrier message id.', () => {
    const item = only({ type: 'message-delivered', message: { tag: TAG } });
    expect(item).toMatchObject({ reference: TAG, report: { carrierRef: null, state: 'DELIVERED' } });
  });

  test('A report is stored without the text, the media and the signed reference.', () => {
    const event = tagged('messageSending', { extra: 1 });
    event.message['text'] = 'Your code is 123456';
    const { report } = only(event) as { report: { raw: string } };
    const raw = JSON.parse(report.raw);
    expect(raw).toMatchObject({
      type: 'message-sending',
      extra: 1,
      message: { id: event.message['id'], segmentCount: 1 },
    });
    for (const secret of ['123456', 'bandwidth-logo', TAG]) expect(report.raw).not.toContain(secret);
  });
});

describe('error codes', () => {
  test('The table of error codes has a failure for each code from 0 to 9999, ambiguous only for 9xxx.', () => {
    for (let code = 0; code < 10_000; code++) expect(failureCodeOf(code) === 'ambiguous').toBe(code >= 9_000);
  });

  test('The table of error codes calls a failed service undeliverable, and never a refusal.', () => {
    for (let code = 5_000; code < 6_000; code++) expect(failureCodeOf(code)).toBe('UNDELIVERABLE');
  });
});

describe('inbound', () => {
  const sms = (message: Record<string, unknown>): CallbackItem => {
    const event = example('smsMessageReceived');
    return only({ ...event, message: { ...event.message, ...message } });
  };

  test('The example smsMessageReceived of Bandwidth is an inbound message.', () => {
    expect(only(example('smsMessageReceived'))).toEqual({
      kind: 'inbound',
      carrierRef: '14762070468292kw2fuqty55yp2b2',
      from: '+12345678901',
      to: '+12345678902',
      text: 'Hey, check out this SMS!',
      media: [],
      isAnswered: false,
    });
  });

  test('The example mmsMessageReceived of Bandwidth is an inbound message with the URL of its file.', () => {
    const url = 'https://messaging.bandwidth.com/api/v2/users/9900902/media/14762070468292kw2fuqty55yp2b2/0/bw.png';
    const item = only(example('mmsMessageReceived'));
    expect(item).toMatchObject({ text: 'Hey, check out the MMS!', media: [{ url, mimeType: null, byteLength: null }] });
  });

  test('An inbound message to a group has the number of its own copy.', () => {
    const to = ['+12345678902', '+12345678903'];
    expect(sms({ to, owner: '+12345678903' })).toMatchObject({ to: '+12345678903' });
    expect(sms({ to, owner: undefined })).toMatchObject({ to: '+12345678902' });
  });

  test('An inbound message has the files without the layout.', () => {
    const base = 'https://messaging.bandwidth.com/api/v2/users/1/media/x';
    const files = [
      `${base}/0/a.smil`,
      `${base}/1/b.SMI`,
      `${base}/2/c.smil?x=1`,
      `${base}/3/smil.png`,
      `${base}/4/d`,
      7,
    ];
    const urls = [`${base}/3/smil.png`, `${base}/4/d`];
    const media = urls.map((url) => ({ url, mimeType: null, byteLength: null }));
    expect(sms({ media: files })).toMatchObject({ media });
    expect(sms({ media: ['not a URL.smil'] })).toMatchObject({ media: [] });
    expect(sms({ media: null })).toMatchObject({ media: [] });
  });

  test('An inbound message without a text has none.', () => {
    for (const text of [undefined, null, '', 7]) expect(sms({ text })).toMatchObject({ text: null });
  });

  test.each([
    ['+18005551234', 'STOP', true],
    ['+18885551234', ' stop\n', true],
    ['+18335551234', 'Unstop', true],
    ['+18445551234', 'START', true],
    ['+18005551234', 'STOPALL', false],
    ['+18005551234', 'HELP', false],
    ['+18005551234', 'please stop', false],
    ['+18005551234', undefined, false],
    ['+19195551234', 'STOP', false],
    ['+18995551234', 'STOP', false],
    ['+44800555123', 'STOP', false],
    ['12345', 'STOP', false],
  ])('An inbound message to %s with the text "%s" has been answered by the network: %s.', (owner, text, isAnswered) => {
    expect(sms({ owner, text })).toMatchObject({ isAnswered });
  });

  test('An inbound message without an id, a sender or a recipient is no callback of the documented form.', () => {
    const event = example('smsMessageReceived');
    for (const missing of [{ id: undefined }, { id: '' }, { id: 7 }, { from: undefined }]) {
      expect(() => parse([{ ...event, message: { ...event.message, ...missing } }])).toThrow(/no /);
    }
    const noRecipient = { ...event, to: undefined, message: { ...event.message, owner: '', to: [] } };
    expect(() => parse([noRecipient])).toThrow('has no sender or no recipient');
  });
});

describe('callback', () => {
  test('A callback can have many events, which are read in their order.', () => {
    const events = [
      tagged('messageSending'),
      example('smsMessageReceived'),
      { type: 'message-read', message: { tag: TAG } },
      tagged('smsMessageDelivered'),
    ];
    const kinds = parse(events).map((item) => (item.kind === 'report' ? item.report.state : item.kind));
    expect(kinds).toEqual(['SENT', 'inbound', 'DELIVERED']);
  });

  test('A callback without events yields nothing.', () => {
    expect(parse([])).toEqual([]);
  });

  test('A callback of another type that Bandwidth documents yields nothing.', () => {
    const types = ['statusCallbackTypeEnum', 'inboundCallbackTypeEnum'].flatMap((name) => schemas[name]?.enum ?? []);
    expect(types).toContain('message-read');
    for (const type of types) {
      if (/^message-(sending|sent|delivered|failed|received)$/.test(type)) continue;
      expect(parse([{ ...tagged('messageSent'), type }])).toEqual([]);
    }
  });

  test.each([
    ['an object', example('smsMessageDelivered')],
    ['text', 'no JSON'],
    ['nothing', ''],
    ['null', 'null'],
    ['an array of text', ['message-sent']],
    ['an array with null', [null]],
    ['an array of arrays', [[example('smsMessageDelivered')]]],
  ])('A callback with %s is not of the documented form.', (_name, body) => {
    expect(() => parse(body)).toThrow(Error);
  });

  // Regression: the error quoted the body, and the error is logged.
  test('The error of a callback that is not JSON does not quote its text.', () => {
    expect(() => parse('[{"text": secret words}]')).toThrow(new Error('a callback of Bandwidth must be JSON'));
  });

  test('A callback with events of unknown types never throws, and yields nothing.', () => {
    const type = fc.jsonValue().filter((value) => typeof value !== 'string' || !value.startsWith('message-'));
    const event = fc
      .tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.option(type))
      .map(([fields, of]) => ({ ...fields, type: of }));
    fc.assert(
      fc.property(fc.array(event), (events) => {
        expect(parse(events)).toEqual([]);
      }),
      { numRuns: sized(400) },
    );
  });

  test('A callback with unknown fields yields the same items.', () => {
    const names = [
      'messageSending',
      'smsMessageDelivered',
      'messageFailed',
      'smsMessageReceived',
      'mmsMessageReceived',
    ];
    const known = new Set(
      names.flatMap((name) => [...Object.keys(tagged(name)), ...Object.keys(tagged(name).message)]),
    );
    const unknown = fc.dictionary(
      fc.string().filter((name) => !known.has(name) && name !== 'errorCode'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), unknown, unknown, (name, fields, inMessage) => {
        const event = tagged(name);
        const withoutRaw = (items: CallbackItem[]) =>
          items.map((item) => (item.kind === 'report' ? { ...item, report: { ...item.report, raw: '' } } : item));
        const extended = { ...fields, ...event, message: { ...inMessage, ...event.message } };
        expect(withoutRaw(parse([extended]))).toEqual(withoutRaw(parse([event])));
      }),
      { numRuns: sized(200) },
    );
  });
});
