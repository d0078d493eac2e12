import type { Db } from './db.ts';

const TIMEOUT_MS = 2_000;

/** Whether the store answers in time. */
export async function reachable(db: Db): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => {
    setTimeout(resolve, TIMEOUT_MS, false).unref();
  });
  const answer = db.query('select 1 as ok', []).then(
    () => true,
    () => false,
  );
  return Promise.race([answer, late]);
}
