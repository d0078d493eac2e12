import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PhoneNumber } from '#numbers/numbers.ts';
import {
  checkSender,
  MAX_SEGMENTS,
  type Media,
  readContent,
  readRecipients,
  type SendRequest,
} from './send-request.ts';

const MEDIA: Media = { storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182340 };

function request(changes: Partial<SendRequest> = {}): SendRequest {
  return { sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'Hello', ...changes };
}

const refusal = (message: string) => expect.objectContaining({ code: 'INVALID_REQUEST', message });

describe('Recipients', () => {
  test.each(['+1234567', '+15551234567', '+123456789012345'])('A recipient in E.164 format is accepted: %s.', (to) => {
    expect(readRecipients([to])).toEqual({ accepted: [to], refused: [] });
  });

  test.each([
    ['', 'nothing'],
    ['15551234567', 'no plus'],
    ['+05551234567', 'a leading zero'],
    ['+123456', 'six digits'],
    ['+1234567890123456', 'sixteen digits'],
    ['+1 555 123 4567', 'spaces'],
    ['+1555123456７', 'a digit that is not ASCII'],
    ['+15551234567\n', 'a line break'],
    [' +15551234567', 'a space before'],
    ['invalid', 'a word'],
  ])('Recipients in other formats are rejected individually: %j (%s).', (to) => {
    expect(readRecipients([to, '+15551234567'])).toEqual({
      accepted: ['+15551234567'],
      refused: [
        {
          to,
          error: { code: 'INVALID_RECIPIENT', message: 'Recipient must be a valid E.164 phone number', details: {} },
        },
      ],
    });
  });

  test('A repeated recipient gets one message, and each repetition is rejected.', () => {
    const { accepted, refused } = readRecipients(['+15551234567', '+15551234568', '+15551234567', '+15551234567']);
    expect(accepted).toEqual(['+15551234567', '+15551234568']);
    expect(refused.map(({ to, error }) => [to, error.code])).toEqual([
      ['+15551234567', 'DUPLICATE_RECIPIENT'],
      ['+15551234567', 'DUPLICATE_RECIPIENT'],
    ]);
  });

  test('A repeated invalid recipient is reported as INVALID_RECIPIENT each time, not as a duplicate.', () => {
    expect(readRecipients(['x', 'x']).refused.map(({ error }) => error.code)).toEqual([
      'INVALID_RECIPIENT',
      'INVALID_RECIPIENT',
    ]);
  });

  test('Each recipient has one result, and accepted and rejected ones keep the order of the request.', () => {
    const recipient = fc.constantFrom('+15550000001', '+15550000002', '+15550000003', 'x', '');
    fc.assert(
      fc.property(fc.array(recipient), (to) => {
        const { accepted, refused } = readRecipients(to);
        expect(accepted).toEqual([...new Set(to.filter((one) => one.startsWith('+')))]);
        expect([...accepted, ...refused.map((one) => one.to)].toSorted()).toEqual(to.toSorted());
        const seen = new Set<string>();
        const expected = to.filter((one) => !one.startsWith('+') || seen.size === seen.add(one).size);
        expect(refused.map((one) => one.to)).toEqual(expected);
      }),
    );
  });
});

describe('Content of a send request', () => {
  test('The content of an SMS has its text, encoding and number of segments.', () => {
    expect(readContent(request())).toEqual({ text: 'Hello', media: null, encoding: 'GSM7', segments: 1 });
    expect(readContent(request({ text: 'ж'.repeat(71) }))).toMatchObject({ encoding: 'UCS2', segments: 2 });
    expect(readContent(request({ media: [] }))).toMatchObject({ text: 'Hello', media: null });
  });

  test('The content of an MMS has its media, an optional text and no segments.', () => {
    const bare = { text: null, media: [MEDIA], encoding: null, segments: null };
    const { text: _, ...textless } = request({ messageType: 'MMS', media: [MEDIA] });
    expect(readContent(textless)).toEqual(bare);
    expect(readContent({ ...textless, text: '' })).toEqual(bare);
    expect(readContent({ ...textless, text: 'ж'.repeat(1600) })).toEqual({ ...bare, text: 'ж'.repeat(1600) });
  });

  test.each<[string, Partial<SendRequest>, string]>([
    ['no recipient', { to: [] }, 'to must contain at least one recipient'],
    ['SMS with media', { media: [MEDIA] }, 'SMS cannot include media'],
    ['SMS with media only', { text: '', media: [MEDIA] }, 'SMS cannot include media'],
    ['MMS without media', { messageType: 'MMS' }, 'MMS must include media'],
    ['MMS with empty media', { messageType: 'MMS', media: [] }, 'MMS must include media'],
    ['neither', { text: '' }, 'At least one of text or media is required'],
    ['an MMS with neither', { messageType: 'MMS', text: '' }, 'At least one of text or media is required'],
  ])('Invalid content is rejected: %s.', (_, changes, message) => {
    expect(() => readContent(request(changes))).toThrow(refusal(message));
  });

  test.each(['+15551234567', '15551234567', '(555) 123-4567', '555.123.4567'])(
    'A phone number in sendFrom is rejected with an error that names the expected numberId: %s.',
    (sendFrom) => {
      expect(() => readContent(request({ sendFrom }))).toThrow(
        refusal('sendFrom must be a numberId such as num_abc123, not a phone number'),
      );
    },
  );

  test('A text of 10 segments is accepted, and a longer one is rejected with its number of segments.', () => {
    expect(readContent(request({ text: 'ж'.repeat(670) })).segments).toBe(MAX_SEGMENTS);
    expect(() => readContent(request({ text: 'ж'.repeat(671) }))).toThrow(
      expect.objectContaining({
        message: 'text takes 11 segments, but at most 10 are allowed',
        details: { field: 'text', encoding: 'UCS2', segments: 11, maxSegments: 10 },
      }),
    );
  });

  test('Smart encoding changes a text only at the request of the sender.', () => {
    expect(readContent(request({ text: '“Hi”' }))).toMatchObject({ text: '“Hi”', encoding: 'UCS2' });
    expect(readContent(request({ text: '“Hi”', smartEncoding: true }))).toMatchObject({
      text: '"Hi"',
      encoding: 'GSM7',
    });
  });

  test('Segments are counted after smart encoding.', () => {
    const text = `${'a'.repeat(1500)}’`;
    expect(() => readContent(request({ text }))).toThrow('at most 10');
    expect(readContent(request({ text, smartEncoding: true })).segments).toBe(10);
  });

  test.each(['\u200b', '\ufeff\u200d'])('An accepted SMS never has an empty text: %j.', (text) => {
    let accepted: string | null = 'refused';
    try {
      accepted = readContent(request({ text, smartEncoding: true })).text;
    } catch (error) {
      expect(error).toEqual(refusal('At least one of text or media is required'));
    }
    expect(accepted).not.toBe('');
  });
});

describe('Sender check', () => {
  const NUMBER = {
    e164: '+12125550123',
    apiClientId: 'client_1',
    status: 'ACTIVE',
    smsEnabled: true,
    mmsEnabled: true,
    campaignRegId: 'camp_1',
  } as PhoneNumber;

  test('A client may send the message types for which its number is enabled.', () => {
    expect(checkSender(NUMBER, 'client_1', 'SMS')).toBe(NUMBER);
    expect(checkSender({ ...NUMBER, smsEnabled: false }, 'client_1', 'MMS')).toMatchObject({ mmsEnabled: true });
  });

  test('A client gets the same error for an unknown number and for the number of another client.', () => {
    const unknown = expect.objectContaining({ code: 'FORBIDDEN', message: 'sendFrom is not owned by this API client' });
    expect(() => checkSender(undefined, 'client_1', 'SMS')).toThrow(unknown);
    expect(() => checkSender({ ...NUMBER, status: 'INACTIVE' }, 'client_2', 'SMS')).toThrow(unknown);
    expect(() => checkSender({ ...NUMBER, apiClientId: null } as PhoneNumber, 'client_2', 'SMS')).toThrow(unknown);
  });

  test.each<[Partial<PhoneNumber>, string]>([
    [{ status: 'INACTIVE' }, 'sendFrom is not ACTIVE'],
    [{ smsEnabled: false }, 'sendFrom is not enabled for SMS'],
    [{ campaignRegId: null }, 'sendFrom must have campaignregId configured'],
  ])('The error names the missing property of the number: %j.', (changes, message) => {
    expect(() => checkSender({ ...NUMBER, ...changes } as PhoneNumber, 'client_1', 'SMS')).toThrow(refusal(message));
  });
});
