import { readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** File of a journal that names the process which writes it. Without the file, the journal proves nothing to other processes. */
const FILE = 'owner';

/** A process, also after its number was given to another one. */
interface Owner {
  /** The start of the machine. Lines that were written shortly before its end can be missing. */
  boot: string;
  /** Processes of two containers can have equal numbers. */
  namespace: string;
  pid: number;
  /** In ticks since the start of the machine. */
  startedAt: string;
}

/**
 * - `unknown`: the owner ran on another machine, or before the last start of this one. Its last lines may not have reached the disk.
 * - `present`: the owner runs, or is not visible from here.
 * - `ended`: the owner has ended, and all its lines are there.
 */
export type OwnerState = 'unknown' | 'present' | 'ended';

/**
 * Names this process as the owner of a journal.
 * @returns false if the system does not provide the facts about the process. Only Linux does, with a complete /proc.
 */
export function signJournal(directory: string): boolean {
  const owner = ownerOf(process.pid);
  if (owner) writeFileSync(join(directory, FILE), JSON.stringify(owner), { mode: 0o600 });
  return owner !== undefined;
}

/** Ends the use of a journal by other processes. @throws an error of the file system, after which the journal may still be used. */
export function disownJournal(directory: string): void {
  try {
    rmSync(join(directory, FILE), { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTDIR') throw error;
  }
}

export function ownerState(directory: string): OwnerState {
  const owner = readOwner(directory);
  const self = ownerOf(process.pid);
  if (!owner || owner.boot !== self?.boot) return 'unknown';
  if (owner.namespace !== self.namespace) return 'present';
  return ownerOf(owner.pid)?.startedAt === owner.startedAt ? 'present' : 'ended';
}

function readOwner(directory: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, FILE), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

/** Reads proc(5). @returns undefined for a process that has ended, also if its parent has not collected it yet. */
function ownerOf(pid: number): Owner | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may contain spaces and parentheses.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    return {
      boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      namespace: readlinkSync('/proc/self/ns/pid'),
      pid,
      startedAt: fields[18] ?? '',
    };
  } catch {
    return undefined;
  }
}
