import { Counter, Histogram, type Registry } from 'prom-client';
import { REQUEST_SECONDS } from '#platform/metrics.ts';

/** Limits of a request or connection that apply before the rules of a route. */
const LIMITS = [
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
const CREDENTIALS = ['client_secret', 'access_token', 'operator_token', 'session'] as const;

export type HttpMetrics = ReturnType<typeof createHttpMetrics>;

/** Durations of requests, exceeded limits and wrong credentials. */
export function createHttpMetrics(registry: Registry) {
  const registers = [registry];
  const metrics = {
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
      buckets: REQUEST_SECONDS,
      registers,
    }),
    httpLimited: new Counter({
      name: 'redcloud_http_limited_total',
      help: 'Connections closed or paused, and requests rejected, by limit',
      labelNames: ['limit'] as const,
      registers,
    }),
  };
  // Series begin at zero. An alert on an increase does not fire for a series that begins with its first event.
  for (const limit of LIMITS) metrics.httpLimited.inc({ limit }, 0);
  for (const kind of CREDENTIALS) for (const limited of ['true', 'false']) metrics.guesses.inc({ kind, limited }, 0);
  return metrics;
}
