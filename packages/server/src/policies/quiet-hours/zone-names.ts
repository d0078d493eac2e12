import { LRUCache } from 'lru-cache';

/** Time zone names of IANA begin with a letter. Intl also reads offsets such as `+01:00`, which know no daylight time. */
const NAME = /^[A-Z][A-Z0-9_+-]*(?:\/[A-Z0-9_+-]+)*$/i;
/**
 * Names that ICU reads and IANA does not have: abbreviations such as `PST` and `IST`, which are ambiguous, and
 * `SystemV/…`.
 */
const NO_IANA_NAME = /^(?!CET|EET|EST|GMT|HST|MET|MST|PRC|ROC|ROK|UCT|UTC|WET)[A-Z]{3}$|^SystemV\//i;

/** Canonical names by name in lower case. IANA has about 600 names, including aliases. */
const canonical = new LRUCache<string, string>({ max: 1_024 });

/**
 * Name of a time zone as Intl writes it. Aliases of one zone have the same canonical name.
 * @param name name in the IANA time zone database (https://www.iana.org/time-zones), in any case.
 * @returns undefined for a name that the runtime does not know, and for an offset such as `+01:00`.
 */
export function canonicalZone(name: string): string | undefined {
  const key = name.toLowerCase();
  const known = canonical.get(key);
  if (known !== undefined) return known;
  const found = lookUp(name);
  if (found !== undefined) canonical.set(key, found);
  return found;
}

/** Whether a text names a time zone of IANA, in any case. `Etc/Unknown` names none. */
export function isZone(name: string): boolean {
  return canonicalZone(name) !== undefined;
}

function lookUp(name: string): string | undefined {
  if (!NAME.test(name) || NO_IANA_NAME.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
