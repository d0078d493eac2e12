import type { Registry } from 'prom-client';
import { createHttpMetrics, type HttpMetrics } from '#entrances/http/metrics.ts';
import { createInboundMetrics, type InboundMetrics } from '#inbound/metrics.ts';
import { createMessageMetrics, type MessageMetrics } from '#messages/lifecycle/metrics.ts';
import { createOptOutMetrics, type OptOutMetrics } from '#optouts/metrics.ts';
import { createOutboundMetrics, type OutboundMetrics } from '#outbound/metrics.ts';
import { createQueueMetrics, type QueueMetrics } from '#queue/metrics.ts';
import { createReceiptMetrics, type ReceiptMetrics } from '#receipts/metrics.ts';
import { createWebhookMetrics, type WebhookMetrics } from '#webhooks/metrics.ts';

/** Metrics of all modules. Each module takes its own. docs/operations.md documents names and labels. */
export type Metrics = HttpMetrics &
  InboundMetrics &
  MessageMetrics &
  OptOutMetrics &
  OutboundMetrics &
  QueueMetrics &
  ReceiptMetrics &
  WebhookMetrics;

/** Registers the metrics of all modules, in every role. */
export function createMetrics(registry: Registry): Metrics {
  return {
    ...createHttpMetrics(registry),
    ...createInboundMetrics(registry),
    ...createMessageMetrics(registry),
    ...createOptOutMetrics(registry),
    ...createOutboundMetrics(registry),
    ...createQueueMetrics(registry),
    ...createReceiptMetrics(registry),
    ...createWebhookMetrics(registry),
  };
}
