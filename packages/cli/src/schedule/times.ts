import { InvalidArgumentError } from 'commander';

/** Time on the command line. */
export interface TimeOption {
  /** As given. */
  text: string;
  /** Milliseconds since 1970. Undefined for a period. */
  at?: number;
  /** Milliseconds from a base. Undefined for a fixed time. */
  after?: number;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DAY_MS = 86_400_000;

const PERIOD = /^\+((?:\d{1,9}[smhd])+)$/;
const FIXED =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?\s?(Z|[+-]\d\d:\d\d|\[.+\]|[A-Za-z].*)$/;

const FORMS = 'Use 2026-12-24T18:00:00+01:00, "2026-12-24 18:00 Europe/Berlin", or a period from now such as +2h.';

/**
 * Parses RFC 3339, a local time followed by the IANA name of its zone, or a period such as `+2h` or `+1d12h`. A local
 * time without a zone is rejected, since the zones of this machine, the server and the recipients may differ.
 */
export function readTime(text: string): TimeOption {
  const [, period] = PERIOD.exec(text) ?? [];
  if (period !== undefined) return { text, after: periodMs(period) };
  const match = FIXED.exec(text);
  if (!match) throw new InvalidArgumentError(FORMS);
  const [, year, month, day, hour, minute, second = '0', fraction = '0', zone = ''] = match;
  const fields = [year, month, day, hour, minute, second].map(Number) as Fields;
  const wallMs = wallOf(fields);
  if (wallMs === undefined) throw new InvalidArgumentError(`There is no such date or time. ${FORMS}`);
  const at = zoned(wallMs + Number(fraction.padEnd(3, '0')), zone);
  return { text, at };
}

/** @param baseMs begin of a period, in milliseconds since 1970. @returns RFC 3339 */
export function momentFrom({ at, after = 0 }: TimeOption, baseMs: number): string {
  const ms = at ?? baseMs + after;
  // The largest time of a Date. The server rejects earlier ones already.
  if (Math.abs(ms) <= 8.64e15) return new Date(ms).toISOString();
  throw new InvalidArgumentError(FORMS);
}

function periodMs(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS[unit] ?? 0), 0);
}

type Fields = [year: number, month: number, day: number, hour: number, minute: number, second: number];

/** @returns the fields as if they were UTC, in milliseconds since 1970. Undefined for a date such as 31 February. */
function wallOf([year, month, day, hour, minute, second]: Fields): number | undefined {
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(ms);
  const isSame = read.getUTCMonth() === month - 1 && read.getUTCDate() === day && read.getUTCHours() === hour;
  return isSame && minute < 60 && second < 60 ? ms : undefined;
}

function zoned(wallMs: number, zone: string): number {
  if (zone === 'Z') return wallMs;
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (sign === undefined) return inZone(wallMs, zone.replace(/^\[(.+)\]$/, '$1'));
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? wallMs + offset : wallMs - offset;
}

/** Finds the instant at which the clocks of a zone show a time. A time that they skip or show twice is rejected. */
function inZone(wallMs: number, zone: string): number {
  const offsets = new Set([offsetAt(wallMs - DAY_MS, zone), offsetAt(wallMs + DAY_MS, zone)]);
  const instants = [...offsets].map((offset) => wallMs - offset).filter((ms) => ms + offsetAt(ms, zone) === wallMs);
  const [instant, other] = instants;
  if (instant === undefined) throw new InvalidArgumentError(`The clocks of ${zone} skip this time. Use another one.`);
  if (other === undefined) return instant;
  const both = instants.map((ms) => new Date(ms).toISOString()).toSorted();
  throw new InvalidArgumentError(`The clocks of ${zone} show this time twice. Use ${both.join(' or ')}.`);
}

/** @returns milliseconds by which the clocks of a zone are ahead of UTC */
function offsetAt(ms: number, zone: string): number {
  const whole = Math.floor(ms / 1000) * 1000;
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(whole)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const times = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, ...fields, ...times });
  } catch {
    throw new InvalidArgumentError(`${timeZone} is no time zone. ${FORMS}`);
  }
}
