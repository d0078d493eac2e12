import { invalidRequest } from '../errors.ts';

/** What RFC 3339 can write, and the store takes. */
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A moment of a request whose shape (RFC 3339) was checked; a leap second, or one beyond the calendar, is none here.
 * @throws ApiError INVALID_REQUEST naming the field.
 */
export function readMoment(field: string, text: string): Date {
  const moment = new Date(text);
  const ms = moment.getTime();
  if (ms >= FIRST && ms <= LAST) return moment;
  throw invalidRequest(`${field} must be a date and time of the years 1 to 9999`, { field });
}
