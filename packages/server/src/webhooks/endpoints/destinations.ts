import { LRUCache } from 'lru-cache';

/** Parsed URL of a webhook. */
export interface Destination {
  url: URL;
  /** The same for all spellings of a URL. */
  identity: string;
  origin: string;
  host: string;
}

/** Maximum number of parsed URLs that one reader caches. */
const KEPT = 1_000;

/** Scheme, host, port, path and query in normal form (WHATWG URL). An endpoint receives no other part of its URL. */
export function identityOf({ origin, pathname, search }: URL): string {
  return origin + pathname + search;
}

/** @returns identity of a stored URL, or the text itself if it is no URL. */
export function identityOfText(text: string): string {
  const url = URL.parse(text);
  return url ? identityOf(url) : text;
}

/** @returns a parser of stored URLs that caches the latest ones, since an endpoint gets many events. */
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
