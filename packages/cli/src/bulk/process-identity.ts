import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, also after its pid was given to another one. */
export interface ProcessIdentity {
  pid: number;
  /** Time of the start in a form of the operating system. Empty if unknown. */
  startedAt: string;
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startedAt: startOf(process.pid) ?? '' };
}

/** Whether the process still runs. A killed process that its parent has not collected yet does not run. */
export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  if (!exists(pid)) return false;
  const start = startOf(pid);
  return start !== undefined && (start === startedAt || startedAt === '' || start === '');
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process of another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** @returns the time of the start. Undefined for a process that has ended, empty if the system does not tell */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return startOnLinux(pid);
  if (process.platform === 'win32') return '';
  try {
    const told = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return told.startsWith('Z') ? undefined : told.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

/** Reads proc(5). The start is counted from the boot, so the id of the boot is added. */
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
