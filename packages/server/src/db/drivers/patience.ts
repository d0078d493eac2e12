import { persist } from '../batching/persist.ts';
import { DatabaseUnavailable, type Store } from '../db.ts';

/** Milliseconds for which the start of a process repeats work that has lost its connection. */
const START_MS = 10_000;

/** SQLSTATE of a server without a free connection. The operator has to raise a limit, and should learn it at once. */
export const TOO_MANY_CONNECTIONS = '53300';

/**
 * Repeats queries and transactions that lose their connection, while a process starts. All work of a start may be
 * repeated. A start blocks the event loop for a while, and then uses connections that have ended meanwhile. Without
 * repeats, a process could not start while a failover or a pooler ends connections again and again.
 * @returns function that ends the repeats. Later work has its own ways to handle a lost connection.
 */
export function repeatWhileStarting(store: Pick<Store, 'query' | 'transaction' | 'onTimeline'>): () => void {
  const { query, transaction, onTimeline } = store;
  const signal = AbortSignal.timeout(START_MS);
  store.query = (...given) => persist(() => query.apply(store, given) as Promise<never>, signal, isLost);
  store.transaction = (...given) => persist(() => transaction.apply(store, given) as Promise<never>, signal, isLost);
  store.onTimeline = (admit) => persist(() => onTimeline.call(store, admit), signal, isLost);
  return () => {
    Object.assign(store, { query, transaction, onTimeline });
  };
}

function isLost(error: unknown): boolean {
  if (!(error instanceof DatabaseUnavailable)) return false;
  return (error.cause as { code?: string } | undefined)?.code !== TOO_MANY_CONNECTIONS;
}
