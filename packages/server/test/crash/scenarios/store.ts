import { setTimeout as delay } from 'node:timers/promises';
import type { Arena } from '../arena.ts';
import type { Scenario } from '../harness.ts';

const CUT = { unknown: true, store: true } as const;
const CUT_EVERY_MS = 300;
const ONLY_HERE =
  'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()';

/** Waits for the next submit after the store is available again. */
async function recovered(arena: Arena): Promise<void> {
  arena.notes.push(`submits continued after ${await arena.handedOver(Date.now())} s`);
  await delay(2_000);
}

export const stores: readonly Scenario[] = [
  {
    name: 'store: crashes and restarts',
    cluster: {},
    excuses: CUT,
    async run(arena) {
      for (let n = 0; n < 3; n += 1) {
        await delay(arena.random.between(500, 2_500));
        await arena.cluster.down('immediate');
        await delay(arena.random.between(0, 500));
        await arena.cluster.up();
      }
      await recovered(arena);
    },
  },
  {
    name: 'store: connections are ended every 300 ms',
    excuses: CUT,
    async run(arena) {
      const name = new URL(arena.databaseUrl).pathname.slice(1);
      for (let n = 0; n < 20; n += 1) {
        await delay(CUT_EVERY_MS);
        await arena.cluster.ask(ONLY_HERE, [name]);
      }
      await recovered(arena);
    },
  },
  {
    name: 'store: rejects statements for 10 s',
    cluster: {},
    excuses: CUT,
    async run(arena) {
      await arena.cluster.down('fast');
      await delay(10_000);
      await arena.cluster.up();
      await recovered(arena);
    },
  },
  {
    name: 'store: 200 ms away',
    networks: true,
    excuses: { store: true },
    async run(arena) {
      for (const network of arena.fleet.networks) network.delayMs = 200;
      await delay(8_000);
      for (const network of arena.fleet.networks) network.delayMs = 0;
      await recovered(arena);
    },
  },
  {
    name: 'store: stops responding for 3 s, and for 8 s',
    networks: true,
    excuses: CUT,
    async run(arena) {
      for (const ms of [3_000, 3_000, 8_000]) {
        for (const network of arena.fleet.networks) network.freeze();
        await delay(ms);
        for (const network of arena.fleet.networks) network.thaw();
        await delay(1_500);
      }
      await recovered(arena);
    },
  },
  {
    name: 'store: connections break within a protocol message',
    networks: true,
    excuses: CUT,
    async run(arena) {
      for (let n = 0; n < 40; n += 1) {
        await delay(100);
        arena.random.of(arena.fleet.networks).tearNext(arena.random.of(['client', 'server'] as const));
        if (n % 8 === 7) for (const network of arena.fleet.networks) network.cut();
      }
      await recovered(arena);
    },
  },
  {
    // As with an unavailable synchronous standby or a stalled disk. PostgreSQL commits only after the client has given
    // up and has checked the outcome.
    name: 'store: commits late, after the connection has ended',
    cluster: {},
    networks: true,
    excuses: CUT,
    async run(arena) {
      for (let n = 0; n < 3; n += 1) {
        await wait(arena, true);
        await delay(300);
        for (const network of arena.fleet.networks) network.cut();
        await delay(1_500);
        await wait(arena, false);
        await delay(2_000);
      }
      await recovered(arena);
    },
  },
  {
    name: 'store: commits late, after the process has ended',
    cluster: {},
    excuses: CUT,
    async run(arena) {
      await delay(7_000);
      await wait(arena, true);
      await delay(300);
      const bound = arena.fleet.bound();
      if (!bound) throw new Error('no process is bound');
      await bound.kill();
      // Commits that wait for a standby also delay the heartbeats of the other processes. The wait must therefore be
      // short.
      await delay(1_500);
      await wait(arena, false);
      await recovered(arena);
      await arena.fleet.again(bound.name);
    },
  },
  {
    name: 'store: one process is disconnected',
    networks: true,
    excuses: { ...CUT, stale: true },
    pauseAtMost: 10,
    async run(arena) {
      const bound = arena.fleet.bound()?.name ?? 'a';
      arena.fleet.network(bound).freeze();
      const frozenAt = Date.now();
      await delay(15_000);
      arena.notes.push(`another process submitted after ${await arena.handedOver(frozenAt + 1_000)} s + 1`);
      arena.fleet.network(bound).thaw();
      await delay(3_000);
    },
  },
  {
    name: 'store: disk full',
    cluster: { diskMiB: 192 },
    excuses: CUT,
    async run(arena) {
      arena.cluster.fillDisk();
      await delay(8_000);
      arena.notes.push(arena.cluster.running ? 'PostgreSQL did not end' : 'PostgreSQL ended');
      arena.cluster.freeDisk();
      // PostgreSQL may end only now, because of writes that failed. The test then restarts PostgreSQL, as an operator
      // would.
      for (let n = 0; n < 10; n += 1) {
        if (!arena.cluster.running) await arena.cluster.up();
        await delay(200);
      }
      await recovered(arena);
    },
  },
];

/** Sets whether commits wait for a standby that does not exist. */
async function wait(arena: Arena, forStandby: boolean): Promise<void> {
  await arena.cluster.ask(`alter system set synchronous_standby_names = '${forStandby ? 'nobody' : ''}'`, []);
  await arena.cluster.ask('select pg_reload_conf()', []);
}
