import { Registry } from 'prom-client';
import { beforeEach } from 'vitest';
import { createMetrics, type Metrics } from '#app/metrics.ts';
import type { Report } from '#carriers/carrier.ts';
import { createTransitions, type PartReport, type Transitions } from '#messages/lifecycle/transition.ts';
import { createIds } from '#platform/ids.ts';
import { createLog } from '#platform/log.ts';
import { Queue } from '#queue/queue.ts';
import { Receipts, type ReceiptsParts } from '#receipts/receipts.ts';
import { TestClock } from './clock.ts';
import { testHolder } from './holder.ts';
import { ownStore } from './own-store.ts';

export const delivered = (carrierRef: string | null, reference: string | null = null): Report => ({
  carrierRef,
  reference,
  state: 'DELIVERED',
  error: null,
  raw: 'stat:DELIVRD',
});

/**
 * Opens a store for one test file, and creates the receipts module before each test.
 * @returns access to the module and to its parts, and functions that create and read messages.
 */
export function receiptsParts() {
  const db = ownStore();
  const clock = new TestClock();
  const ids = createIds(clock);
  let transitions: Transitions;
  let queue: Queue;
  let receipts: Receipts;
  let metrics: Metrics;

  beforeEach(() => {
    queue = new Queue({ db: db(), clock, holder: testHolder });
    transitions = createTransitions({ db: db(), queue });
    listen({ alone: false });
  });

  /** Replaces the module under test, like the start of another process. */
  function listen({
    alone,
    inFlight = { messages: 0, settled: async () => undefined },
  }: { alone: boolean } & Partial<ReceiptsParts>): void {
    metrics = createMetrics(new Registry());
    receipts = new Receipts({
      ...{ db: db(), transitions, queue, clock, inFlight, isAlone: () => alone },
      ...{ log: createLog('silent'), metrics },
    });
  }

  async function queued(parts = 1): Promise<string> {
    const id = ids.next('msg');
    await db().query(
      `insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
         delivery_guarantee, parts, status, sequence, created_at)
       values ($1, 'OUTBOUND', 'client', 'num', '+15551234567', '+15550000001', 'SMS', 'x', 'AT_MOST_ONCE', $2, 'QUEUED',
         1, $3)`,
      [id, parts, new Date(clock.now())],
    );
    return id;
  }

  /** Records a segment, like the outbound module after a submit. */
  async function record(
    messageId: string,
    carrierRef: string | null,
    part = 1,
    fields: Partial<PartReport> = {},
  ): Promise<void> {
    const report: PartReport = {
      messageId,
      part,
      state: carrierRef === null ? 'UNKNOWN' : 'SENT',
      carrier: 'acme',
      carrierRef,
      error: null,
      ...fields,
    };
    await transitions.transact((_tx, advance) => advance(new Date(clock.now()), [report]));
    await receipts.joinRecorded(report);
  }

  async function eventsOf(id: string): Promise<string[]> {
    const rows = await db().query<{ type: string }>('select type from events where message_id = $1 order by sequence', [
      id,
    ]);
    return rows.map(({ type }) => type);
  }

  async function statusOf(id: string): Promise<string | undefined> {
    const [row] = await db().query<{ status: string }>('select status from messages where id = $1', [id]);
    return row?.status;
  }

  return {
    ...{
      db,
      clock,
      metrics: () => metrics,
      receipts: () => receipts,
      transitions: () => transitions,
      queue: () => queue,
    },
    ...{ listen, queued, record, statusOf, eventsOf },
  };
}
