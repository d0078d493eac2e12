import { Gauge } from 'prom-client';
import type { Metrics } from '../platform/metrics.ts';

/** Links of this process to carriers. 1 for the current state of a link. */
export function watchLinks({ registry }: Metrics, links: () => { name: string; state: string }[]): void {
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
