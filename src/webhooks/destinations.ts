import { LRUCache } from 'lru-cache';

/** Where events are posted: a webhook's URL, parsed. */
export interface Destination {
  url: URL;
  /** The same for all spellings of a URL. */
  identity: string;
  origin: string;
  host: string;
}

/** Parsed URLs that one reader keeps. */
const KEPT = 1_000;

/** Scheme, host, port, path and query in their normal form (WHATWG URL): all that an endpoint sees of its URL. */
export function identityOf({ origin, pathname, search }: URL): string {
  return origin + pathname + search;
}

/** @returns the identity of a stored URL; the text itself if it is none. */
export function identityOfText(text: string): string {
  const url = URL.parse(text);
  return url ? identityOf(url) : text;
}

/** @returns a parser of stored URLs, which keeps the latest: an endpoint gets many events. */
export function createDestinations(): (text: string) => Destination {
  const kept = new LRUCache<string, Destination>({ max: KEPT });
  return (text) => {
    const known = kept.get(text);
    if (known) return known;
    const url = new URL(text);
    const made = { url, identity: identityOf(url), origin: url.origin, host: url.host };
    kept.set(text, made);
    return made;
  };
}
