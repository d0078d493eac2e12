import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { REQUEST_SECONDS } from '../platform/metrics.ts';
import type { Backlog } from '../queue/backlog.ts';
import type { OutboundQueue } from '../queue/job.ts';

export type OutboundMetrics = ReturnType<typeof createOutboundMetrics>;

/** Outcomes and durations of submits, and changes of the carrier. */
export function createOutboundMetrics(registry: Registry) {
  const registers = [registry];
  return {
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
      buckets: REQUEST_SECONDS,
      registers,
    }),
    rerouted: new Counter({
      name: 'redcloud_rerouted_total',
      help: 'Accepted messages that were moved from one carrier to another',
      labelNames: ['from', 'to'] as const,
      registers,
    }),
  };
}

interface WatchedLink {
  name: string;
  state: string;
  failureShare?: number | undefined;
}

/** Links of this process to carriers. */
export function watchLinks(registry: Registry, links: () => WatchedLink[]): void {
  new Gauge({
    name: 'redcloud_carrier_link',
    help:
      '1 for the current state of a link: up, throttled, silent, failing (the circuit breaker is open), misconfigured, ' +
      'down, paused or standby',
    labelNames: ['carrier', 'state'] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, state } of links()) this.set({ carrier: name, state }, 1);
    },
  });
  new Gauge({
    name: 'redcloud_carrier_failure_share',
    help: 'Share of failed submits of the last minute in this process, from 0 to 1. Absent without submits',
    labelNames: ['carrier'] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, failureShare } of links()) {
        if (failureShare !== undefined) this.set({ carrier: name }, failureShare);
      }
    },
  });
}

/** Waiting messages of each carrier, as the store reports them. */
export function watchCarrierQueues(
  registry: Registry,
  carriers: () => readonly { name: string; queue: OutboundQueue }[],
  backlog: Pick<Backlog, 'depthOf'>,
): void {
  const gauge = (name: string, help: string, pick: (of: { depth: number; oldestAgeSeconds: number }) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['carrier'] as const,
      registers: [registry],
      async collect() {
        // Without the store, these metrics have no value, and the other metrics are still reported.
        this.reset();
        const depths = await Promise.all(
          carriers().map(async ({ name: carrier, queue }) => ({ carrier, of: await backlog.depthOf(queue) })),
        ).catch(() => []);
        for (const { carrier, of } of depths) this.set({ carrier }, pick(of));
      },
    });
  gauge(
    'redcloud_carrier_queue_depth',
    'Messages that wait for a carrier, including scheduled ones',
    ({ depth }) => depth,
  );
  gauge(
    'redcloud_carrier_oldest_age_seconds',
    'Age of the oldest due message of a carrier',
    ({ oldestAgeSeconds }) => oldestAgeSeconds,
  );
}
