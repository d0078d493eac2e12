import { persist } from '#db/batching/persist.ts';
import { type Db, storable } from '#db/db.ts';
import type { EventRow } from '#events/events.ts';
import type { WebhookSecrets } from '#identity/webhook-secrets.ts';
import { loadEvents } from '#messages/lookup/events.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import type { Claimed } from '#queue/claim.ts';
import { type Job, nameOf } from '#queue/job.ts';
import type { QueueMetrics } from '#queue/metrics.ts';
import type { Queue } from '#queue/queue.ts';
import type { QueueShare } from '#queue/share.ts';
import { allOf, Worker } from '#queue/worker.ts';
import { Endpoints, type Target } from '../endpoints/endpoints.ts';
import type { Health } from '../endpoints/health.ts';
import { createTargetResolver, type Delivery } from '../endpoints/resolve-target.ts';
import type { WebhookMetrics } from '../metrics.ts';
import { EventOrder, type Ordered } from '../ordering/event-order.ts';
import type { Answer } from './exchange.ts';
import type { Poster } from './post.ts';
import { type Attempt, createRecord, type Work } from './record.ts';
import { nextAttempt, readRetryAfter } from './schedule.ts';
import { webhookHeaders } from './sign.ts';

const SLOTS = 1_024;
const POLL_MS = 250;
/** Pause of an overloaded endpoint that does not name a time (RFC 9110 §15.6.4, RFC 6585 §4). */
const PAUSE_SECONDS = 1;
/** Milliseconds for which an event is deferred if its endpoint has no free slot. Other events do not wait behind it. */
const FULL_MS = 1_000;

const SECRET_LOST: Answer = {
  statusCode: undefined,
  error: 'the webhook secret cannot be decrypted with this RC_SECRET_KEY',
  responseStart: '',
};

type Loaded = EventRow & Ordered;

export interface WebhookParts {
  db: Db;
  queue: Queue;
  webhookSecrets: Pick<WebhookSecrets, 'settings'>;
  numbers: Numbers;
  health: Health;
  clock: Clock;
  log: Log;
  metrics: WebhookMetrics & QueueMetrics;
  /** Closed after the last attempt. */
  poster: Poster;
  /** Seconds to wait after each failed attempt. */
  schedule: readonly number[];
  /** Limits the attempts that begin while requests have priority. */
  share?: QueueShare | undefined;
  pollMs?: number;
}

/**
 * Delivers events to endpoints: resolves the target, signs, posts and records. Each event is delivered at least once,
 * on the schedule.
 */
export class Webhooks {
  readonly #parts: WebhookParts;
  readonly #worker: Worker<Loaded>;
  readonly #poster: Poster;
  readonly #endpoints = new Endpoints();
  readonly #order = new EventOrder();
  readonly #stopping = new AbortController();
  #ending = false;
  /** @returns whether the job was still held. Otherwise nothing was recorded. */
  readonly #record: (work: Work) => Promise<boolean>;
  readonly #resolveTargets: ReturnType<typeof createTargetResolver>;

  constructor(parts: WebhookParts) {
    const { db, queue, log, share, pollMs = POLL_MS } = parts;
    this.#parts = parts;
    this.#poster = parts.poster;
    this.#record = createRecord(parts);
    this.#resolveTargets = createTargetResolver(parts);
    const events = loadEvents(db);
    this.#worker = new Worker<Loaded>({
      db,
      queue,
      log,
      name: 'webhooks',
      slots: () => SLOTS,
      async load(jobs) {
        // Read before the next claim. Jobs of that claim are held by then, and no longer count as waiting.
        const [rows, behind] = await Promise.all([events(jobs), queue.behind(jobs)]);
        return rows.map((row, i) => ({ ...row, behind: behind[i] }));
      },
      direct: true,
      allowance: () => this.#endpoints.allowance(),
      onDrained: () => this.#endpoints.drained(),
      share,
      pollMs,
      handle: (claimed, release) => this.#handle(claimed, release),
    });
  }

  start(): void {
    this.#worker.start();
  }

  /** Looks for due jobs now. */
  look(): void {
    this.#worker.look();
  }

  /**
   * Claims no more jobs. When `signal` is aborted, attempts under way are returned to the queue, as neither success nor
   * failure.
   */
  async stop(signal: AbortSignal): Promise<void> {
    this.#ending = true;
    this.#endpoints.stop();
    const giveUp = () => {
      this.#stopping.abort();
      this.#poster.stop();
    };
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    await this.#worker.stop(signal);
    this.#poster.close();
  }

  async #handle(claimed: Claimed<Loaded>[], release: (count: number) => void): Promise<void> {
    const reading = persist(() => this.#resolveTargets(claimed), this.#stopping.signal);
    // The read may fail before any job waits for it, which must not be an unhandled rejection.
    reading.catch(() => undefined);
    await allOf(
      this.#order.sorted(claimed).map(async ({ job, loaded, direct = false }) => {
        // In order from here on. An event whose settings are read sooner must not be sent sooner.
        const { work, delivery } = await this.#order.next(job, async () => {
          const delivery = (await reading).get(nameOf(job));
          const work = await this.#attempt(job, delivery, direct, loaded);
          if (work.outcome === 'GIVEN_BACK') this.#order.deferred(job, work.runAt);
          else this.#order.passed(job);
          return { work, delivery };
        });
        const held = await persist(() => this.#record(work), this.#stopping.signal);
        if (held) this.#order.returned(job, this.#parts.clock.now());
        else this.#order.passed(job);
        this.#tell(work, held, delivery);
        release(1);
      }),
    );
  }

  async #attempt(job: Job, delivery: Delivery | undefined, isDirect: boolean, event: Ordered): Promise<Work> {
    if (!delivery) return { job, outcome: 'NOWHERE' };
    if (this.#ending) return this.#givenBack(job, delivery);
    const target = targetOf(delivery);
    const now = this.#parts.clock.now();
    const until =
      this.#order.waitUntil(job, event, now, isDirect) ?? this.#endpoints.pausedUntil(target, now, isDirect);
    if (until !== undefined) return this.#givenBack(job, delivery, until - now);
    if (!(await this.#endpoints.enter(target, isDirect))) {
      this.#worker.overflow();
      // Deferred if the number has other endpoints, so that their events do not wait behind this one.
      const deferred = !isDirect && !this.#ending && this.#endpoints.hasOthers(target);
      return this.#givenBack(job, delivery, deferred ? FULL_MS : 0);
    }
    let answeredMs: number | undefined;
    try {
      const startedAt = performance.now();
      const work = await this.#post(job, delivery);
      if ('url' in work) {
        if (work.statusCode !== null) answeredMs = performance.now() - startedAt;
        this.#note(target, delivery.destination.identity, work);
      }
      return work;
    } finally {
      this.#endpoints.leave(target, answeredMs);
    }
  }

  /** Applies the result of an attempt to later attempts. */
  #note(target: Target, endpoint: string, { outcome, statusCode, pauseSeconds }: Attempt): void {
    const { health, clock } = this.#parts;
    if (pauseSeconds !== undefined) this.#endpoints.pause(target, clock.now(), pauseSeconds * 1000);
    void health.attempted(target.client, endpoint, outcome === 'DELIVERED', statusCode);
  }

  /** Returns a job to its former place in the queue. The next event of its message must not overtake it. */
  #givenBack(job: Job, { body }: Delivery, afterMs = 0): Work {
    const runAt = this.#order.dueTime(job, body.occurredAt, this.#parts.clock.now(), afterMs);
    return { job, outcome: 'GIVEN_BACK', runAt };
  }

  async #post(job: Job, delivery: Delivery): Promise<Work> {
    const attemptedAt = new Date(this.#parts.clock.now());
    if (!delivery.secrets) return this.#judge(job, delivery.url, SECRET_LOST, attemptedAt);
    const body = JSON.stringify(delivery.body);
    const headers = webhookHeaders(delivery.secrets, delivery.body.eventId, attemptedAt.getTime(), body);
    const answer = await this.#poster.post(delivery.destination.url, headers, body);
    // A shutdown is neither success nor failure, and the endpoint may be shutting down along with this process.
    if (answer.error && this.#ending) return this.#givenBack(job, delivery);
    return this.#judge(job, delivery.url, answer, attemptedAt);
  }

  #judge(job: Job, url: string, answer: Answer, attemptedAt: Date): Attempt {
    const { statusCode, error, reason, responseStart, retryAfter } = answer;
    const now = this.#parts.clock.now();
    const at = new Date(now);
    const asked = readRetryAfter(retryAfter, at);
    const gone = statusCode === 410;
    const next = error && !gone ? nextAttempt(job.attempt, at, this.#parts.schedule, asked) : undefined;
    return {
      job,
      outcome: next?.kind === 'retry' ? 'RETRY' : error ? 'GIVEN_UP' : 'DELIVERED',
      url,
      statusCode: statusCode ?? null,
      error: error ?? null,
      reason,
      responseStart: error ? storable(responseStart) : null,
      durationMs: Math.max(0, Math.round(now - attemptedAt.getTime())),
      attemptedAt,
      retryAt: next?.kind === 'retry' ? next.at : undefined,
      pauseSeconds: statusCode === 429 || statusCode === 503 ? (asked ?? PAUSE_SECONDS) : undefined,
    };
  }

  /** Counts and logs a recorded result. A process that holds the job by now reports its own attempt. */
  #tell(work: Work, held: boolean, delivery: Delivery | undefined): void {
    const { log, metrics } = this.#parts;
    if (!held) metrics.fenced.inc({ queue: 'webhooks' });
    if (!held || !delivery || !('url' in work)) return;
    const { body, destination } = delivery;
    const { job, outcome, statusCode, error, reason, durationMs, attemptedAt, retryAt } = work;
    metrics.webhookAttempts.inc({ outcome: outcome.toLowerCase() });
    metrics.webhookSeconds.observe(durationMs / 1000);
    if (outcome === 'DELIVERED') {
      metrics.webhookLagSeconds.observe((attemptedAt.getTime() + durationMs - Date.parse(body.occurredAt)) / 1000);
    }
    log[outcome === 'DELIVERED' ? 'info' : 'warn']({
      event: 'webhook',
      outcome,
      eventId: body.eventId,
      type: body.type,
      messageId: body.messageId,
      apiClientId: body.apiClientId,
      host: destination.host,
      attempt: job.attempt,
      statusCode,
      error,
      reason,
      ms: durationMs,
      retryAt,
    });
  }
}

function targetOf({ body, destination }: Delivery): Target {
  return { client: body.apiClientId, lane: body.numberId, origin: destination.origin };
}
