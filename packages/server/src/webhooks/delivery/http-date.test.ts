import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { readRetryAfter as readRetryAfterInSdk } from '../../../../sdk/src/transport/backoff.ts';
import { readHttpDate as readInSdk } from '../../../../sdk/src/transport/http-date.ts';
import { readHttpDate } from './http-date.ts';
import { readRetryAfter } from './schedule.ts';

const NOW = new Date('2026-03-04T05:06:07.890Z');
const ZONE = process.env['TZ'];

afterEach(() => {
  process.env['TZ'] = ZONE ?? '';
  if (ZONE === undefined) delete process.env['TZ'];
});

/** Readers of the server and of the SDK, which share no code. */
const READERS = [
  (text: string, now = NOW) => readHttpDate(text, now),
  (text: string, now = NOW) => readInSdk(text, now.getTime()),
];

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const two = (value: number) => String(value).padStart(2, '0');

/** The three forms of one moment (RFC 9110 §5.6.7). */
function formsOf(at: Date): string[] {
  const [day = '', month = ''] = [DAYS[at.getUTCDay()], MONTHS[at.getUTCMonth()]];
  const [date, year] = [at.getUTCDate(), at.getUTCFullYear()];
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':');
  return [
    `${day.slice(0, 3)}, ${two(date)} ${month} ${year} ${time} GMT`,
    `${day}, ${two(date)}-${month}-${two(year % 100)} ${time} GMT`,
    `${day.slice(0, 3)} ${month} ${String(date).padStart(2)} ${time} ${year}`,
  ];
}

test.each(['America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati', 'UTC'])(
  'All three forms of an HTTP date are read as UTC on a machine in %s.',
  (zone) => {
    process.env['TZ'] = zone;
    expect(new Date('2026-07-01T00:00:00Z').getTimezoneOffset() === 0).toBe(zone === 'UTC');
    const soon = fc.date({ min: new Date('1980-01-01'), max: new Date('2075-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(soon, (date) => {
        const at = Math.floor(date.getTime() / 1000) * 1000;
        for (const read of READERS) expect(formsOf(new Date(at)).map((form) => read(form))).toEqual([at, at, at]);
      }),
    );
  },
);

test('Retry-After in asctime form is read as UTC on a machine in New York, by the server and by the SDK.', () => {
  process.env['TZ'] = 'America/New_York';
  const inTwoMinutes = formsOf(new Date(Date.parse('2026-03-04T05:08:07Z')));
  expect(inTwoMinutes.map((header) => readRetryAfter(header, NOW))).toEqual([120, 120, 120]);
  expect(inTwoMinutes.map((header) => readRetryAfterInSdk(header, NOW.getTime()))).toEqual([119_110, 119_110, 119_110]);
});

test.each([
  ['Sunday, 06-Nov-94 08:49:37 GMT', NOW, '1994-11-06T08:49:37Z'],
  ['Sunday, 06-Nov-76 08:49:37 GMT', NOW, '2076-11-06T08:49:37Z'],
  ['Sunday, 06-Nov-77 08:49:37 GMT', NOW, '1977-11-06T08:49:37Z'],
  ['Sunday, 06-Nov-01 08:49:37 GMT', new Date('2099-12-31T00:00:00Z'), '2101-11-06T08:49:37Z'],
  ['Thu Dec 31 23:59:60 2026', NOW, '2027-01-01T00:00:00Z'],
  ['Thu, 29 Feb 2024 00:00:00 GMT', NOW, '2024-02-29T00:00:00Z'],
])('%s is a valid HTTP date.', (text, now, expected) => {
  for (const read of READERS) expect(read(text, now)).toBe(Date.parse(expected));
});

test.each([
  ...['', 'soon', '2026-03-04T05:07:07Z', '2026-03-04', 'March 4, 2026', 'Mar 4 2026', '0', '1.5', '1e3', 'Wed'],
  ...['Wed, 04 Mar 2026 05:07:07', 'Wed, 04 Mar 2026 05:07:07 +0100', 'Wed, 04 Mar 2026 05:07:07 PST'],
  ...['Wed, 4 Mar 2026 05:07:07 GMT', 'Wed, 04 March 2026 05:07:07 GMT', 'Wed, 04 Mar 26 05:07:07 GMT'],
  ...['Fri, 30 Feb 2026 05:07:07 GMT', 'Wed, 00 Mar 2026 05:07:07 GMT', 'Sun, 29 Feb 2026 05:07:07 GMT'],
  ...['Wed, 04 Mar 2026 24:00:00 GMT', 'Wed, 04 Mar 2026 05:60:07 GMT', 'Wed, 04 Mar 2026 05:07:61 GMT'],
  ...['Wednesday, 04-Mar-2026 05:07:07 GMT', 'Wed, 04-Mar-26 05:07:07 GMT', 'Wed Mar 04 05:07:07 2026 GMT'],
  ...['Wed Mar 4 05:07:07 2026', 'Wed Feb 30 05:07:07 2026', 'Wed, 04 Mar 2026 05:07:07 GMT, Wed', '04 Mar 2026'],
])('%s is no HTTP date.', (text) => {
  for (const read of READERS) expect(read(text)).toBeUndefined();
});
