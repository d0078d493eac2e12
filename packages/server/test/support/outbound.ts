import { Registry } from 'prom-client';
import { expect } from 'vitest';
import { createMetrics } from '#app/metrics.ts';
import type { Carrier, Submission, SubmitResult } from '#carriers/carrier.ts';
import type { Db } from '#db/db.ts';
import { createTransitions } from '#messages/lifecycle/transition.ts';
import { InFlight } from '#outbound/in-flight.ts';
import { Outbound, type OutboundParts } from '#outbound/outbound.ts';
import { createOutcomes } from '#outbound/outcomes.ts';
import { createIds } from '#platform/ids.ts';
import { createLog } from '#platform/log.ts';
import { Admission } from '#policies/admission.ts';
import { OUTBOUND } from '#queue/job.ts';
import { Queue } from '#queue/queue.ts';
import { TestClock } from './clock.ts';
import { testHolder } from './holder.ts';
import { ownStore } from './own-store.ts';
import { NO_POOLS, NO_SCHEDULE } from './pools.ts';

/** A carrier with prepared responses, used in the order of the submits. */
export function scripted(answers: SubmitResult[], took: Submission[]): Carrier {
  return {
    name: 'scripted',
    start: async () => undefined,
    stop: async () => undefined,
    state: () => 'up',
    capacity: () => 10,
    async submit(submission) {
      took.push(submission);
      return answers.shift() ?? { outcome: 'accepted', carrierRef: `ref-${took.length}` };
    },
  };
}

/** Admission with an opt-out of every recipient, if `optedOut` returns true. */
export function obstacleOf(optedOut: () => Promise<boolean>): OutboundParts['obstacle'] {
  const admission = new Admission({
    ...NO_POOLS,
    ...NO_SCHEDULE,
    optOuts: { among: async ({ recipients }) => new Set((await optedOut()) ? recipients : []) },
    shedding: { check: () => undefined },
    backlog: { waiting: () => ({ ofClient: 0, ofLane: 0 }), hold: () => () => undefined },
    limits: { perClient: 1, perNumber: 1 },
    delaySeconds: () => undefined,
  });
  return (message) => admission.obstacle(message);
}

/** Opens a store for one test file. @returns functions that create messages and run the outbound module. */
export function outboundTests() {
  const db: () => Db = ownStore();
  const clock = new TestClock();
  const ids = createIds(clock);
  let made: Queue | undefined;
  const queue = () => {
    made ??= new Queue({ db: db(), clock, holder: testHolder });
    return made;
  };

  async function message(guarantee: string, parts: number, purpose: string | null = null): Promise<string> {
    const id = ids.next('msg');
    await db().query(
      `insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
         delivery_guarantee, parts, status, sequence, created_at, purpose)
       values ($1, 'OUTBOUND', 'client', 'num', '+15551234567', '+15550000001', 'SMS', $4, $2, $3, 'QUEUED', 1, $5, $6)`,
      [id, guarantee, parts, 'ж'.repeat(67 * parts), new Date(clock.now()), purpose],
    );
    await queue().add(db(), 'outbound', [
      { subject: id, ordinal: OUTBOUND, client: 'client', lane: 'num', runAt: new Date(clock.now()) },
    ]);
    return id;
  }

  async function look(id: string) {
    const [row] = await db().query<{ status: string; code: string | null }>(
      `select status, error->>'code' as code from messages where id = $1`,
      [id],
    );
    return row;
  }

  /** Runs the outbound module with the responses until `done` holds, and advances the clock between polls. */
  async function run(
    answers: SubmitResult[],
    id: string,
    done: (status: string) => boolean | Promise<boolean>,
    capacity: number | (() => number) = 10,
    { optedOut = async () => false, ...replaced }: Partial<OutboundParts> & { optedOut?: () => Promise<boolean> } = {},
  ): Promise<Submission[]> {
    const took: Submission[] = [];
    const shared = {
      db: db(),
      queue: queue(),
      transitions: createTransitions({ db: db(), queue: queue() }),
      clock,
      log: createLog('silent'),
      metrics: createMetrics(new Registry()),
      pollMs: 10,
    };
    const outbound = new Outbound({
      ...shared,
      inFlight: new InFlight(),
      name: 'outbound',
      carrier: { ...scripted(answers, took), capacity: () => (typeof capacity === 'number' ? capacity : capacity()) },
      expireEveryMs: 20,
      outcomeDeadlineSeconds: 60,
      elsewhere: async () => undefined,
      isAccepted: async () => false,
      maySend: () => true,
      campaignOf: async () => null,
      prepare: async () => ({ state: 'ready', files: [] }),
      obstacle: obstacleOf(optedOut),
      quietUntil: async () => undefined,
      isCanceled: () => false,
      onRecorded: async () => undefined,
      onOptedOut: async () => undefined,
      ...replaced,
    });
    const outcomes = createOutcomes(shared);
    outbound.start();
    outcomes.start();
    await expect
      .poll(
        async () => {
          clock.advance(5_000);
          return done((await look(id))?.status ?? '');
        },
        { timeout: 15_000 },
      )
      .toBe(true);
    await outbound.stop(AbortSignal.abort());
    await outcomes.stop();
    return took;
  }

  return { db, clock, queue, message, look, run };
}
