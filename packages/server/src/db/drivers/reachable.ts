import type { Store } from '../db.ts';

const TIMEOUT_MS = 2_000;

/** Whether the store responds and accepts writes within `TIMEOUT_MS`. */
export async function reachable(db: Pick<Store, 'ready'>): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => {
    setTimeout(resolve, TIMEOUT_MS, false).unref();
  });
  const answer = db.ready().then(
    () => true,
    () => false,
  );
  return Promise.race([answer, late]);
}
