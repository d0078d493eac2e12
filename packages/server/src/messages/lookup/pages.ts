import { type IdKind, idFrom } from '#platform/ids.ts';

/** A row that a filter has examined, and whether it matches. */
export interface Examined {
  id: string;
  fits: boolean;
}

/** Part of a list to examine: ids below `before`, from `start` on. */
export interface Range {
  start: string;
  before: string;
}

/** Maximum rows examined per page for conditions without an index. Limits the cost of a page, however few rows match. */
const EXAMINED = 2_000;

/** @param before id. The page begins with the row before it. Absent: with the newest row. */
export function rangeOf(
  kind: IdKind,
  { createdAfter, createdBefore }: { createdAfter?: Date | undefined; createdBefore?: Date | undefined },
  before: string | undefined,
): Range {
  // A tilde sorts after every id.
  const end = createdBefore ? idFrom(kind, createdBefore.getTime()) : `${kind}_~`;
  const start = createdAfter ? idFrom(kind, createdAfter.getTime()) : '';
  return { start, before: before !== undefined && before < end ? before : end };
}

/** @param sifts whether a condition has no index. */
export const mostExamined = (sifts: boolean, limit: number): number => (sifts ? EXAMINED : limit + 1);

/**
 * Selects the ids of a page from the examined rows, newest first.
 * @param most maximum number of rows that were to be examined.
 * @returns `before`: cursor of the next page. Undefined: there are no more rows.
 */
export function pageOf(
  examined: readonly Examined[],
  most: number,
  limit: number,
): { ids: string[]; before: string | undefined } {
  const fitting = examined.filter(({ fits }) => fits).map(({ id }) => id);
  const ids = fitting.slice(0, limit);
  const more = fitting.length > limit || examined.length === most;
  const last = fitting.length >= limit ? ids.at(-1) : examined.at(-1)?.id;
  return { ids, before: more ? last : undefined };
}
