import { InvalidCallError } from '../errors.ts';

/** @returns RFC 3339. @throws InvalidCallError when the `Date` is invalid, which JSON would write as null */
export function momentOf(name: string, value: Date): string {
  if (Number.isFinite(value.getTime())) return value.toISOString();
  throw new InvalidCallError(
    `${name} is an invalid Date. Pass a valid one, or RFC 3339 text such as 2026-12-24T18:00:00Z.`,
  );
}

/** Returns a copy in which the times are text. Later changes of a `Date` by the caller have no effect. */
export function withMoments<T extends object>(params: T, names: readonly (keyof T & string)[]): T {
  const dates = names.flatMap((name) => {
    const value: unknown = params[name];
    return value instanceof Date ? [[name, momentOf(name, value)]] : [];
  });
  return dates.length === 0 ? params : { ...params, ...Object.fromEntries(dates) };
}
