import type { Holder, Job } from '../../src/queue/job.ts';

/** A process that lives. */
export const testHolder: Holder = { id: 'prc_test', life: 1, alive: () => true };

/** For claims whose jobs say all that a test needs. */
export async function loadNothing(jobs: readonly Job[]): Promise<undefined[]> {
  return jobs.map(() => undefined);
}
