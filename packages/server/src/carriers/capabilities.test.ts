import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BANDWIDTH as BANDWIDTH_SETTINGS } from '../../test/support/bandwidth.ts';
import { TELNYX as TELNYX_SETTINGS } from '../../test/support/telnyx.ts';
import { TWILIO as TWILIO_SETTINGS } from '../../test/support/twilio.ts';
import { BANDWIDTH } from './bandwidth/type.ts';
import { ALL_SENDERS, type Capabilities, obstacleOf, type Sendable } from './capabilities.ts';
import { SIMULATOR } from './simulator/type.ts';
import { TELNYX } from './telnyx/type.ts';
import { TWILIO } from './twilio/type.ts';

const LIMITS = { totalBytes: 1, accepts: () => true };
const X: Capabilities = {
  name: 'x',
  senders: new Set(['LONG_CODE', 'TOLL_FREE', 'SHORT_CODE']),
  media: { senders: new Set(['LONG_CODE']), limits: () => LIMITS },
  maxTextCharacters: { SMS: 100, MMS: 200 },
};
const WITHOUT_MMS: Capabilities = { ...X, media: undefined };

const sms = (more: Partial<Sendable> = {}): Sendable => ({
  ...{ messageType: 'SMS', sender: 'LONG_CODE', characters: 10 },
  ...more,
});
const mms = (more: Partial<Sendable> = {}): Sendable => sms({ messageType: 'MMS', ...more });

describe('Messages that a carrier cannot send', () => {
  test.each<[string | undefined, Capabilities, Sendable]>([
    [undefined, X, sms()],
    [undefined, X, sms({ characters: 100 })],
    [undefined, X, mms({ characters: 200 })],
    [undefined, X, mms({ characters: 0 })],
    [undefined, WITHOUT_MMS, sms()],
    ['Carrier x does not send MMS', WITHOUT_MMS, mms()],
    ['Carrier x does not send MMS from short codes', X, mms({ sender: 'SHORT_CODE' })],
    ['Carrier x does not send MMS from toll-free numbers', X, mms({ sender: 'TOLL_FREE', characters: 1_000 })],
    ['Carrier x does not send SMS from alphanumeric senders', X, sms({ sender: 'ALPHANUMERIC' })],
    ['Carrier x sends at most 100 characters in one SMS, not 101', X, sms({ characters: 101 })],
    ['Carrier x sends at most 200 characters in one MMS, not 201', X, mms({ characters: 201 })],
  ])('The obstacle is %s for the capabilities %j and the message %j.', (reason, capabilities, message) => {
    expect(obstacleOf(capabilities, message)).toBe(reason);
  });

  const senderTypes = [...ALL_SENDERS];
  const sets = fc.uniqueArray(fc.constantFrom(...senderTypes)).map((senders) => new Set(senders));
  const limit = fc.option(fc.nat(3_000), { nil: undefined });
  const capabilities = fc.record({
    name: fc.constant('any'),
    senders: sets,
    media: fc.option(
      sets.map((senders) => ({ senders, limits: () => LIMITS })),
      { nil: undefined },
    ),
    maxTextCharacters: fc.record({ SMS: limit, MMS: limit }),
  });
  const message = fc.record({
    messageType: fc.constantFrom('SMS' as const, 'MMS' as const),
    sender: fc.constantFrom(...senderTypes),
    characters: fc.nat(3_000),
  });

  test('A message has no obstacle if and only if its sender and its text are within the capabilities.', () => {
    fc.assert(
      fc.property(capabilities, message, (given, one) => {
        const senders = one.messageType === 'SMS' ? given.senders : (given.media?.senders ?? new Set());
        const isShort = one.characters <= (given.maxTextCharacters[one.messageType] ?? Number.POSITIVE_INFINITY);
        const reason = obstacleOf(given, one);
        expect(reason === undefined).toBe(senders.has(one.sender) && isShort);
        if (reason !== undefined) expect(reason).toMatch(/^Carrier any (does not send|sends at most) /);
      }),
    );
  });

  test('If a carrier can send a text, it can send a shorter text.', () => {
    fc.assert(
      fc.property(capabilities, message, fc.nat(3_000), (given, one, characters) => {
        fc.pre(obstacleOf(given, one) === undefined && characters <= one.characters);
        expect(obstacleOf(given, { ...one, characters })).toBeUndefined();
      }),
    );
  });
});

describe('Capabilities of vendors', () => {
  test.each([
    ['Twilio', TWILIO.capabilities(TWILIO_SETTINGS), 1_600, 1_600],
    ['Telnyx', TELNYX.capabilities(TELNYX_SETTINGS), 1_530, undefined],
    ['Bandwidth', BANDWIDTH.capabilities(BANDWIDTH_SETTINGS), 2_048, 2_048],
  ])('%s has the limits of its documentation.', (_, { senders, media, maxTextCharacters }, ofSms, ofMms) => {
    expect(senders).toEqual(ALL_SENDERS);
    expect(media?.senders).toEqual(new Set(['LONG_CODE', 'TOLL_FREE', 'SHORT_CODE']));
    expect(maxTextCharacters).toEqual({ SMS: ofSms, MMS: ofMms });
  });

  test('Toll-free numbers at Bandwidth send at most 525 KB, and other numbers as much as mediaBytes allows.', () => {
    const bytes = (mediaBytes: number) => {
      const { media } = BANDWIDTH.capabilities({ ...BANDWIDTH_SETTINGS, mediaBytes });
      return (['LONG_CODE', 'TOLL_FREE', 'SHORT_CODE'] as const).map((sender) => media?.limits(sender).totalBytes);
    };
    expect(bytes(600_000)).toEqual([600_000, 525_000, 600_000]);
    expect(bytes(3_500_000)).toEqual([3_500_000, 525_000, 3_500_000]);
    expect(bytes(300_000)).toEqual([300_000, 300_000, 300_000]);
  });

  test('Vendors accept the types that a carrier delivers, and refuse others.', () => {
    const limits = TELNYX.capabilities(TELNYX_SETTINGS).media?.limits('LONG_CODE');
    expect(['image/jpeg', 'IMAGE/JPG', 'image/svg+xml', 'text/html'].map((type) => limits?.accepts(type))).toEqual([
      ...[true, true],
      ...[false, false],
    ]);
  });

  test('The simulator sends MMS from every sender.', () => {
    const { media } = SIMULATOR.capabilities({ name: 'sim', type: 'simulator' });
    expect(media?.senders).toEqual(ALL_SENDERS);
  });
});
