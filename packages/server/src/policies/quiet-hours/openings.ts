import { LRUCache } from 'lru-cache';
import { DAY_MS, MINUTE_MS, type Span, spansOf } from './offsets.ts';

/** In the order of ISO 8601. */
export const WEEKDAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Local times at which messages may be sent. */
export interface SendingWindow {
  /** First minute, `HH:MM`, from `00:00` to `23:59`. */
  start: string;
  /**
   * Minute after the last one, `HH:MM`, to `24:00`. An end before the start belongs to the next day. Never equal to the
   * start.
   */
  end: string;
  /** Days on which the window starts. */
  days: readonly Weekday[];
}

/** Period in which a sending window is open. `from` is included, `to` is not. In milliseconds since the Unix epoch. */
export interface Opening {
  from: number;
  to: number;
}

/** Most entries have one opening for each of the seven days of a block, so all together take a few megabytes. */
const openings = new LRUCache<string, readonly Opening[]>({ max: 4_096 });

/**
 * Openings within a block, in ascending order and without overlap. A window that is open across the end of a block has
 * an opening in both blocks.
 * @param zones the window has to be open in all of them. Without zones, the window is never open.
 */
export function openingsOf(window: SendingWindow, zones: readonly string[], block: number): readonly Opening[] {
  const key = `${block} ${window.start} ${window.end} ${window.days} ${keyOf(zones)}`;
  const known = openings.get(key);
  if (known) return known;
  const found = findOpenings(window, zones, block);
  openings.set(key, found);
  return found;
}

/** Short keys of the frozen lists of `possibleZones`. The names of all zones of the world have 6 kB. */
const keys = new WeakMap<readonly string[], string>();
let lists = 0;

function keyOf(zones: readonly string[]): string {
  if (!Object.isFrozen(zones)) return zones.join();
  const known = keys.get(zones);
  if (known !== undefined) return known;
  lists += 1;
  keys.set(zones, `#${lists}`);
  return `#${lists}`;
}

function findOpenings(window: SendingWindow, zones: readonly string[], block: number): readonly Opening[] {
  const times = localTimes(window);
  let common: readonly Opening[] | undefined;
  for (const zone of zones) {
    const ofZone = spansOf(zone, block).flatMap((span) => openingsIn(times, span));
    common = common ? intersect(common, ofZone) : ofZone;
    if (common.length === 0) break;
  }
  return common ?? [];
}

/** Sending window in milliseconds after local midnight. `to` is beyond 24 hours if the window crosses midnight. */
interface LocalTimes {
  from: number;
  to: number;
  /** Whether the window starts on a weekday, by its index in `WEEKDAYS`. */
  startsOn: readonly boolean[];
}

function localTimes({ start, end, days }: SendingWindow): LocalTimes {
  const [from, to] = [millisecondsOf(start), millisecondsOf(end)];
  return { from, to: to > from ? to : to + DAY_MS, startsOn: WEEKDAYS.map((day) => days.includes(day)) };
}

function millisecondsOf(time: string): number {
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * MINUTE_MS;
}

/**
 * Openings of one zone while its offset is constant. Local times without a gap are shifted by the offset. Skipped local
 * times belong to no span, and repeated ones to two.
 */
function openingsIn(times: LocalTimes, { from, to, offset }: Span): Opening[] {
  const [localFrom, localTo] = [from + offset, to + offset];
  const found: Opening[] = [];
  // A window that started on the day before may still be open.
  for (let day = Math.floor(localFrom / DAY_MS) - 1; day * DAY_MS < localTo; day += 1) {
    if (!times.startsOn[weekdayOf(day)]) continue;
    const opens = Math.max(day * DAY_MS + times.from, localFrom);
    const closes = Math.min(day * DAY_MS + times.to, localTo);
    if (opens < closes) found.push({ from: opens - offset, to: closes - offset });
  }
  return found;
}

/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = WEEKDAYS.indexOf('THU');

/** @param day days since 1970-01-01 on the calendar. @returns index in `WEEKDAYS`. */
function weekdayOf(day: number): number {
  const weekday = (day + EPOCH_WEEKDAY) % WEEKDAYS.length;
  return weekday < 0 ? weekday + WEEKDAYS.length : weekday;
}

function intersect(some: readonly Opening[], others: readonly Opening[]): Opening[] {
  const found: Opening[] = [];
  let at = 0;
  for (const { from, to } of some) {
    for (; at < others.length; at += 1) {
      const other = others[at] as Opening;
      const common = { from: Math.max(from, other.from), to: Math.min(to, other.to) };
      if (common.from < common.to) found.push(common);
      if (other.to > to) break;
    }
  }
  return found;
}
