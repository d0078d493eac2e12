import { readFileSync } from 'node:fs';
import { startChild } from './child.ts';
import { measureLifecycle } from './lifecycle.ts';
import { startLoader } from './load.ts';
import { EVENTS } from './peers/post.ts';
import { ask, type Store, sendWebhooksTo } from './redcloud.ts';
import { percent, print } from './report.ts';

/** CPU time of one message, in microseconds. */
interface Cost {
  server: number;
  database: number;
}

/** USER_HZ, which Linux has fixed at 100 for what it reports to processes. */
const MICROSECONDS_PER_TICK = 10_000;

export type Measure = () => Promise<Cost>;

interface Compared {
  name: string;
  measure: Measure;
}

/**
 * Prints the ratio of the CPU times of `other` and `base`, in alternating runs. Includes the server process and the
 * connections of its database. On a shared machine, a ratio of CPU times is steadier than a ratio of rates.
 */
export async function compareCosts(title: string, pairs: number, base: Compared, other: Compared): Promise<void> {
  const ratios: number[] = [];
  for (let n = 1; n <= pairs; n += 1) {
    const costs = new Map<Compared, Cost>();
    // The order alternates too, so that neither always runs on the warmer machine.
    for (const one of n % 2 === 0 ? [other, base] : [base, other]) costs.set(one, await one.measure());
    const [before, now] = [costs.get(base) as Cost, costs.get(other) as Cost];
    const ratio = (now.server + now.database) / (before.server + before.database);
    ratios.push(ratio);
    print(`pair ${n}`, `${base.name} ${shown(before)}`, `${other.name} ${shown(now)}`, `ratio ${ratio.toFixed(3)}`);
  }
  const sorted = ratios.toSorted((a, b) => a - b);
  const [least = 0, most = 0] = [sorted[0], sorted.at(-1)];
  const range = `from ${percent(least, 1)} to ${percent(most, 1)} of ${base.name}`;
  print(title, `median ${percent(median(sorted), 1)}`, range);
}

/** @param file entry point of the server, possibly in another checkout */
export async function costPerMessage(
  store: Store,
  { rate, seconds }: { rate: number; seconds: number },
  file?: string,
): Promise<Cost> {
  await using loader = await startLoader();
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  await using server = await store.start('api,outbound,webhooks', {}, file);
  await sendWebhooksTo(server.url, receiver.ready.port);
  const run = (forSeconds: number) =>
    measureLifecycle({
      loader,
      receiver,
      load: { url: server.url, request: { kind: 'send' }, connections: 16, seconds: forSeconds, rate },
      events: EVENTS,
      pids: {},
    });
  await run(3);
  const before = await used(server.pid, store.databaseUrl);
  const { delivered } = await run(seconds);
  const after = await used(server.pid, store.databaseUrl);
  return {
    server: (after.server - before.server) / delivered,
    database: (after.database - before.database) / delivered,
  };
}

/** CPU time so far of the server process and of the connections of its database. */
async function used(pid: number, databaseUrl: string | undefined): Promise<Cost> {
  const connections = databaseUrl
    ? await ask(
        databaseUrl,
        'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
    : [];
  const database = connections.map((row) => cpuOf(Number(row['pid'])));
  return { server: cpuOf(pid), database: database.reduce((sum, each) => sum + each, 0) };
}

/** proc(5): utime and stime are fields 14 and 15. Field 2 ends with the last closing parenthesis. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}

function shown({ server, database }: Cost): string {
  return `${Math.round(server)} + ${Math.round(database)} µs`;
}

function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}
