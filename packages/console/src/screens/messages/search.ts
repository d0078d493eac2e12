import type { Filters } from '../../ui/pages.ts';

export type Found = { messageId: string } | { filter: Filters };

/**
 * Interprets a search text by its form: id of a message, of a rejected recipient or of a bulk send, phone number, or
 * reference.
 */
export function meantBy(text: string): Found {
  const wanted = text.trim();
  if (/^(msg|rej)_\w+$/.test(wanted)) return { messageId: wanted };
  if (/^bulk_[0-9A-Za-z]{1,64}$/.test(wanted)) return { filter: { bulkSendId: wanted } };
  if (!isPhoneNumber(wanted)) return { filter: { externalReference: wanted || undefined } };
  const isInternational = wanted.startsWith('+');
  // A 0 in parentheses is dialled only within the country.
  return { filter: { to: isInternational ? `+${wanted.replace('(0)', '').replace(/\D/g, '')}` : wanted } };
}

/**
 * Whether a text is a phone number. The API reads national spellings. Digits alone, or groups with hyphens, may be a
 * reference.
 */
function isPhoneNumber(text: string): boolean {
  const digits = text.replace(/\D/g, '').length;
  if (!/^\+?[\d\s().\-/\u2010-\u2015]+$/.test(text) || digits < 7 || digits > 15) return false;
  if (text.startsWith('+')) return true;
  return /[\s().]/.test(text) || /^(0|(1-)?\d{3}-\d{3}-\d{4}$)/.test(text);
}

/** Another interpretation of a search without results, or undefined. A rejected recipient can be any text. */
export function otherMeaning({
  to,
  externalReference,
  status,
}: Filters): { name: string; filter: Filters } | undefined {
  if (to && !to.startsWith('+')) return { name: 'reference', filter: { to: undefined, externalReference: to } };
  if (!externalReference || (status !== 'REJECTED' && !/^\d{7,15}$/.test(externalReference))) return undefined;
  return { name: 'recipient', filter: { to: externalReference, externalReference: undefined } };
}

const FILTERS = [
  'to',
  'from',
  'externalReference',
  'bulkSendId',
  'status',
  'direction',
  'createdAfter',
  'createdBefore',
] as const;

/** Reads the known filters of a URL. The API rejects unknown filters. */
export function filtersOf(given: URLSearchParams): Filters {
  return Object.fromEntries(FILTERS.map((name) => [name, given.get(name) || undefined]));
}

/** Writes filters to URL parameters, without empty values. */
export function searchOf(filters: Filters): URLSearchParams {
  const set = Object.entries(filters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return new URLSearchParams(set);
}
