import { Counter, Histogram, type Registry } from 'prom-client';
import { REQUEST_SECONDS } from '#platform/metrics.ts';

/** Upper bounds in seconds, from an immediate delivery to one after a day of failures. */
const LAG_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86_400];

export type WebhookMetrics = ReturnType<typeof createWebhookMetrics>;

/** Attempts, their durations, and disabled endpoints. */
export function createWebhookMetrics(registry: Registry) {
  const registers = [registry];
  const metrics = {
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
      buckets: REQUEST_SECONDS,
      registers,
    }),
    webhookLagSeconds: new Histogram({
      name: 'redcloud_webhook_lag_seconds',
      help: 'Time from an event to its delivery',
      buckets: LAG_SECONDS,
      registers,
    }),
  };
  // Series begin at zero. An alert on an increase does not fire for a series that begins with its first event.
  for (const outcome of ['delivered', 'retry', 'given_up']) metrics.webhookAttempts.inc({ outcome }, 0);
  return metrics;
}
