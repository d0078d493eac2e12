import { invalidRequest } from '#platform/errors.ts';

/** Range of moments that RFC 3339 can write and the store accepts. */
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Reads a moment whose form (RFC 3339) was checked. Rejects a leap second, and a moment beyond the calendar.
 * @throws ApiError INVALID_REQUEST naming the field.
 */
export function readMoment(field: string, text: string): Date {
  const moment = new Date(text);
  const ms = moment.getTime();
  if (ms >= FIRST && ms <= LAST) return moment;
  throw invalidRequest(`${field} must be a date and time of the years 1 to 9999`, { field });
}
