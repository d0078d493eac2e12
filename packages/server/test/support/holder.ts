import type { Holder, Job } from '#queue/job.ts';

/** A live process. */
export const testHolder: Holder = { id: 'prc_test', epoch: 1, alive: () => true };

/** Loader for claims whose jobs contain all data that a test needs. */
export async function loadNothing(jobs: readonly Job[]): Promise<undefined[]> {
  return jobs.map(() => undefined);
}
