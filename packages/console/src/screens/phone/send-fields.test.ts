import { expect, test } from 'vitest';
import { fieldsOf, NO_OPTIONS } from './send-fields.ts';

test('A send without options has no fields of options.', () => {
  expect(fieldsOf(NO_OPTIONS)).toEqual({});
});

test('Options become fields of the API, with times in UTC.', () => {
  const options = {
    sendAt: '2026-12-24T18:00',
    expiresAt: '2026-12-25T06:30',
    priority: 'BULK' as const,
    quietHours: 'ignore' as const,
    recipientTimeZone: ' Europe/Berlin ',
  };
  expect(fieldsOf(options)).toEqual({
    sendAt: new Date(2026, 11, 24, 18).toISOString(),
    expiresAt: new Date(2026, 11, 25, 6, 30).toISOString(),
    priority: 'BULK',
    respectQuietHours: false,
    recipientTimeZone: 'Europe/Berlin',
  });
  expect(fieldsOf({ ...NO_OPTIONS, quietHours: 'respect' })).toEqual({ respectQuietHours: true });
});
