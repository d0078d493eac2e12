import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../harness.ts';
import type { Fault, Moment, Point } from '../points.ts';

/** Each step, the moments at which to kill, and the maximum number of passes before. */
const STEPS: readonly [Point, readonly Moment[], most: number][] = [
  ['accept', ['before', 'sent', 'answered'], 30],
  ['claim.outbound', ['before', 'sent', 'answered'], 15],
  ['submit', ['before', 'answered'], 60],
  ['record.end', ['before', 'sent', 'answered'], 30],
  ['record.write', ['sent', 'answered'], 30],
  ['record.commit', ['before', 'sent', 'answered'], 30],
  ['receipt.keep', ['before', 'answered'], 30],
  ['receipt.write', ['sent', 'answered'], 30],
  ['receipt.commit', ['before', 'sent', 'answered'], 30],
  ['join.write', ['answered'], 2],
  ['join.commit', ['before', 'sent', 'answered'], 2],
  ['claim.webhooks', ['sent', 'answered'], 15],
  ['post', ['before', 'answered'], 60],
  ['attempt', ['before', 'sent', 'answered'], 30],
  ['heartbeat.renew', ['sent'], 2],
];

/** One of three processes is killed at a step and restarts. The others continue. */
function kill(point: Point, moment: Moment, most: number): Scenario {
  return {
    name: `kill ${point} ${moment}`,
    members: (random) => {
      const fault: Fault = { point, moment, nth: random.between(1, most), action: 'kill' };
      return [{ name: 'a', faults: [fault] }, { name: 'b' }, { name: 'c' }];
    },
    excuses: { unknown: true },
    // A process counts as dead after 6 s. The other processes check every 1.5 s.
    pauseAtMost: 10,
    async run(arena) {
      const { at, member } = await arena.fired('a');
      await member.gone;
      arena.notes.push(`submits continued after ${await arena.handedOver(at)} s`);
      await arena.fleet.again('a');
      await delay(1_500);
    },
  };
}

/** The process that evicts a dead one is killed. Another process must evict both. */
const undertaker: Scenario = {
  name: 'kill the evicting process',
  members: [
    { name: 'a' },
    { name: 'b', faults: [{ point: 'heartbeat.evict', moment: 'answered', nth: 1, action: 'kill' }] },
    { name: 'c', faults: [{ point: 'heartbeat.evict', moment: 'answered', nth: 1, action: 'kill' }] },
    { name: 'd' },
  ],
  excuses: { unknown: true },
  // Twice the time for one death, because the second eviction starts when the first evicting process counts as dead. A
  // third eviction may follow.
  pauseAtMost: 28,
  async run(arena) {
    // A process does not evict during its first 6 s.
    await delay(7_000);
    const killedAt = Date.now();
    await arena.fleet.member('a').kill();
    arena.notes.push(`submits continued after ${await arena.handedOver(killedAt)} s`);
    for (const name of ['a', 'b', 'c']) if (arena.fleet.member(name).isGone) await arena.fleet.again(name);
  },
};

/** The process that takes over the link of a dead one is killed before its bind. */
const heir: Scenario = {
  name: 'kill the successor',
  members: [
    { name: 'a' },
    { name: 'b', faults: [{ point: 'link.hold', moment: 'answered', nth: 1, action: 'kill' }] },
    { name: 'c' },
  ],
  excuses: { unknown: true },
  pauseAtMost: 18,
  async run(arena) {
    await delay(2_000);
    const killedAt = Date.now();
    await arena.fleet.member('a').kill();
    arena.notes.push(`submits continued after ${await arena.handedOver(killedAt)} s`);
    for (const name of ['a', 'b']) if (arena.fleet.member(name).isGone) await arena.fleet.again(name);
  },
};

export const kills: readonly Scenario[] = [
  ...STEPS.flatMap(([point, moments, most]) => moments.map((moment) => kill(point, moment, most))),
  undertaker,
  heir,
];
