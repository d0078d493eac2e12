import { Counter, type Registry } from 'prom-client';
import type { Log } from '#platform/log.ts';

export type MessageMetrics = ReturnType<typeof createMessageMetrics>;

/** Counters of messages by their progress. */
export function createMessageMetrics(registry: Registry) {
  const registers = [registry];
  return {
    accepted: new Counter({
      name: 'redcloud_messages_accepted_total',
      help: 'Messages accepted with 202',
      registers,
    }),
    replayed: new Counter({
      name: 'redcloud_sends_replayed_total',
      help: 'Send requests that got an idempotent response',
      registers,
    }),
    rejected: new Counter({
      name: 'redcloud_recipients_rejected_total',
      help: 'Rejected recipients of accepted send requests, by the error code that clients receive',
      labelNames: ['code'] as const,
      registers,
    }),
    finished: new Counter({
      name: 'redcloud_messages_finished_total',
      help: 'Messages that were delivered or failed',
      labelNames: ['status'] as const,
      registers,
    }),
    failures: new Counter({
      name: 'redcloud_messages_failed_total',
      help: 'Failed messages, by the error code that clients receive',
      labelNames: ['code'] as const,
      registers,
    }),
    unknown: new Counter({
      name: 'redcloud_messages_outcome_unknown_total',
      help: 'Messages whose submit had no response',
      registers,
    }),
    possibleDuplicates: new Counter({
      name: 'redcloud_possible_duplicates_total',
      help: 'Reports of carriers that show two accepted submits of one segment',
      labelNames: ['carrier'] as const,
      registers,
    }),
  };
}

/** Reports that a carrier may have accepted two submits of a message. */
export function notePossibleDuplicate(
  { log, metrics }: { log: Log; metrics: Pick<MessageMetrics, 'possibleDuplicates'> },
  { messageId, carrier }: { messageId: string; carrier: string },
): void {
  metrics.possibleDuplicates.inc({ carrier });
  log.warn({ event: 'possible_duplicate', code: 'POSSIBLE_DUPLICATE', messageId, carrier });
}

/** Counts a message that has reached its final status. */
export function countFinished(
  { finished, failures }: Pick<MessageMetrics, 'finished' | 'failures'>,
  { to, code }: { to: string; code: string | null },
): void {
  finished.inc({ status: to });
  if (code !== null) failures.inc({ code });
}
