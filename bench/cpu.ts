import { readFileSync } from 'node:fs';

/** USER_HZ, which Linux has fixed at 100 for all it tells processes. */
const TICKS_PER_SECOND = 100;

/**
 * Cores that each process kept busy, all of its threads together: 1.5 is one and a half. `machine` is the whole machine,
 * what else ran included, and `stolen` what the host kept from it: a run beside others says so.
 */
export type Cores = Record<string, number>;

/**
 * Tells which process was at its limit. @param pids by name; those that can't be read (not Linux, gone) are left out.
 * @returns a function that gives the cores used since.
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
    // proc(5): user nice system idle iowait irq softirq steal, each in ticks of all cores.
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
    // proc(5): utime and stime are the 14th and 15th field; the 2nd one ends with the last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [[name, (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND]];
  } catch {
    return [];
  }
}
