import { Counter, Gauge, type Registry } from 'prom-client';
import type { Backlog, Depth } from './backlog.ts';
import { BASE_QUEUES } from './job.ts';

export type QueueMetrics = ReturnType<typeof createQueueMetrics>;

/** Counter of outcomes of jobs that were no longer held. */
export function createQueueMetrics(registry: Registry) {
  const fenced = new Counter({
    name: 'redcloud_outcomes_fenced_total',
    help: 'Outcomes rejected because another process had the lease',
    labelNames: ['queue'] as const,
    registers: [registry],
  });
  // Series begin at zero. An alert on an increase does not fire for a series that begins with its first event.
  for (const queue of BASE_QUEUES) fenced.inc({ queue }, 0);
  return { fenced };
}

/** Depth and age of the queues, as the store reports them. */
export function watchQueues(registry: Registry, backlog: Backlog): void {
  let asked: Promise<Depth[]> | undefined;
  const once = () => {
    asked ??= backlog.depths().finally(() => {
      asked = undefined;
    });
    return asked;
  };
  const gauge = (name: string, help: string, read: () => Promise<{ queue: string; value: number }[]>) =>
    new Gauge({
      name,
      help,
      labelNames: ['queue'] as const,
      registers: [registry],
      async collect() {
        // An unreachable store must not remove the other metrics. The metrics of queues have no value then.
        this.reset();
        const values = await read().catch(() => undefined);
        if (!values) return;
        for (const queue of BASE_QUEUES) this.set({ queue }, values.find((one) => one.queue === queue)?.value ?? 0);
      },
    });
  gauge('redcloud_queue_depth', 'Waiting jobs, including scheduled ones', async () =>
    (await once()).map(({ queue, depth }) => ({ queue, value: depth })),
  );
  gauge('redcloud_queue_leased', 'Leased jobs of all processes', async () =>
    (await backlog.leased()).map(({ queue, count }) => ({ queue, value: count })),
  );
  gauge('redcloud_queue_oldest_age_seconds', 'Age of the oldest due job', async () =>
    (await once()).map(({ queue, oldestAgeSeconds }) => ({ queue, value: oldestAgeSeconds })),
  );
}

/** Worker share of the process, and the estimated delay of new messages. */
export function watchPriorities(registry: Registry, read: { workerShare(): number; delaySeconds(): number }): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  gauge('redcloud_worker_share', 'Worker share, from 0.2 to 1. Requests have priority below 1', read.workerShare);
  gauge(
    'redcloud_estimated_delay_seconds',
    'Longest estimated time of a sender until a new message is submitted. Limited by RC_MAX_DELAY_SECONDS',
    read.delaySeconds,
  );
}
