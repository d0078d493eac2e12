import { readFileSync } from 'node:fs';

/** USER_HZ, which Linux fixes at 100 for all values that it reports to processes. */
const TICKS_PER_SECOND = 100;

/**
 * Number of cores that each process kept busy with all of its threads, such as 1.5. `machine` is the whole machine,
 * including other programs. `stolen` is the CPU time that the host withheld. Both show whether other work disturbed the
 * run.
 */
export type Cores = Record<string, number>;

/**
 * Measures which process was at its limit.
 * @param pids by name. Unreadable ones (not Linux, or already ended) are omitted
 * @returns a function that returns the cores used since the call
 */
export function watchCpu(pids: Record<string, number>): () => Cores {
  const startedAt = performance.now();
  const before = cpuSeconds(pids);
  return () => {
    const seconds = (performance.now() - startedAt) / 1000;
    const entries = Object.entries(cpuSeconds(pids)).filter(([name]) => name in before);
    return Object.fromEntries(
      entries.map(([name, cpu]) => [name, Math.round((100 * (cpu - (before[name] ?? 0))) / seconds) / 100]),
    );
  };
}

function cpuSeconds(pids: Record<string, number>): Record<string, number> {
  const ofProcesses = Object.entries(pids).flatMap(([name, pid]) => readOne(name, pid));
  return { ...Object.fromEntries(ofProcesses), ...readMachine() };
}

function readMachine(): Record<string, number> {
  try {
    // proc(5): user nice system idle iowait irq softirq steal, each in ticks over all cores.
    const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/ +/).map(Number) ?? [];
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = ticks;
    const busy = user + nice + system + irq + softirq;
    return { machine: busy / TICKS_PER_SECOND, stolen: steal / TICKS_PER_SECOND };
  } catch {
    return {};
  }
}

function readOne(name: string, pid: number): [string, number][] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): utime and stime are fields 14 and 15. Field 2 ends with the last closing parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [[name, (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND]];
  } catch {
    return [];
  }
}
