import { setTimeout as delay } from 'node:timers/promises';
import type { Arena } from '../arena.ts';
import { readCarrier } from '../books.ts';
import type { Scenario } from '../harness.ts';
import type { Member } from '../member.ts';
import type { Fault, Moment, Point } from '../points.ts';

/** A process counts as dead after 6 s. The remaining time is for the eviction. */
const STANDS_STILL_MS = 9_000;
/** Long enough to distinguish processes that wait for the stopped one from those that do not. */
const LONG_MS = 20_000;

const STEPS: readonly [Point, Moment, most: number, ms: number][] = [
  ['accept', 'sent', 30, STANDS_STILL_MS],
  ['accept', 'answered', 30, STANDS_STILL_MS],
  ['claim.outbound', 'before', 15, STANDS_STILL_MS],
  ['claim.outbound', 'sent', 15, STANDS_STILL_MS],
  ['claim.outbound', 'answered', 15, STANDS_STILL_MS],
  ['submit', 'before', 60, STANDS_STILL_MS],
  ['submit', 'answered', 60, STANDS_STILL_MS],
  ['record.end', 'before', 30, STANDS_STILL_MS],
  // Within a transaction, while PostgreSQL keeps its locks.
  ['record.end', 'answered', 30, LONG_MS],
  ['record.commit', 'before', 30, LONG_MS],
  ['record.commit', 'answered', 30, STANDS_STILL_MS],
  ['receipt.keep', 'before', 30, STANDS_STILL_MS],
  ['receipt.commit', 'before', 30, LONG_MS],
  ['post', 'answered', 60, STANDS_STILL_MS],
  ['attempt', 'before', 30, STANDS_STILL_MS],
  ['heartbeat.renew', 'sent', 2, STANDS_STILL_MS],
];

/** A process treats responses that it awaited when it was stopped as missing. */
const EXCUSES = { unknown: true, store: true, stale: true } as const;

/** A process is stopped for longer than its lease, and then continues as before. */
function stop(point: Point, moment: Moment, most: number, ms: number): Scenario {
  return {
    name: `stop ${point} ${moment}`,
    members: (random) => {
      const fault: Fault = { point, moment, nth: random.between(1, most), action: 'stop' };
      return [{ name: 'a', faults: [fault] }, { name: 'b' }, { name: 'c' }];
    },
    excuses: EXCUSES,
    pauseAtMost: 10,
    async run(arena) {
      const { at, member } = await arena.fired('a');
      await delay(ms);
      const resumedAt = Date.now();
      member.resume();
      arena.notes.push(`submits continued after ${await arena.handedOver(at)} s`);
      await delay(4_000);
      judgeStale(arena, member, resumedAt, point === 'submit' && moment === 'before' ? 1 : 0);
      await tellFenced(arena, member);
    },
  };
}

/** The bound process is stopped at any moment, for about as long as it takes to count as dead. */
const aboutALease: Scenario = {
  name: 'stop for about a lease',
  excuses: EXCUSES,
  async run(arena) {
    for (let n = 0; n < 4; n += 1) {
      await delay(arena.random.between(1_500, 2_500));
      const member = arena.fleet.bound();
      if (!member) continue;
      member.pause();
      await delay(arena.random.between(5_200, 8_200));
      member.resume();
    }
    await delay(2_000);
    await arena.handedOver(Date.now());
  },
};

/**
 * All processes are stopped, as when the machine is suspended. No process was live to take over, so that no takeover
 * may happen.
 */
const suspended: Scenario = {
  name: 'stop all processes for 10 s',
  excuses: { store: true },
  async run(arena) {
    const { live } = arena.fleet;
    await delay(1_500);
    for (const member of live) member.pause();
    await delay(10_000);
    for (const member of live) member.resume();
    await arena.handedOver(Date.now());
    await delay(2_000);
  },
};

/**
 * Checks that a process submitted nothing between its continuation and its next bind.
 * @param allowed number of submits that had passed the last check when the process was stopped.
 */
function judgeStale(arena: Arena, member: Member, resumedAt: number, allowed: number): void {
  const times = new Map(readCarrier(arena.directory).taken.map(({ carrierRef, at }) => [carrierRef, at]));
  const boundAnew = bindings(member).find((at) => at >= resumedAt) ?? Number.POSITIVE_INFINITY;
  const elsewhere = arena.fleet.all.some((other) => other !== member && bindings(other).some((at) => at <= resumedAt));
  if (!elsewhere) return;
  const stale = member.of('submit').filter((line) => {
    const at = times.get(String(line['carrierRef'])) ?? 0;
    return at >= resumedAt && at < boundAnew;
  });
  if (stale.length <= allowed) return;
  arena.problems.push(
    `${member.name} submitted ${stale.length} segments without the link, such as ${JSON.stringify(stale[0])}`,
  );
}

/** Times at which the process was bound. */
function bindings(member: Member): number[] {
  return member.of('link_held').map(({ time }) => Date.parse(time));
}

async function tellFenced(arena: Arena, member: Member): Promise<void> {
  if (!member.url) return;
  const metrics = await (await fetch(`${member.url}/metrics`)).text();
  const fenced = [...metrics.matchAll(/^redcloud_outcomes_fenced_total\{queue="(\w+)"\} (\d+)/gm)];
  arena.notes.push(`fenced: ${fenced.map(([, queue, count]) => `${queue} ${count}`).join(', ') || 'none'}`);
}

export const stops: readonly Scenario[] = [
  ...STEPS.map(([point, moment, most, ms]) => stop(point, moment, most, ms)),
  aboutALease,
  suspended,
];
