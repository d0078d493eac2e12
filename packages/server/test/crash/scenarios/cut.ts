import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../harness.ts';
import type { Fault, Moment, Point } from '../points.ts';

const STEPS: readonly [Point, readonly Moment[]][] = [
  ['accept', ['sent', 'answered']],
  ['claim.outbound', ['sent', 'answered']],
  ['claim.webhooks', ['sent']],
  ['record.end', ['sent']],
  ['record.commit', ['before', 'sent', 'answered']],
  ['receipt.commit', ['before', 'sent', 'answered']],
  ['attempt', ['sent', 'answered']],
];

const CUTS = 20;
const EVERY = 3;

/** A connection repeatedly ends at a step. The process continues and must determine the outcome of the statement. */
function cut(point: Point, moment: Moment): Scenario {
  const faults = Array.from({ length: CUTS }, (_, i): Fault => ({ point, moment, nth: 1 + i * EVERY, action: 'cut' }));
  return {
    name: `cut ${point} ${moment}`,
    members: [{ name: 'a', faults }, { name: 'b' }],
    excuses: { store: true },
    pauseAtMost: 5,
    async run(arena) {
      await arena.fired('a');
      await delay(6_000);
      await arena.handedOver(Date.now());
    },
  };
}

/** A dead process is evicted, but its leases are not released, because the connection ended in between. */
const burial: Scenario = {
  name: 'cut heartbeat.free before',
  members: [
    { name: 'a' },
    {
      name: 'b',
      faults: [1, 2].map((nth): Fault => ({ point: 'heartbeat.free', moment: 'before', nth, action: 'cut' })),
    },
  ],
  excuses: { unknown: true, store: true },
  pauseAtMost: 15,
  async run(arena) {
    // Process b looks for orphans only 6 s after its start, for a short time. Wait until that has passed.
    await delay(8_000);
    const killedAt = Date.now();
    await arena.fleet.member('a').kill();
    arena.notes.push(`submits continued after ${await arena.handedOver(killedAt)} s`);
    await arena.fleet.again('a');
  },
};

export const cuts: readonly Scenario[] = [
  ...STEPS.flatMap(([point, moments]) => moments.map((moment) => cut(point, moment))),
  burial,
];
