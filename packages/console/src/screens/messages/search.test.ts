import { expect, test } from 'vitest';
import { filtersOf, meantBy, otherMeaning, searchOf } from './search.ts';

test.each([
  ['+1 (555) 123-4567', '+15551234567'],
  ['+15551234567', '+15551234567'],
  ['+44 (0)20 7946 0000', '+442079460000'],
])('An international number is looked for as a recipient in E.164: %s', (text, to) => {
  expect(meantBy(` ${text} `)).toEqual({ filter: { to } });
});

test.each([
  '(555) 123-0000',
  '(555)123-0000',
  '555-123-0000',
  '1-555-123-0000',
  '555.123.0000',
  '555 123 0000',
  '0151 12345678',
  '015112345678',
])('A national number is looked for as a recipient in its own spelling, which the API can read: %s', (text) => {
  expect(meantBy(` ${text} `)).toEqual({ filter: { to: text } });
});

test.each(['order_789', '5551230000', '2026-11-23', '114-3941689-8772232', '100-2003-40', '(1)', '+1'])(
  'Another text is looked for as a reference: %s',
  (text) => {
    expect(meantBy(text)).toEqual({ filter: { externalReference: text } });
  },
);

test('An id of a bulk send finds its messages.', () => {
  expect(meantBy(' bulk_43b5cc0d2c05 ')).toEqual({ filter: { bulkSendId: 'bulk_43b5cc0d2c05' } });
  expect(meantBy('bulk_43b5-cc0d')).toEqual({ filter: { externalReference: 'bulk_43b5-cc0d' } });
});

test('An id opens its message, and an empty search finds all messages.', () => {
  expect(meantBy(' msg_abc123 ')).toEqual({ messageId: 'msg_abc123' });
  expect(meantBy('rej_abc123')).toEqual({ messageId: 'rej_abc123' });
  expect(meantBy('  ')).toEqual({ filter: { externalReference: undefined } });
});

test('A search without results may have another interpretation.', () => {
  expect(otherMeaning({ externalReference: '5551230000' })).toMatchObject({ filter: { to: '5551230000' } });
  expect(otherMeaning({ to: '555-123-0000' })).toMatchObject({ filter: { externalReference: '555-123-0000' } });
  expect(otherMeaning({ to: '+15551230000' })).toBeUndefined();
  expect(otherMeaning({ externalReference: 'order_789' })).toBeUndefined();
});

test('A rejected recipient can be any text.', () => {
  const filter = { to: 'invalid', externalReference: undefined };
  expect(otherMeaning({ status: 'REJECTED', externalReference: 'invalid' })).toEqual({ name: 'recipient', filter });
  expect(otherMeaning({ status: 'REJECTED', to: 'invalid' })).toMatchObject({ name: 'reference' });
  expect(otherMeaning({ status: 'REJECTED' })).toBeUndefined();
});

test('Filters are restored from the URL, except filters that the API does not know.', () => {
  const filters = filtersOf(new URLSearchParams('status=FAILED&to=%2B15551234567&evil=1'));
  expect(filters).toMatchObject({ status: 'FAILED', to: '+15551234567' });
  expect(filters).not.toHaveProperty('evil');
  expect(searchOf(filters).toString()).toBe('to=%2B15551234567&status=FAILED');
});
