import { invalidRequest } from '../errors.ts';

/** Those that a date in RFC 3339 has, and the store takes. */
const FIRST = Date.UTC(1, 0, 1);
const LAST = Date.UTC(9999, 11, 30);

/**
 * A moment of a request whose shape (RFC 3339) was checked; a leap second, or one beyond the calendar, is none here.
 * @throws ApiError INVALID_REQUEST naming the field.
 */
export function readMoment(field: string, text: string): Date {
  const moment = new Date(text);
  const ms = moment.getTime();
  if (ms >= FIRST && ms <= LAST) return moment;
  throw invalidRequest(`${field} is not a moment that there is here`, { field });
}
