import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const leftovers = new Set<() => void>();

/** Has something done when this process ends in whatever way it can notice. It must not wait for anything. */
export function endWithUs(work: () => void): void {
  if (leftovers.size === 0) {
    process.once('exit', () => {
      for (const end of [...leftovers].reverse()) end();
    });
    // Else a signal would end the process without 'exit'.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  }
  leftovers.add(work);
}

/** A folder of the run's own within `parent`, removed when its scope (`using`) or the process ends. */
export function temporaryFolder(parent: string = tmpdir()): { path: string } & Disposable {
  const path = mkdtempSync(join(parent, 'redcloud-bench-'));
  const remove = () => rmSync(path, { recursive: true, force: true });
  endWithUs(remove);
  return { path, [Symbol.dispose]: remove };
}
