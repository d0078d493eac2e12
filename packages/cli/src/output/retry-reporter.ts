import { ApiError, type RedCloudError } from '../sdk.ts';
import type { Terminal } from '../terminal.ts';
import { reasonOf } from './failure.ts';
import { printable } from './text.ts';

/** Reports reasons of retries on a terminal, once per kind of error. Scripts get the final result only. */
export function createRetryReporter({ stderr }: Terminal): (error: RedCloudError) => void {
  const reported = new Set<string>();
  return (error) => {
    const kind = error instanceof ApiError ? error.code : error.name;
    if (!stderr.isTTY || reported.has(kind)) return;
    reported.add(kind);
    // Replaces the progress line, which is then drawn again below.
    stderr.write(`\r\u001b[2K${printable(reasonOf(error))}. Trying again …\n`);
  };
}
