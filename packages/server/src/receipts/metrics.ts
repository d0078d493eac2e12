import { Counter, type Registry } from 'prom-client';

export type ReceiptMetrics = ReturnType<typeof createReceiptMetrics>;

/** Counter of receipts. */
export function createReceiptMetrics(registry: Registry) {
  return {
    receipts: new Counter({
      name: 'redcloud_receipts_total',
      help: 'Receipts by state and match. Parked receipts match no submit yet',
      labelNames: ['carrier', 'state', 'match'] as const,
      registers: [registry],
    }),
  };
}
