import { LRUCache } from 'lru-cache';
import { batched } from '#db/batching/batch.ts';
import { type Cached, cached } from '#db/batching/cache.ts';
import { asJson, type Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import type { WebhookMetrics } from '../metrics.ts';
import { identityOfText } from './destinations.ts';
import { COUNTS, DISABLE, DISABLED, ENABLE, type EndpointState, NOTE, STATES, type StateRow } from './sql.ts';

/** Milliseconds without a success after which a failing endpoint is disabled. */
const FAILING_MS = 24 * 3_600_000;
/** Minimum number of failures before an endpoint is disabled. One event that failed a day ago is not sufficient. */
const FAILURES = 10;
/** Minimum number of failures since the last pause without attempts. An endpoint does not fail if nothing is sent. */
const RECENT = 5;
/** Milliseconds between two writes of successes, and between two writes of failures. */
const SUCCESS_MS = 60_000;
const FAILURE_MS = 10_000;
/** Maximum number of writes that this process caches. A removed entry costs a write. */
const MAX_WRITTEN = 10_000;
const GONE = 410;

interface Noted {
  client: string;
  url: string;
  at: Date;
  /** Whether any attempt succeeded. Failed attempts came after it. */
  ok: boolean;
  failures: number;
}

interface Written {
  ok: boolean;
  atMs: number;
  /** Failures that are not written yet. */
  failures: number;
}

export interface HealthParts {
  db: Db;
  clock: Clock;
  log: Log;
  metrics: Pick<WebhookMetrics, 'webhookEndpointsDisabled'>;
  /** Limits the stored endpoints of a client (expire-endpoints.ts). */
  trim(client: string): Promise<void>;
}

/**
 * Health of endpoints over days. An endpoint that is gone, or fails for a day, is disabled until its client enables it.
 * An endpoint is known by the identity of its URL, which is the same in every spelling.
 */
export class Health {
  readonly #parts: HealthParts;
  readonly #written = new LRUCache<string, Written>({ max: MAX_WRITTEN });
  readonly #disabled: Cached<ReadonlySet<string>>;
  /** One trim at a time. All new endpoints of a client in the meantime share the next trim. */
  readonly #limit: (client: string) => Promise<void>;
  readonly #note: (noted: Noted) => Promise<StateRow>;

  constructor(parts: HealthParts) {
    this.#parts = parts;
    const { db } = parts;
    this.#disabled = cached(db, async (client) => {
      const rows = await run(db, DISABLED, client);
      return new Set(rows.map(({ url }) => identityOfText(url)));
    });
    this.#limit = batched({
      maxWeight: 500,
      async run(clients) {
        for (const client of new Set(clients)) await parts.trim(client);
        return clients.map(() => undefined);
      },
    });
    this.#note = batched({
      maxWeight: 500,
      async run(noted) {
        const rows = await run(db, NOTE, asJson(merged(noted)));
        const found = new Map(rows.map((row) => [keyOf(row.client, row.url), row]));
        return noted.map(({ client, url }) => found.get(keyOf(client, url)) as StateRow);
      },
    });
  }

  /** @returns disabled endpoints of a client, by their identity. */
  disabled(client: string): Promise<ReadonlySet<string>> {
    return this.#disabled(client);
  }

  /**
   * Records the result of an attempt. Never throws, since the result only affects later attempts.
   * @param url identity of the endpoint.
   */
  async attempted(client: string, url: string, ok: boolean, statusCode: number | null): Promise<void> {
    const { clock, log } = this.#parts;
    const key = keyOf(client, url);
    try {
      if (statusCode === GONE) this.#written.delete(key);
      const noted = this.#due(key, ok);
      if (!noted) return;
      const { failingSince, failures, recent, isNew } = await this.#note({ client, url, ...noted });
      if (isNew) await this.#limit(client);
      const failingMs = failingSince ? clock.now() - failingSince.getTime() : 0;
      if (statusCode === GONE) await this.#disable(client, url, 'The endpoint responded 410 Gone');
      else if (failingMs >= FAILING_MS && failures >= FAILURES && recent >= RECENT) {
        await this.#disable(client, url, 'Only failures for 24 hours');
      }
    } catch (error) {
      // The next attempt is written again.
      this.#written.delete(key);
      log.warn({ event: 'webhook_endpoint_not_recorded', reason: (error as Error).message });
    }
  }

  /** @returns result to write now, or undefined if it is too early. */
  #due(key: string, ok: boolean): Omit<Noted, 'client' | 'url'> | undefined {
    const now = this.#parts.clock.now();
    const last = this.#written.get(key);
    const failures = ok ? 0 : (last?.failures ?? 0) + 1;
    // A recovery must be written at once. A failing endpoint fails again, so its failure can wait.
    const patience = ok ? (last?.ok ? SUCCESS_MS : 0) : FAILURE_MS;
    if (last && Math.abs(now - last.atMs) < patience) {
      last.failures = failures;
      return undefined;
    }
    this.#written.set(key, { ok, atMs: now, failures: 0 });
    return { at: new Date(now), ok, failures };
  }

  async #disable(client: string, url: string, because: string): Promise<void> {
    const { db, clock, log, metrics } = this.#parts;
    const done = await run(db, DISABLE, client, url, new Date(clock.now()), because);
    if (done.length === 0) return;
    this.#disabled.invalidate();
    metrics.webhookEndpointsDisabled.inc();
    log.warn({ event: 'webhook_endpoint_disabled', apiClientId: client, host: URL.parse(url)?.host, because });
  }

  /** @returns endpoints of a client with their states. */
  states(client: string): Promise<EndpointState[]> {
    return run(this.#parts.db, STATES, client);
  }

  /** @returns number of endpoints of all clients: known, failing and disabled ones. */
  async counts(): Promise<{ known: number; failing: number; disabled: number }> {
    const [counts] = await run(this.#parts.db, COUNTS);
    return counts ?? { known: 0, failing: 0, disabled: 0 };
  }

  /** Resumes the delivery of events to an endpoint. @param url in any spelling @returns whether it was disabled. */
  async enable(client: string, url: string): Promise<boolean> {
    const { db, log } = this.#parts;
    const identity = identityOfText(url);
    const rows = await run(db, DISABLED, client);
    const spellings = rows.map((row) => row.url).filter((spelling) => identityOfText(spelling) === identity);
    if (spellings.length === 0) return false;
    await run(db, ENABLE, client, spellings);
    this.#written.delete(keyOf(client, identity));
    this.#disabled.invalidate();
    log.info({ event: 'webhook_endpoint_enabled', apiClientId: client, host: URL.parse(url)?.host });
    return true;
  }
}

function keyOf(client: string, url: string): string {
  return `${client} ${url}`;
}

/** One row per endpoint, since a statement may not change a row twice. Failures add up since the last success. */
function merged(noted: readonly Noted[]): Noted[] {
  const byKey = new Map<string, Noted>();
  for (const one of noted) {
    const key = keyOf(one.client, one.url);
    const before = byKey.get(key);
    const failures = one.ok ? 0 : one.failures + (before?.failures ?? 0);
    byKey.set(key, { ...one, ok: one.ok || before?.ok === true, failures });
  }
  return [...byKey.values()];
}
