import { setTimeout as delay } from 'node:timers/promises';
import type { Arena } from '../arena.ts';
import type { Scenario } from '../harness.ts';
import type { Replication } from '../replicas.ts';

const FAILOVERS = 10;
/** Time from the promotion to the first accepted send, in milliseconds. */
const ACCEPTS_WITHIN_MS = 10_000;
/** Times for which an asynchronous standby gets no commits before its promotion, in milliseconds. */
const BEHIND_MS = [0, 300, 2_000] as const;

const MODES: readonly Replication[] = ['remote_apply', 'on', 'asynchronous'];

/** @returns milliseconds from `at` to the next accepted send. */
async function acceptedAfter(arena: Arena, at: number): Promise<number> {
  for (const until = at + 3 * ACCEPTS_WITHIN_MS; Date.now() < until; await delay(10)) {
    if (arena.senders.acceptedAt > at) return arena.senders.acceptedAt - at;
  }
  throw new Error(`no send was accepted for ${(3 * ACCEPTS_WITHIN_MS) / 1000} s after the promotion`);
}

/** The primary ends, its standby is promoted, and the former primary becomes the standby. */
function databaseFailovers(replication: Replication): Scenario {
  const lossy = replication === 'asynchronous';
  return {
    name: `database failover: ${replication}`,
    replication,
    excuses: { unknown: true, store: true, stale: lossy, lossy },
    async run(arena) {
      const times: number[] = [];
      for (let n = 0; n < FAILOVERS; n += 1) {
        await delay(arena.random.between(1_000, 3_000));
        // A machine can have both a server and a process.
        const killed = n % 3 === 2 ? arena.random.of(arena.fleet.names) : undefined;
        const promoted = arena.replicas.failOver(lossy ? arena.random.of(BEHIND_MS) : 0);
        if (killed) await arena.fleet.member(killed).kill();
        const at = await promoted;
        times.push(await acceptedAfter(arena, at));
        if (killed) await arena.fleet.again(killed);
        await arena.replicas.rejoin();
      }
      arena.notes.push(`accepted after the promotion: ${times.map((ms) => `${ms} ms`).join(', ')}`);
      const slowest = Math.max(...times);
      if (slowest > ACCEPTS_WITHIN_MS) arena.problems.push(`no send was accepted for ${slowest} ms after a promotion`);
      arena.notes.push(`submits continued after ${await arena.handedOver(Date.now())} s`);
    },
  };
}

/** Machines of the primary end, and an operator changes the primary. One process uses HAProxy, and the others know both hosts. */
const patroni: Scenario = {
  name: 'failover by Patroni',
  patroni: true,
  members: [{ name: 'a' }, { name: 'b', isProxied: true }, { name: 'c' }],
  excuses: { unknown: true, store: true },
  async run(arena) {
    const times: number[] = [];
    for (const change of ['failOver', 'switchOver', 'failOver'] as const) {
      await delay(arena.random.between(1_000, 3_000));
      const startedAt = Date.now();
      const at = await arena.patroni[change]();
      times.push(await acceptedAfter(arena, at));
      arena.notes.push(`${change}: promoted after ${(at - startedAt) / 1000} s, accepted ${times.at(-1)} ms later`);
      await arena.patroni.rejoin();
    }
    const slowest = Math.max(...times);
    if (slowest > ACCEPTS_WITHIN_MS) arena.problems.push(`no send was accepted for ${slowest} ms after a promotion`);
    arena.notes.push(`submits continued after ${await arena.handedOver(Date.now())} s`);
  },
};

export const failovers: readonly Scenario[] = [...MODES.map(databaseFailovers), patroni];
