import type { Filters } from '../../ui/pages.ts';

export type Found = { messageId: string } | { filter: Filters };

/** What somebody looks for, by what it looks like: a message's id, a phone number, else a reference. */
export function meantBy(text: string): Found {
  const wanted = text.trim();
  if (/^msg_\w+$/.test(wanted)) return { messageId: wanted };
  const digits = wanted.replace(/[\s().-]/g, '');
  if (/^\+\d{7,15}$/.test(digits)) return { filter: { to: digits } };
  return { filter: { externalReference: wanted || undefined } };
}

const FILTERS = ['to', 'from', 'externalReference', 'status', 'direction', 'createdAfter', 'createdBefore'] as const;

/** The filters of an address, and no others: the API refuses what it does not know. */
export function filtersOf(given: URLSearchParams): Filters {
  return Object.fromEntries(FILTERS.map((name) => [name, given.get(name) || undefined]));
}

/** An address for filters; those without a value are left out. */
export function searchOf(filters: Filters): URLSearchParams {
  const set = Object.entries(filters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return new URLSearchParams(set);
}
