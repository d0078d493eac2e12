import { expect, test } from 'vitest';
import { filtersOf, meantBy, searchOf } from './search.ts';

test('what is looked for is known by what it looks like', () => {
  expect(meantBy(' msg_abc123 ')).toEqual({ messageId: 'msg_abc123' });
  expect(meantBy('+1 (555) 123-4567')).toEqual({ filter: { to: '+15551234567' } });
  expect(meantBy('order_789')).toEqual({ filter: { externalReference: 'order_789' } });
  expect(meantBy('  ')).toEqual({ filter: { externalReference: undefined } });
});

test('filters survive the address, and only those that the API knows', () => {
  const filters = filtersOf(new URLSearchParams('status=FAILED&to=%2B15551234567&evil=1'));
  expect(filters).toMatchObject({ status: 'FAILED', to: '+15551234567' });
  expect(filters).not.toHaveProperty('evil');
  expect(searchOf(filters).toString()).toBe('to=%2B15551234567&status=FAILED');
});
