import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { REQUEST_SECONDS } from '../platform/metrics.ts';

export type OutboundMetrics = ReturnType<typeof createOutboundMetrics>;

/** Outcomes and durations of submits. */
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
  };
}

/** Links of this process to carriers. 1 for the current state of a link. */
export function watchLinks(registry: Registry, links: () => { name: string; state: string }[]): void {
  new Gauge({
    name: 'redcloud_carrier_link',
    help: '1 for the current state of a link: up, down, misconfigured or standby',
    labelNames: ['carrier', 'state'] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, state } of links()) this.set({ carrier: name, state }, 1);
    },
  });
}
