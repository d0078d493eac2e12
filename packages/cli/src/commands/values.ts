import { randomUUID } from 'node:crypto';
import { InvalidArgumentError, Option } from 'commander';

/** Parses a whole number from 1 to a limit. */
export function atMost(limit: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= 1 && value <= limit) return value;
    throw new InvalidArgumentError(`Use a whole number from 1 to ${limit}.`);
  };
}

/** Collects the values of a repeatable option. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** Splits a list with commas. */
export function list(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.every((item) => item !== '')) return items;
  throw new InvalidArgumentError('Use values separated by commas.');
}

/** Parses `yes` or `no`. */
export function yesOrNo(text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new InvalidArgumentError('Use yes or no.');
}

/** Option with a key that is created before the request, so that the key can be printed after any error. */
export function key(): Option {
  const option = new Option('--key <key>', 'Idempotency key (the same command with the same key runs only once)');
  return option.default(randomUUID(), 'random');
}

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses a period before now, such as `2h` (units s, m, h, d), or a time in RFC 3339. @returns RFC 3339 */
export function since(text: string, now = Date.now()): string {
  const [, amount, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const at = amount === undefined ? momentOf(text) : now - Number(amount) * (UNITS[unit] ?? 0);
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15)
    throw new InvalidArgumentError('Use 30m, 2h, 7d or 2026-11-23T10:00:00Z.');
  return new Date(at).toISOString();
}

/** Stricter than `Date.parse`, which also accepts ambiguous input such as `5` or `March`. */
function momentOf(text: string): number {
  return /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
}
