import { setTimeout as delay } from 'node:timers/promises';
import { LocalError } from '../output/failure.ts';
import { AbortError } from '../sdk.ts';
import type { BulkDirectory } from './directory.ts';

const LOOK_EVERY_MS = 50;
/** Time for the end of the process: the rows in progress get five seconds, and then are aborted. */
const WAIT_MS = 20_000;

/** Waits until no process owns the bulk send. @throws LocalError when the process does not end | AbortError */
export async function stopped(directory: BulkDirectory, signal: AbortSignal): Promise<void> {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    if (signal.aborted) throw new AbortError(signal.reason);
    const owner = directory.owner();
    if (!owner) return;
    if (performance.now() > until) {
      const next = 'The request stays in effect. End the process, and run the same command again.';
      throw new LocalError('STILL_RUNNING', `Process ${owner.pid} of ${directory.id} does not stop`, next);
    }
    await delay(LOOK_EVERY_MS);
  }
}
