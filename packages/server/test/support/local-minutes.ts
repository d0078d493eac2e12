/** Oracle of quiet hours: reads the local weekday and time of single instants from Intl, and knows no offsets. */
import { type SendingWindow, WEEKDAYS, type Weekday } from '../../src/policies/quiet-hours/openings.ts';

export const MINUTE_MS = 60_000;
const MINUTES_OF_DAY = 1_440;
const MINUTES_OF_WEEK = WEEKDAYS.length * MINUTES_OF_DAY;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const options = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const created = new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone });
  clocks.set(zone, created);
  return created;
}

/** @returns local minutes since Monday 00:00. */
export function minuteOfWeek(zone: string, ms: number): number {
  const parts = clockOf(zone).formatToParts(ms);
  const read = (type: string) => parts.find((part) => part.type === type)?.value as string;
  const weekday = WEEKDAYS.indexOf(read('weekday').toUpperCase() as Weekday);
  return weekday * MINUTES_OF_DAY + Number(read('hour')) * 60 + Number(read('minute'));
}

/** @returns for each minute of a week whether the window is open. */
export function openMinutes({ start, end, days }: SendingWindow): boolean[] {
  const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const length = (minuteOf(end) - minuteOf(start) + MINUTES_OF_DAY) % MINUTES_OF_DAY || MINUTES_OF_DAY;
  const open = Array.from({ length: MINUTES_OF_WEEK }, () => false);
  for (const day of days) {
    const first = WEEKDAYS.indexOf(day) * MINUTES_OF_DAY + minuteOf(start);
    for (let minute = 0; minute < length; minute += 1) open[(first + minute) % MINUTES_OF_WEEK] = true;
  }
  return open;
}

/** First permitted instant, found minute by minute. For zones whose offset is a whole number of minutes. */
export function firstOpenMinute(
  window: SendingWindow,
  zones: readonly string[],
  fromMs: number,
  beforeMs: number,
): number | undefined {
  const open = openMinutes(window);
  const isOpen = (ms: number) => zones.every((zone) => open[minuteOfWeek(zone, ms)]);
  for (let at = fromMs; at < beforeMs; at = (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS) {
    if (isOpen(at)) return at;
  }
  return undefined;
}
