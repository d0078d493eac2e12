import type { Filters } from '../../ui/pages.ts';

export type Found = { messageId: string } | { filter: Filters };

/** Finds out what a text is by its form: a message's id, a phone number, else a reference. */
export function meantBy(text: string): Found {
  const wanted = text.trim();
  if (/^msg_\w+$/.test(wanted)) return { messageId: wanted };
  if (!isPhoneNumber(wanted)) return { filter: { externalReference: wanted || undefined } };
  const isInternational = wanted.startsWith('+');
  // A 0 in parentheses is dialled only within the country.
  return { filter: { to: isInternational ? `+${wanted.replace('(0)', '').replace(/\D/g, '')}` : wanted } };
}

/** The API reads national spellings. Digits alone may as well be a reference, and so may groups of them with hyphens. */
function isPhoneNumber(text: string): boolean {
  const digits = text.replace(/\D/g, '').length;
  if (!/^\+?[\d\s().\-/\u2010-\u2015]+$/.test(text) || digits < 7 || digits > 15) return false;
  if (text.startsWith('+')) return true;
  return /[\s().]/.test(text) || /^(0|(1-)?\d{3}-\d{3}-\d{4}$)/.test(text);
}

/** The other meaning of a search that found nothing; undefined when it has none. */
export function otherMeaning({ to, externalReference }: Filters): { name: string; filter: Filters } | undefined {
  if (to && !to.startsWith('+')) return { name: 'reference', filter: { to: undefined, externalReference: to } };
  if (!/^\d{7,15}$/.test(externalReference ?? '')) return undefined;
  return { name: 'recipient', filter: { to: externalReference, externalReference: undefined } };
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
