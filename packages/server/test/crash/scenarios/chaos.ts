import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../harness.ts';
import { type Fault, POINTS } from '../points.ts';
import type { Random } from '../random.ts';

const STANDS_STILL_MS = 9_000;
const ROUNDS = 4;

function anyFault(random: Random): Fault {
  return {
    point: random.of(POINTS.filter((point) => point !== 'unclaim' && !point.startsWith('join.'))),
    moment: random.of(['before', 'sent', 'answered'] as const),
    nth: random.between(2, 40),
    action: random.chance(0.7) ? 'kill' : 'stop',
  };
}

/** All failures together: processes die or stop at any point, while the network breaks. */
export const chaos: readonly Scenario[] = [
  {
    name: 'chaos',
    networks: true,
    cluster: {},
    members: (random) => ['a', 'b', 'c'].map((name) => ({ name, faults: [anyFault(random)] })),
    excuses: { unknown: true, store: true, stale: true },
    async run(arena) {
      const { fleet, random } = arena;
      let over = false;
      const nurse = async (name: string) => {
        for (let round = 0; !over && round < ROUNDS; ) {
          const member = fleet.member(name);
          if (member.isGone) {
            round += 1;
            await fleet.again(name, round < ROUNDS ? [anyFault(random)] : []);
          } else if (member.stopped) {
            await delay(STANDS_STILL_MS);
            member.resume();
            round += 1;
          }
          await delay(100);
        }
      };
      const nurses = fleet.names.map(nurse);
      for (let n = 0; n < 30; n += 1) {
        await delay(random.between(300, 1_200));
        if (random.chance(0.05)) {
          await arena.cluster.down('immediate');
          await arena.cluster.up();
        }
        const network = random.of(fleet.networks);
        const harm = random.next();
        if (harm < 0.3) network.cut();
        else if (harm < 0.6) network.tearNext(random.of(['client', 'server'] as const));
        else if (harm < 0.7) network.delayMs = random.between(0, 100);
      }
      over = true;
      await Promise.all(nurses);
      for (const network of fleet.networks) network.delayMs = 0;
      for (const name of fleet.names) {
        const member = fleet.member(name);
        if (member.stopped) member.resume();
        if (member.isGone) await fleet.again(name);
      }
      await arena.handedOver(Date.now());
    },
  },
];
