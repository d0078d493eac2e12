import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../harness.ts';
import type { Fault, Moment, Point } from '../points.ts';

/**
 * Operations per second. More than the processes can submit meanwhile, so that requests have priority and messages
 * queue.
 */
const RATE = 700;

/** The last value is the maximum number of passes before the fault. */
const STEPS: readonly [Point, Moment, most: number][] = [
  ['accept', 'sent', 40],
  ['accept', 'answered', 40],
  ['claim.outbound', 'answered', 15],
  ['submit', 'answered', 100],
  ['record.commit', 'sent', 15],
  ['receipt.commit', 'answered', 15],
  ['claim.webhooks', 'answered', 15],
  ['attempt', 'answered', 30],
];

/** A process dies during a burst and restarts before its end. The backlog is processed afterwards. */
function killInBurst(point: Point, moment: Moment, most: number): Scenario {
  return {
    name: `burst: kill ${point} ${moment}`,
    rate: RATE,
    members: (random) => {
      const fault: Fault = { point, moment, nth: random.between(1, most), action: 'kill' };
      return [{ name: 'a', faults: [fault] }, { name: 'b' }];
    },
    excuses: { unknown: true },
    pauseAtMost: 12,
    async run(arena) {
      const { at, member } = await arena.fired('a');
      await member.gone;
      await arena.fleet.again('a');
      arena.notes.push(`submits continued after ${await arena.handedOver(at)} s`);
      await delay(1_500);
    },
  };
}

export const bursts: readonly Scenario[] = STEPS.map((step) => killInBurst(...step));
