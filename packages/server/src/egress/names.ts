import { lookup, Resolver } from 'node:dns';
import { LRUCache } from 'lru-cache';
import { CONNECT_MS } from './egress.ts';
import type { Resolve } from './targets.ts';

/**
 * Milliseconds within which the DNS must respond to a query. The system's resolver is then expected to respond as well.
 */
const RESPONSE_MS = 1_000;
/**
 * Milliseconds after which a name is queried again. The DNS servers of a name may have stopped responding since the
 * last query.
 */
const TRUSTED_MS = 60_000;
/** Maximum number of cached names whose DNS servers have responded. */
const KNOWN = 10_000;
/**
 * Maximum number of concurrent lookups of names with silent DNS servers. libuv runs two lookups at once (half of its
 * four threads). One of them stays free for other names.
 */
const DEAD_AT_ONCE = 1;

/** Resolvers of names. Tests replace both. */
export interface Resolvers {
  /**
   * Looks a name up by the rules of the system (hosts file, DNS). Occupies a thread until the response, or for a
   * timeout of many seconds.
   */
  system: Resolve;
  /** @returns whether the DNS responds for a name in time, with or without an address. Occupies no thread. */
  responds(name: string): Promise<boolean>;
}

/**
 * Resolves the names of webhooks. A name whose DNS servers do not respond occupies a thread for many seconds. A few
 * such names would delay the lookups of all clients. A query that needs no thread detects such names. The names are
 * then looked up one after the other.
 * @returns a function that fails with the resolver's error, or if a name is still waiting when its connection ends.
 */
export function createNames({ system, responds }: Resolvers = { system: lookup, responds: dnsResponds() }): Resolve {
  const trusted = new LRUCache<string, true>({ max: KNOWN, ttl: TRUSTED_MS });
  const waiting: { lookUp: (done: () => void) => void; fail: () => void; until: number }[] = [];
  let running = 0;

  function startNext(): void {
    while (running < DEAD_AT_ONCE) {
      const next = waiting.shift();
      if (!next) return;
      if (performance.now() >= next.until) next.fail();
      else {
        running += 1;
        next.lookUp(() => {
          running -= 1;
          startNext();
        });
      }
    }
  }

  return async (name, options, callback) => {
    const until = performance.now() + CONNECT_MS;
    // Clients cannot register names without a dot. Such names may be absent from the DNS, and belong to the operator's
    // network.
    if (!name.includes('.') || trusted.has(name) || (await responds(name))) {
      trusted.set(name, true);
      system(name, options, callback);
      return;
    }
    const lookUp = (done: () => void) =>
      system(name, options, (error, addresses) => {
        done();
        callback(error, addresses);
      });
    waiting.push({ lookUp, fail: () => callback(new Error(`no response of the DNS: ${name}`), []), until });
    startNext();
  };
}

/** @param servers DNS servers to query, as `127.0.0.1:53`. Default: those of the system. */
export function dnsResponds(servers?: readonly string[]): (name: string) => Promise<boolean> {
  return (name) => {
    const resolver = new Resolver({ timeout: RESPONSE_MS, tries: 1 });
    if (servers) resolver.setServers(servers);
    return new Promise((resolve) => resolver.resolve4(name, (error) => resolve(error?.code !== 'ETIMEOUT')));
  };
}
