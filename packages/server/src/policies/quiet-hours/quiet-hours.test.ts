import { expect, test } from 'vitest';
import { ApiError } from '#platform/errors.ts';
import { DEFAULT_QUIET_HOURS, readQuietHours } from './window.ts';

const read = (change: Record<string, unknown>) =>
  readQuietHours({ enabled: true, start: '08:00', end: '21:00', days: ['MON'], ...change });

test('Quiet hours are returned as sent, and absent fields other than enabled have their default.', () => {
  const sent = { enabled: true, start: '22:30', end: '06:00', days: ['SUN', 'MON'] };
  expect(readQuietHours(sent)).toEqual(sent);
  expect(readQuietHours({ enabled: true })).toEqual({ ...DEFAULT_QUIET_HOURS, enabled: true });
  expect(read({ start: '00:00', end: '24:00' })).toMatchObject({ start: '00:00', end: '24:00' });
});

test.each([
  ['enabled', { enabled: undefined }],
  ['enabled', { enabled: 'true' }],
  ['start', { start: '8:00' }],
  ['start', { start: '24:00' }],
  ['start', { start: '08:00:00' }],
  ['start', { start: '08:60' }],
  ['start', { start: 800 }],
  ['end', { end: '24:01' }],
  ['end', { end: null }],
  ['end', { start: '08:00', end: '08:00' }],
  ['days', { days: [] }],
  ['days', { days: 'MON' }],
  ['days[1]', { days: ['MON', 'mon'] }],
  ['days[2]', { days: ['MON', 'TUE', 'MON'] }],
  ['timeZone', { timeZone: 'Europe/Berlin' }],
  ['toString', { toString: true }],
])('INVALID_REQUEST names the field %s for %j.', (field, change) => {
  const attempt = () => read(change);
  expect(attempt).toThrow(ApiError);
  expect(attempt).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST', details: { field } }));
});

test.each([[null], [[]], ['08:00'], [undefined]])('INVALID_REQUEST rejects %j, which is no object.', (value) => {
  expect(() => readQuietHours(value)).toThrow(ApiError);
});
