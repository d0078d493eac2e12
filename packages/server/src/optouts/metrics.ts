import { Counter, type Registry } from 'prom-client';

export type OptOutMetrics = ReturnType<typeof createOptOutMetrics>;

/** Counter of changes of opt-outs. */
export function createOptOutMetrics(registry: Registry) {
  return {
    optOutChanges: new Counter({
      name: 'redcloud_opt_out_changes_total',
      help: 'Opt-outs recorded and removed, by origin',
      labelNames: ['change', 'origin'] as const,
      registers: [registry],
    }),
  };
}
