const FIRST_MS = 500;
const LONGEST_MS = 60_000;

/**
 * Wait before the next attempt to bind, in milliseconds. Doubles with each failure from half a second to a minute.
 * Half of the wait is random, so that binds that a carrier dropped together do not return together.
 * @param failures failed attempts in a row, 1 or more.
 * @param random random number, at least 0 and less than 1.
 */
export function reconnectMs(failures: number, random: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return Math.round(whole / 2 + (whole / 2) * random);
}
