import { setTimeout as delay } from 'node:timers/promises';
import type { Arena } from '../arena.ts';
import type { MemberSpec } from '../fleet.ts';
import type { Scenario } from '../harness.ts';
import type { Fault } from '../points.ts';

const HOUR_MS = 3_600_000;
const STOP_AT_MOST_S = 20;

/**
 * The store is always available, so that 502 is not allowed. Starting processes can make the machine too busy for new
 * requests.
 */
const BUSY = [429, 503];

const SPLIT: readonly MemberSpec[] = [
  { name: 'o1', roles: 'outbound' },
  { name: 'o2', roles: 'outbound' },
  { name: 'a1', roles: 'api' },
  { name: 'a2', roles: 'api' },
  { name: 'w1', roles: 'webhooks' },
  { name: 'w2', roles: 'webhooks' },
];

/** A fault at the first pass of the point. */
const early = (point: Fault['point'], fault: Omit<Fault, 'point' | 'moment' | 'nth'>): Fault[] => [
  { point, moment: 'before', nth: 1, ...fault },
];

async function stop(arena: Arena, name: string): Promise<void> {
  const code = await arena.fleet.member(name).terminate();
  if (code !== 0) arena.problems.push(`${name} stopped with ${code ?? 'SIGKILL'}`);
}

async function restart(arena: Arena, name: string): Promise<void> {
  await stop(arena, name);
  await arena.fleet.again(name);
}

export const fleets: readonly Scenario[] = [
  {
    name: 'failover: the bound process is killed',
    members: SPLIT,
    excuses: { unknown: true },
    pauseAtMost: 10,
    async run(arena) {
      const bound = arena.fleet.bound();
      if (!bound) throw new Error('no process is bound');
      await delay(arena.random.between(500, 3_000));
      const at = Date.now();
      await bound.kill();
      arena.notes.push(`the other process submitted after ${await arena.handedOver(at)} s`);
      await delay(1_000);
      await arena.fleet.again(bound.name);
    },
  },
  {
    name: 'rolling restart',
    excuses: {},
    later: BUSY,
    pauseAtMost: 5,
    async run(arena) {
      for (const name of arena.fleet.names) {
        await restart(arena, name);
        await delay(500);
      }
    },
  },
  {
    name: 'rolling restart, by roles',
    members: SPLIT,
    excuses: {},
    later: BUSY,
    pauseAtMost: 5,
    async run(arena) {
      for (const name of arena.random.shuffled(arena.fleet.names)) await restart(arena, name);
    },
  },
  {
    name: 'rolling upgrade',
    upgrades: true,
    members: () => SPLIT.map((spec) => ({ ...spec, checkout: process.env['CRASH_BASE'] as string })),
    // Migrations lock tables, also in another order than sends do. Such sends get 502 for some seconds.
    excuses: { store: true },
    pauseAtMost: 5,
    async run(arena) {
      // In random order, since old and new processes of every role run together for some time.
      for (const name of arena.random.shuffled(arena.fleet.names)) {
        await stop(arena, name);
        await arena.fleet.upgrade(name);
        await delay(1_000);
      }
    },
  },
  {
    name: 'rolling restart while connections are ended',
    excuses: { unknown: true, store: true },
    async run(arena) {
      const name = new URL(arena.databaseUrl).pathname.slice(1);
      const cuts = setInterval(() => {
        arena.cluster
          .ask('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
          .catch(() => undefined);
      }, 400);
      try {
        for (const name of arena.fleet.names) {
          await arena.fleet.member(name).terminate();
          await arena.fleet.again(name);
        }
      } finally {
        clearInterval(cuts);
      }
      await arena.handedOver(Date.now());
    },
  },
  {
    name: 'impatient restart',
    excuses: { unknown: true },
    async run(arena) {
      for (const name of [...arena.fleet.names, ...arena.fleet.names]) {
        const member = arena.fleet.member(name);
        const ended = member.terminate(arena.random.between(1, 300));
        await ended;
        await arena.fleet.again(name);
      }
      await arena.handedOver(Date.now());
    },
  },
  {
    // After SIGTERM a process has 15 s (RC_STOP_SECONDS). A supervisor kills it soon after.
    name: 'stop without the store',
    networks: true,
    excuses: { unknown: true, store: true, stale: true },
    async run(arena) {
      const name = arena.fleet.bound()?.name ?? 'a';
      arena.fleet.network(name).freeze();
      await delay(500);
      const toldAt = Date.now();
      await arena.fleet.member(name).terminate(60_000);
      const seconds = (Date.now() - toldAt) / 1000;
      arena.notes.push(`${name} had stopped after ${seconds} s`);
      if (seconds > STOP_AT_MOST_S) arena.problems.push(`${name} took ${seconds} s to stop, more than 15 s`);
      arena.fleet.network(name).thaw();
      await arena.fleet.again(name);
      await arena.handedOver(Date.now());
    },
  },
  {
    name: 'clock: an hour ahead',
    members: [
      { name: 'a', faults: early('heartbeat.renew', { action: 'jump', ms: HOUR_MS }) },
      { name: 'b' },
      { name: 'c' },
    ],
    async run(arena) {
      await arena.fired('a');
      await delay(9_000);
    },
  },
  {
    name: 'clock: an hour behind',
    members: [
      { name: 'a', faults: early('heartbeat.renew', { action: 'jump', ms: -HOUR_MS }) },
      { name: 'b' },
      { name: 'c' },
    ],
    async run(arena) {
      await arena.fired('a');
      await delay(9_000);
    },
  },
  {
    name: 'one process gets each response 400 ms late',
    members: [
      { name: 'a', faults: early('heartbeat.renew', { action: 'delay', ms: 400 }) },
      { name: 'b' },
      { name: 'c' },
    ],
    async run(arena) {
      await arena.fired('a');
      await delay(9_000);
    },
  },
  {
    name: 'roles: kills at random',
    members: SPLIT,
    excuses: { unknown: true },
    async run(arena) {
      for (let n = 0; n < 5; n += 1) {
        await delay(arena.random.between(300, 2_500));
        const name = arena.random.of(arena.fleet.names);
        await arena.fleet.member(name).kill();
        await delay(arena.random.between(0, 1_000));
        await arena.fleet.again(name);
      }
      await arena.handedOver(Date.now());
    },
  },
];
