import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Queues of jobs (queue/job.ts). */
export const QUEUES = ['outbound', 'outcomes', 'webhooks', 'replies'] as const;
/** Limits of a request or connection that apply before the rules of a route (http/). */
const HTTP_LIMITS = [
  'connections',
  'unanswered_requests',
  'parsed_requests',
  'headers_timeout',
  'body_timeout',
  'unread_timeout',
  'client_requests',
  'send_octets',
  'operator_requests',
  'unauthenticated_requests',
] as const;
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LIFETIME_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86_400];

export type Metrics = ReturnType<typeof createMetrics>;

/** Metrics for operators. docs/operations.md documents names and labels. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const metrics = {
    registry,
    accepted: new Counter({
      name: 'redcloud_messages_accepted_total',
      help: 'Messages accepted with 202',
      registers,
    }),
    replayed: new Counter({
      name: 'redcloud_sends_replayed_total',
      help: 'Send requests answered with an idempotent response',
      registers,
    }),
    submits: new Counter({
      name: 'redcloud_submits_total',
      help: 'Segments submitted to a carrier, by outcome',
      labelNames: ['carrier', 'outcome'] as const,
      registers,
    }),
    submitSeconds: new Histogram({
      name: 'redcloud_submit_seconds',
      help: 'Time from a submit to its response',
      labelNames: ['carrier'] as const,
      buckets: SECONDS,
      registers,
    }),
    finished: new Counter({
      name: 'redcloud_messages_finished_total',
      help: 'Messages that were delivered or failed',
      labelNames: ['status'] as const,
      registers,
    }),
    unknown: new Counter({
      name: 'redcloud_messages_outcome_unknown_total',
      help: 'Messages whose submit had no response',
      registers,
    }),
    fenced: new Counter({
      name: 'redcloud_outcomes_fenced_total',
      help: 'Outcomes rejected because another process had the lease',
      labelNames: ['queue'] as const,
      registers,
    }),
    receipts: new Counter({
      name: 'redcloud_receipts_total',
      help: 'Receipts by state and match. Parked receipts match no submit yet',
      labelNames: ['carrier', 'state', 'match'] as const,
      registers,
    }),
    inbound: new Counter({
      name: 'redcloud_inbound_total',
      help: 'Messages from handsets: new, repeat, or nobody for a number without a client',
      labelNames: ['carrier', 'outcome'] as const,
      registers,
    }),
    optOutChanges: new Counter({
      name: 'redcloud_opt_out_changes_total',
      help: 'Opt-outs recorded and removed, by origin',
      labelNames: ['change', 'origin'] as const,
      registers,
    }),
    replies: new Counter({
      name: 'redcloud_auto_replies_total',
      help: 'Automatic replies to keywords, by outcome',
      labelNames: ['purpose', 'outcome'] as const,
      registers,
    }),
    failures: new Counter({
      name: 'redcloud_messages_failed_total',
      help: 'Failed messages, by the error code that clients receive',
      labelNames: ['code'] as const,
      registers,
    }),
    webhookAttempts: new Counter({
      name: 'redcloud_webhook_attempts_total',
      help: 'Webhook attempts by outcome',
      labelNames: ['outcome'] as const,
      registers,
    }),
    webhookEndpointsDisabled: new Counter({
      name: 'redcloud_webhook_endpoints_disabled_total',
      help: 'Endpoints disabled after a 410 or a day of failures',
      registers,
    }),
    webhookSeconds: new Histogram({
      name: 'redcloud_webhook_seconds',
      help: 'Duration of webhook attempts',
      buckets: SECONDS,
      registers,
    }),
    webhookLagSeconds: new Histogram({
      name: 'redcloud_webhook_lag_seconds',
      help: 'Time from an event to its delivery',
      buckets: LIFETIME_SECONDS,
      registers,
    }),
    guesses: new Counter({
      name: 'redcloud_guesses_total',
      help: 'Wrong credentials, by kind. Limited ones were rejected with 429',
      labelNames: ['kind', 'limited'] as const,
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'redcloud_http_request_seconds',
      help: 'Duration of HTTP requests, by route and status',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: SECONDS,
      registers,
    }),
    httpLimited: new Counter({
      name: 'redcloud_http_limited_total',
      help: 'Connections closed or paused, and requests rejected, by limit',
      labelNames: ['limit'] as const,
      registers,
    }),
  };
  // Series begin at zero. An alert on an increase does not see a series that begins with its first event.
  for (const queue of QUEUES) metrics.fenced.inc({ queue }, 0);
  for (const limit of HTTP_LIMITS) metrics.httpLimited.inc({ limit }, 0);
  for (const outcome of ['delivered', 'retry', 'given_up']) metrics.webhookAttempts.inc({ outcome }, 0);
  for (const kind of ['client_secret', 'access_token', 'operator_token', 'session'])
    for (const limited of ['true', 'false']) metrics.guesses.inc({ kind, limited }, 0);
  return metrics;
}

/** Counts a message that has reached its final status. */
export function countFinished(
  { finished, failures }: Metrics,
  { to, code }: { to: string; code: string | null },
): void {
  finished.inc({ status: to });
  if (code !== null) failures.inc({ code });
}

/** Counters of a process since its start, for the overview of all processes. */
export interface Tally {
  accepted: number;
  sent: number;
  delivered: number;
  failed: number;
  webhooksDelivered: number;
  webhooksFailed: number;
  failures: Record<string, number>;
  /** Segments submitted to each carrier, by outcome. */
  submits: Record<string, Record<string, number>>;
}

export async function tally({ accepted, submits, finished, failures, webhookAttempts }: Metrics): Promise<Tally> {
  const sum = async (counter: Counter<string>, label?: string, value?: string) => {
    const { values } = await counter.get();
    const counted = values.filter(({ labels }) => label === undefined || labels[label] === value);
    return counted.reduce((total, each) => total + each.value, 0);
  };
  const { values } = await failures.get();
  return {
    accepted: await sum(accepted),
    sent: await sum(submits, 'outcome', 'accepted'),
    delivered: await sum(finished, 'status', 'DELIVERED'),
    failed: await sum(finished, 'status', 'FAILED'),
    webhooksDelivered: await sum(webhookAttempts, 'outcome', 'delivered'),
    webhooksFailed: (await sum(webhookAttempts)) - (await sum(webhookAttempts, 'outcome', 'delivered')),
    failures: Object.fromEntries(values.map(({ labels, value }) => [String(labels.code), value])),
    submits: await byCarrier(submits),
  };
}

async function byCarrier(submits: Metrics['submits']): Promise<Tally['submits']> {
  const carriers: Tally['submits'] = {};
  for (const { labels, value } of (await submits.get()).values) {
    const carrier = String(labels.carrier);
    carriers[carrier] = { ...carriers[carrier], [String(labels.outcome)]: value };
  }
  return carriers;
}

/** Whether the store responds, as in /health/ready. */
export function watchStore({ registry }: Metrics, reachable: () => Promise<boolean>): void {
  new Gauge({
    name: 'redcloud_store_up',
    help: '1 if the store responds within two seconds, otherwise 0',
    registers: [registry],
    async collect() {
      this.set((await reachable()) ? 1 : 0);
    },
  });
}
