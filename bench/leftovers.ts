import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const leftovers = new Set<() => void>();

/** Runs `work` when this process ends, except after SIGKILL. The work must be synchronous. */
export function endWithUs(work: () => void): void {
  if (leftovers.size === 0) {
    process.once('exit', () => {
      for (const end of [...leftovers].reverse()) end();
    });
    // Without a handler, a signal would end the process without 'exit'.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  }
  leftovers.add(work);
}

/** Temporary folder within `parent`, removed at the end of its scope (`using`) or of the process. */
export function temporaryFolder(parent: string = tmpdir()): { path: string } & Disposable {
  const path = mkdtempSync(join(parent, 'redcloud-bench-'));
  const remove = () => rmSync(path, { recursive: true, force: true });
  endWithUs(remove);
  return { path, [Symbol.dispose]: remove };
}
