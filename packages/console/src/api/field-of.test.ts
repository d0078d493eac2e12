import { expect, test } from 'vitest';
import { errorsOf, fieldOf } from './field-of.ts';

const LABELS = { sendAt: 'Send at', expiresAt: 'Expires', days: 'Weekdays' };
const NAMES = ['sendAt', 'expiresAt', 'days'] as const;

test.each([
  ['sendAt is in the past', {}, 'sendAt'],
  ['days[2] repeats MON', { field: 'days[2]' }, 'days'],
  ['body/days must be an array', { in: 'body', field: 'days' }, 'days'],
  ['No time is permitted', { field: 'expiresAt' }, 'expiresAt'],
  ['The number cannot send', {}, undefined],
  ['to must not be empty', { field: 'to' }, undefined],
])('The error “%s” is shown next to its field.', (message, details, field) => {
  expect(fieldOf({ message, details }, NAMES)).toBe(field);
});

test('A field error names fields by their labels, and other errors concern the whole form.', () => {
  const error = { message: 'expiresAt must be after sendAt', details: {} };
  expect(errorsOf(error, LABELS)).toEqual({
    byField: { expiresAt: '“Expires” must be after “Send at”' },
    isOfForm: false,
  });
  const closed = { message: 'No time is permitted. Set a later expiresAt.', details: { field: 'expiresAt' } };
  expect(errorsOf(closed, LABELS)).toEqual({
    byField: { expiresAt: 'No time is permitted. Set a later “Expires”.' },
    isOfForm: false,
  });
  expect(errorsOf({ message: 'No such message', details: {} }, LABELS)).toEqual({ byField: {}, isOfForm: true });
  expect(errorsOf(null, LABELS)).toEqual({ byField: {}, isOfForm: false });
});
