const FIRST_MS = 500;
const LONGEST_MS = 60_000;

/**
 * How long to wait before the next try to bind, after so many that failed: doubling from half a second to a minute. A
 * random half of it, so that the binds which a carrier has dropped together don't come back together.
 * @param failures in a row, 1 or more.
 * @param random from 0 up to, and without, 1.
 */
export function reconnectMs(failures: number, random: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return Math.round(whole / 2 + (whole / 2) * random);
}
