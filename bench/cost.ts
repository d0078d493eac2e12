import { readFileSync } from 'node:fs';
import { ask } from './redcloud.ts';

/** CPU time in microseconds. */
export interface Cost {
  server: number;
  database: number;
}

/** USER_HZ, which Linux has fixed at 100 for what it reports to processes. */
const MICROSECONDS_PER_TICK = 10_000;

/** CPU time so far of the server process and of the connections of its database. */
export async function usedBy(pid: number, databaseUrl: string | undefined): Promise<Cost> {
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

export function shownCost({ server, database }: Cost): string {
  return `${Math.round(server)} + ${Math.round(database)} µs`;
}

/** @param sorted at least one value */
export function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}
