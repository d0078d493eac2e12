import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { Heartbeat } from '#cluster/heartbeat.ts';
import { LINKS_TOPIC } from '#cluster/links.ts';
import { followStore } from '#cluster/store-clock.ts';
import type { Db, Store } from '#db/db.ts';
import { openStore } from '#db/drivers/open.ts';
import { repeatWhileStarting } from '#db/drivers/patience.ts';
import { reachable } from '#db/drivers/reachable.ts';
import { watchStore } from '#db/metrics.ts';
import { addDay, addDays, dayOf } from '#db/schema/days.ts';
import { migrate } from '#db/schema/migrate.ts';
import { restorePosition } from '#events/stream-position.ts';
import { HoldWatch } from '#failover/hold.ts';
import { refuseInterruptedRestore, refuseInterruptedRestoreIn } from '#failover/interrupted-restore.ts';
import { Journal } from '#failover/journal.ts';
import { watchSuspension } from '#failover/metrics.ts';
import { Recovery } from '#failover/recovery.ts';
import { tally } from '#overview/tally.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { restrictDataDirectory } from '#platform/data-directory.ts';
import { createIds, type Ids } from '#platform/ids.ts';
import type { Log } from '#platform/log.ts';
import { createRegistry } from '#platform/metrics.ts';
import { Backlog } from '#queue/backlog.ts';
import { watchQueues } from '#queue/metrics.ts';
import { Queue } from '#queue/queue.ts';
import { Suspension } from '#queue/suspension.ts';
import type { Component, Lifecycle } from './lifecycle.ts';
import { createMetrics, type Metrics } from './metrics.ts';

/** Replacements for tests. */
export interface Overrides {
  clock?: Clock;
  log?: Log;
  /** Multiplies the simulator's delays. */
  simulatorPace?: number;
  /** Processes that may be bound to the simulator at once. */
  simulatorLinks?: number;
  pollMs?: number;
}

/** Given to the composition from outside. */
export interface CoreDependencies {
  config: Config;
  overrides: Overrides;
  log: Log;
  lifecycle: Lifecycle;
}

/** The store and the parts of the process that every other part needs. */
export interface Core extends CoreDependencies {
  db: Store;
  clock: Clock;
  ids: Ids;
  registry: Registry;
  metrics: Metrics;
  heartbeat: Heartbeat;
  queue: Queue;
  /** Outbound jobs that wait after a failover. */
  suspension: Suspension;
  /** Submits of this process. Undefined: the process submits nothing, or the store cannot lose commits. */
  journal: Journal | undefined;
  backlog: Backlog;
  /** Call when the process has started. Until then, work that loses its connection is repeated. */
  onStarted(): void;
  /** Whether this process has the role. */
  runs(role: Config['roles'][number]): boolean;
}

export async function openCore(given: CoreDependencies): Promise<Core> {
  const { config, overrides, log, lifecycle } = given;
  for (const { path, code } of restrictDataDirectory(config.dataDir)) log.warn({ event: 'mode_not_set', path, code });
  refuseInterruptedRestoreIn(config);
  const db = await openStore(config, log);
  lifecycle.add({ name: 'store', stop: () => db.close() });
  const onStarted = repeatWhileStarting(db);
  await refuseInterruptedRestore(db);
  const applied = await migrate(db);
  log.info({ event: 'store_ready', kind: db.kind, migrations: applied });
  const clock = overrides.clock ?? (await clockOf(db, given));
  const ids = createIds(clock);
  const runs: Core['runs'] = (role) => config.roles.includes(role);
  const heartbeat = new Heartbeat({ db, clock, ids, log, roles: config.roles, onFreed: () => wakeAll(db) });
  const suspension = new Suspension();
  const queue = new Queue({ db, clock, holder: heartbeat, suspension });
  const directory = join(config.dataDir, 'journal');
  // Only a server can lose commits. An embedded store has one file.
  const hasJournal = db.kind === 'server' && runs('outbound');
  const onStuck = () => lifecycle.fail('the journal of submits can neither be written nor removed');
  const journal = hasJournal ? Journal.open({ directory, process: heartbeat.id }, { clock, log, onStuck }) : undefined;
  const holdWatch = new HoldWatch(db, log, suspension);
  const recovery = new Recovery({
    ...{ db, clock, log, heartbeat, queue, suspension, holdWatch, directory, isSender: runs('outbound') },
    memory: join(config.dataDir, 'timelines.json'),
    isJournalIntact: () => journal?.isIntact === true,
  });
  await db.onTimeline(recovery.admit);
  await holdWatch.look();
  await restorePosition(db);
  // The next days follow after the start. On failure, a maintenance task adds this one later. Rows without a partition of
  // their day are accepted until then.
  await addDay(db, dayOf(clock.now())).catch((error) =>
    log.warn({ event: 'days_not_added', reason: (error as Error).message }),
  );

  const registry = createRegistry();
  const metrics = createMetrics(registry);
  watchStore(registry, () => reachable(db));
  watchSuspension(registry, suspension);
  heartbeat.report(() => tally(metrics));
  lifecycle.add(daysAhead(db, clock, log));
  lifecycle.add({ name: 'journal', stop: () => journal?.close() });
  lifecycle.add({ name: 'heartbeat', start: () => heartbeat.start(), stop: () => heartbeat.stop() });
  lifecycle.add({ name: 'hold', start: () => holdWatch.start(), stop: () => holdWatch.stop() });
  lifecycle.add({ name: 'recovery', start: () => recovery.start(), stop: () => recovery.stop() });
  // Jobs of a claim or commit without a response were never begun. Returns them to the queue unchanged. Jobs that are
  // still held when the process ends count as interrupted instead.
  lifecycle.add({ name: 'leases', stop: () => queue.reclaim() });
  const backlog = new Backlog({ db, clock, log });
  watchQueues(registry, backlog);
  if (runs('api')) lifecycle.add({ name: 'backlog', start: () => backlog.start(), stop: () => backlog.stop() });
  return {
    ...{ ...given, db, clock, ids, registry, metrics, heartbeat },
    ...{ queue, suspension, journal, backlog, onStarted, runs },
  };
}

/**
 * Clock that all processes of a store share. An embedded store has one process, which uses the clock of its machine.
 */
async function clockOf(db: Db, { log, lifecycle }: CoreDependencies): Promise<Clock> {
  if (db.kind === 'embedded') return systemClock;
  const clock = await followStore(db, log);
  lifecycle.add({ name: 'clock', stop: () => clock.stop() });
  return clock;
}

/** Adds the partitions of the next days, which takes a second on the first start. Nothing waits for them. */
function daysAhead(db: Db, clock: Clock, log: Log): Component {
  let adding: Promise<unknown> | undefined;
  return {
    name: 'days ahead',
    start: () => {
      adding = addDays(db, clock).catch((error) => log.warn({ event: 'days_not_added', reason: error.message }));
    },
    stop: () => adding,
  };
}

/** Wakes all queues and links, since any process may take the freed work. */
function wakeAll(db: Db): void {
  for (const topic of [LINKS_TOPIC, 'outbound', 'outcomes', 'webhooks', 'replies', 'media']) db.wake(topic);
}
