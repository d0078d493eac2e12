import type Telnyx from 'telnyx';
import { describe, expect, test } from 'vitest';
import { TELNYX, TELNYX_MESSAGE_ID } from '../../../test/support/telnyx.ts';
import { createTelnyxCallbacks } from './callbacks.ts';

const REFERENCE = 'msg_A/1.0123456789abcdef01234567';
const OURS = '+18445550001';
const THEIRS = '+18665550001';

const callbacks = createTelnyxCallbacks(TELNYX);

function request(body: string, ref: string | null = REFERENCE) {
  const url = new URL('https://sms.example/carriers/telnyx/callback');
  if (ref !== null) url.searchParams.set('ref', ref);
  return { url: url.href, query: url.searchParams, headers: {}, rawBody: Buffer.from(body) };
}
const parse = (event: unknown, ref: string | null = REFERENCE) => callbacks.parse(request(JSON.stringify(event), ref));

const payload = {
  record_type: 'message',
  direction: 'outbound',
  id: TELNYX_MESSAGE_ID,
  type: 'SMS',
  from: { phone_number: OURS, carrier: 'TELNYX LLC', line_type: 'VoIP' },
  to: [{ phone_number: THEIRS, status: 'sent', carrier: 'T-MOBILE USA, INC.', line_type: 'Wireless' }],
  cc: [],
  text: 'Hello, World!',
  media: [],
  encoding: 'GSM-7',
  parts: 1,
  cost: { amount: '0.0051', currency: 'USD' },
  errors: [],
  webhook_url: 'https://sms.example/carriers/telnyx/callback?ref=1',
} satisfies Telnyx.OutboundMessagePayload;
type Status = NonNullable<NonNullable<Telnyx.OutboundMessagePayload['to']>[number]['status']>;
type EventType = NonNullable<Telnyx.OutboundMessage['event_type']>;

function update(event_type: EventType, status: Status, errors: Telnyx.MessagingError0b38e7044b[] = []) {
  const event: Telnyx.DeliveryUpdateWebhookEvent = {
    data: {
      record_type: 'event',
      event_type,
      id: '86f58db9-0fe3-4adc-9d1f-46e66e6e9323',
      occurred_at: '2026-11-29T18:10:02.574Z',
      payload: { ...payload, to: [{ ...payload.to[0], status }], errors },
    },
    meta: { attempt: 1, delivered_to: 'https://sms.example/carriers/telnyx/callback?ref=1' },
  };
  return event;
}

/** Event with a status that the types of the SDK do not have. */
function unusual(status: string) {
  return { data: { event_type: 'message.finalized', payload: { ...payload, to: [{ phone_number: THEIRS, status }] } } };
}

describe('Delivery report', () => {
  test.each<[EventType, Status, string]>([
    ['message.sent', 'queued', 'SENT'],
    ['message.sent', 'sending', 'SENT'],
    ['message.sent', 'sent', 'SENT'],
    ['message.finalized', 'sent', 'SENT'],
    ['message.finalized', 'delivered', 'DELIVERED'],
    ['message.finalized', 'delivery_unconfirmed', 'SENT'],
    ['message.finalized', 'sending_failed', 'FAILED'],
    ['message.finalized', 'delivery_failed', 'FAILED'],
    ['message.finalized', 'expired', 'FAILED'],
    ['message.sent', 'sending_failed', 'FAILED'],
    ['message.read', 'read', 'DELIVERED'],
  ])('%s with the status %s has the state %s.', (type, status, state) => {
    const [item, ...rest] = parse(update(type, status));
    expect(rest).toEqual([]);
    expect(item).toMatchObject({
      kind: 'report',
      reference: REFERENCE,
      report: { carrierRef: TELNYX_MESSAGE_ID, state },
    });
    const code = item?.kind === 'report' ? item.report.error?.code : undefined;
    if (state !== 'FAILED') expect(code).toBe(status === 'delivery_unconfirmed' ? 'DELIVERY_UNCONFIRMED' : undefined);
  });

  test.each([
    ['cancelled', 'FAILED'],
    ['webhook_delivered', 'PENDING'],
    ['constructor', 'PENDING'],
    ['', 'PENDING'],
  ])('The status "%s" has the state %s.', (status, state) => {
    expect(parse(unusual(status))).toMatchObject([{ report: { state } }]);
  });

  test('A delivered message has no error, also after errors of earlier attempts.', () => {
    const event = update('message.finalized', 'delivered', [{ code: '40008', title: 'Undeliverable' }]);
    expect(parse(event)).toMatchObject([{ report: { state: 'DELIVERED', error: null } }]);
  });

  test.each([
    ['40001', 'INVALID_NUMBER'],
    ['40002', 'BLOCKED_BY_CARRIER'],
    ['40004', 'UNDELIVERABLE'],
    ['40009', 'CARRIER_REJECTED'],
    ['40010', 'SENDER_REJECTED'],
    ['40012', 'INVALID_NUMBER'],
    ['40013', 'SENDER_REJECTED'],
    ['40016', 'BLOCKED_BY_CARRIER'],
    ['40317', 'MEDIA_UNSUPPORTED'],
    ['49999', 'UNDELIVERABLE'],
  ])('A failure with the code %s is %s, with the code and the texts of Telnyx.', (code, failure) => {
    const event = update('message.finalized', 'delivery_failed', [
      { code, title: 'Some title', detail: 'some detail' },
    ]);
    expect(parse(event)).toMatchObject([
      {
        report: {
          state: 'FAILED',
          error: { code: failure, details: { carrierCode: code, reason: 'Some title: some detail' } },
        },
      },
    ]);
  });

  test.each<[string, string]>([
    ['delivery_failed', 'UNDELIVERABLE'],
    ['expired', 'UNDELIVERABLE'],
    ['sending_failed', 'CARRIER_REJECTED'],
    ['cancelled', 'CARRIER_REJECTED'],
  ])('A failure with the status %s and without a code is %s.', (status, code) => {
    expect(parse(unusual(status))).toMatchObject([{ report: { error: { code, details: { carrierCode: status } } } }]);
  });

  test('The raw report has the event, the status and the errors, but not the text of the message.', () => {
    const errors = [{ code: '40008', title: 'Undeliverable', detail: 'The recipient server rejected it.' }];
    const [item] = parse(update('message.finalized', 'delivery_failed', errors));
    const raw = item?.kind === 'report' ? item.report.raw : '';
    expect(JSON.parse(raw)).toEqual({
      event_type: 'message.finalized',
      occurred_at: '2026-11-29T18:10:02.574Z',
      id: TELNYX_MESSAGE_ID,
      status: 'delivery_failed',
      errors: [{ ...errors[0], pointer: '' }],
    });
    expect(raw).not.toContain('Hello');
  });

  test('A report without our reference yields nothing, because another system has sent the message.', () => {
    expect(parse(update('message.finalized', 'delivered'), null)).toEqual([]);
    expect(parse(update('message.finalized', 'delivered'), '')).toEqual([]);
  });

  const STOP = { code: '40300', title: 'Blocked due to STOP message', detail: 'due to an existing block rule.' };

  test('A block by STOP is an opt-out as well as a failure.', () => {
    expect(
      parse(update('message.finalized', 'sending_failed', [{ code: '40008', title: 'Undeliverable' }, STOP])),
    ).toEqual([
      {
        kind: 'report',
        reference: REFERENCE,
        report: {
          carrierRef: TELNYX_MESSAGE_ID,
          state: 'FAILED',
          error: expect.objectContaining({ code: 'OPTED_OUT_AT_CARRIER' }),
          raw: expect.any(String),
        },
      },
      { kind: 'optOut', number: OURS, recipient: THEIRS },
    ]);
  });

  test('Code 40300 for another reason is no opt-out.', () => {
    const error = { ...STOP, title: 'Blocked', detail: 'The number is not assigned' };
    expect(parse(update('message.finalized', 'sending_failed', [error]))).toMatchObject([
      { kind: 'report', report: { state: 'FAILED', error: { code: 'BLOCKED_BY_CARRIER' } } },
    ]);
  });

  test('A delivered message is no opt-out.', () => {
    expect(parse(update('message.finalized', 'delivered', [STOP]))).toHaveLength(1);
  });
});

const inbound = {
  record_type: 'message',
  direction: 'inbound',
  id: TELNYX_MESSAGE_ID,
  type: 'SMS',
  from: { phone_number: THEIRS, carrier: 'T-Mobile USA', line_type: 'Wireless' },
  to: [{ phone_number: OURS, carrier: 'Telnyx', line_type: 'Wireless', status: 'webhook_delivered' }],
  text: 'Hi there',
  media: [],
  errors: [],
} satisfies Telnyx.MessagingInboundMessagePayload;

function received(change: Partial<Telnyx.MessagingInboundMessagePayload> = {}) {
  const event: Telnyx.InboundMessageWebhookEvent = {
    data: {
      record_type: 'event',
      event_type: 'message.received',
      id: '86f58db9-0fe3-4adc-9d1f-46e66e6e9324',
      occurred_at: '2026-11-29T18:10:02.574Z',
      payload: { ...inbound, ...change },
    },
  };
  return event;
}

describe('Inbound message', () => {
  const expected = {
    kind: 'inbound',
    carrierRef: TELNYX_MESSAGE_ID,
    from: THEIRS,
    to: OURS,
    text: 'Hi there',
    media: [],
    isAnswered: false,
  };

  test('An SMS has its id, its addresses and its text.', () => {
    expect(parse(received(), null)).toEqual([expected]);
  });

  test('An MMS has its files.', () => {
    const media = [
      { url: 'https://media.telnyx.example/a.jpg', content_type: 'image/jpeg', size: 102_400, hash_sha256: 'ab' },
      { url: 'https://media.telnyx.example/b' },
    ];
    expect(parse(received({ type: 'MMS', text: '', media }), null)).toEqual([
      {
        ...expected,
        text: null,
        media: [
          { url: 'https://media.telnyx.example/a.jpg', mimeType: 'image/jpeg', byteLength: 102_400 },
          { url: 'https://media.telnyx.example/b', mimeType: null, byteLength: null },
        ],
      },
    ]);
  });

  test('A missing value may be null.', () => {
    const nulls = { text: null, media: null, autoresponse_type: null };
    const event = { data: { event_type: 'message.received', payload: { ...inbound, ...nulls } } };
    expect(parse(event, null)).toEqual([{ ...expected, text: null }]);
    const file = { url: 'https://media.telnyx.example/a', content_type: null, size: null };
    const mms = { data: { event_type: 'message.received', payload: { ...inbound, media: [file, { url: null }] } } };
    const unknown = { mimeType: null, byteLength: null };
    expect(parse(mms, null)).toMatchObject([
      {
        media: [
          { ...unknown, url: file.url },
          { ...unknown, url: '' },
        ],
      },
    ]);
  });

  test.each(['STOP', 'START', 'HELP'])('Telnyx has responded to a message with the autoresponse %s.', (type) => {
    expect(parse(received({ text: type, autoresponse_type: type }), null)).toEqual([
      { ...expected, text: type, isAnswered: true },
    ]);
  });

  test('A keyword that Telnyx did not recognize is not answered.', () => {
    expect(parse(received({ text: 'STOP' }), null)).toMatchObject([{ isAnswered: false }]);
    expect(parse(received({ text: 'STOP', autoresponse_type: '' }), null)).toMatchObject([{ isAnswered: false }]);
  });

  test('Each number that received a message has its own item and reference.', () => {
    const to = [{ phone_number: OURS }, { phone_number: '+18445550002' }];
    expect(parse(received({ to }), null)).toEqual([
      expected,
      { ...expected, carrierRef: `${TELNYX_MESSAGE_ID}/2`, to: '+18445550002' },
    ]);
  });

  test('Messages of WhatsApp and RCS yield nothing.', () => {
    expect(parse(received({ type: 'WHATSAPP', to: OURS }), null)).toEqual([]);
    expect(parse(received({ type: 'RCS', to: [{ agent_id: 'agent' }] }), null)).toEqual([]);
  });

  test('The media need no credentials.', () => {
    expect(callbacks.mediaHeaders()).toEqual({});
  });
});

describe('Body of a callback', () => {
  test.each(['message.unknown', 'messaging-profile.spend-limit-reached', 'call.answered', 'constructor', ''])(
    'An event of type "%s" yields nothing.',
    (event_type) => {
      for (const data of [{ event_type }, { event_type, payload: {} }, { event_type, payload: 'text' }]) {
        expect(parse({ data })).toEqual([]);
      }
    },
  );

  test('Unknown fields are ignored.', () => {
    const [report] = parse(update('message.finalized', 'delivered'));
    const [message] = parse(received());
    const extended = (event: object) => {
      const { data, ...rest } = event as { data: { payload: { to: object[] } } };
      const to = data.payload.to.map((one) => ({ ...one, extra: [1] }));
      return { ...rest, extra: 1, data: { ...data, extra: {}, payload: { ...data.payload, to, extra: null } } };
    };
    expect(parse(extended(update('message.finalized', 'delivered')))).toEqual([report]);
    expect(parse(extended(received()))).toEqual([message]);
  });

  test.each([
    '',
    '{',
    'null',
    '[]',
    '"text"',
    '{}',
    '{"data": null}',
    '{"data": []}',
    '{"data": {}}',
    '{"data": {"event_type": 1}}',
  ])('The body %s throws.', (body) => {
    expect(() => callbacks.parse(request(body))).toThrow(/^Telnyx callback: /);
  });

  test.each(['message.sent', 'message.finalized', 'message.received'])(
    'The event %s throws without an id or addresses, and does not quote the message.',
    (event_type) => {
      const whole: Record<string, unknown> = event_type === 'message.received' ? inbound : payload;
      const broken = [
        ...['id', 'to'].flatMap((name) => [undefined, null, 5, [], {}].map((value) => ({ ...whole, [name]: value }))),
        { ...whole, to: [{}] },
        { ...whole, to: [null] },
        { ...whole, id: '' },
        undefined,
        null,
        'Hello',
      ];
      for (const one of broken) {
        const act = () => parse({ data: { event_type, payload: one } });
        expect(act).toThrow(/^Telnyx callback: \/data\/payload/);
        expect(act).not.toThrow(/Hello|Hi there|\+1/);
      }
    },
  );

  test('Text that is not JSON is not quoted.', () => {
    expect(() => callbacks.parse(request('secret'))).toThrow('Telnyx callback: the body is not JSON');
  });
});
