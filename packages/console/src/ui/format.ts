const WHOLE = new Intl.NumberFormat('en');
const RATE = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const CLOCK = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });

export const whole = (value: number): string => WHOLE.format(value);
export const rate = (value: number): string => (value >= 100 ? whole(Math.round(value)) : RATE.format(value));
export const percent = (part: number, all: number): string =>
  all === 0 ? '–' : `${RATE.format(Math.floor((part / all) * 1000) / 10)} %`;

/** The time of day, with its day where that is not the day of `now`. */
export function moment(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const clock = CLOCK.format(at);
  return at.toDateString() === now.toDateString() ? clock : `${DAY.format(at)}, ${clock}`;
}

/** To the millisecond, for what happens within one second. */
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

/** How much later the second is, such as "+20 ms". */
export const later = (from: string, to: string): string =>
  `+${duration(Math.max(0, new Date(to).getTime() - new Date(from).getTime()) / 1000)}`;
