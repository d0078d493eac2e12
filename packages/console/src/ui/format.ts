const WHOLE = new Intl.NumberFormat('en');
const RATE = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const CLOCK = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const DAY_OF_YEAR = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });

export const whole = (value: number): string => WHOLE.format(value);
export const rate = (value: number): string => (value >= 100 ? whole(Math.round(value)) : RATE.format(value));
export const percent = (part: number, all: number): string =>
  all === 0 ? '–' : `${RATE.format(Math.floor((part / all) * 1000) / 10)} %`;

/** Formats the time of day. Adds the day unless it is that of `now`, and the year unless it is that of `now`. */
export function moment(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const clock = CLOCK.format(at);
  if (at.toDateString() === now.toDateString()) return clock;
  const day = at.getFullYear() === now.getFullYear() ? DAY : DAY_OF_YEAR;
  return `${day.format(at)}, ${clock}`;
}

/** Formats a time in UTC to the second, such as "2026-12-24 18:00:00 UTC". */
export const utc = (iso: string): string => `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** IANA name of the local time zone. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Converts a time of the API to the value of a `datetime-local` input. Empty for an invalid time. */
export function localOf(iso: string | undefined): string {
  const at = new Date(iso ?? '');
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return Number.isNaN(local.getTime()) ? '' : local.toISOString().slice(0, 16);
}

/** Converts the value of an input to UTC. Undefined for an invalid time, such as one in the year 12345. */
export function momentOf(local: string): string | undefined {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Formats a time to the millisecond. */
export function precise(iso: string): string {
  const at = new Date(iso);
  return `${CLOCK.format(at)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** @param seconds 0 or more. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${RATE.format(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** Formats the size of a file. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${RATE.format(bytes / 1000)} KB` : `${RATE.format(bytes / 1_000_000)} MB`;
}

/** Difference between two times, such as "+20 ms". */
export const later = (from: string, to: string): string =>
  `+${duration(Math.max(0, new Date(to).getTime() - new Date(from).getTime()) / 1000)}`;

/** Returns labels for a choice. Entries with the same name get their id as a suffix. */
export function toldApart<One extends { id: string; name: string }>(all: readonly One[]): (one: One) => string {
  const times = Map.groupBy(all, ({ name }) => name);
  return ({ id, name }) => ((times.get(name)?.length ?? 0) > 1 ? `${name} · ${id}` : name);
}
