import { Counter, type Registry } from 'prom-client';

export type InboundMetrics = ReturnType<typeof createInboundMetrics>;

/** Counters of messages from handsets, and of the replies to their keywords. */
export function createInboundMetrics(registry: Registry) {
  const registers = [registry];
  return {
    inbound: new Counter({
      name: 'redcloud_inbound_total',
      help: 'Messages from handsets: new, repeat, or unassigned for a number without a client',
      labelNames: ['carrier', 'outcome'] as const,
      registers,
    }),
    replies: new Counter({
      name: 'redcloud_auto_replies_total',
      help: 'Automatic replies to keywords, by outcome',
      labelNames: ['purpose', 'outcome'] as const,
      registers,
    }),
  };
}
