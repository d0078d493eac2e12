import { afterAll, beforeAll } from 'vitest';
import { startRedCloud, type TestRedCloud } from './redcloud.ts';

/**
 * Starts Red Cloud for one test file before its first test, and stops it after the last.
 * @returns access to Red Cloud while tests run, and a function that restarts it on its store.
 */
export function ownRedCloud() {
  let redcloud: TestRedCloud;
  beforeAll(async () => {
    redcloud = await startRedCloud();
  });
  afterAll(() => redcloud.stop());
  return {
    redcloud: () => redcloud,
    async restart(): Promise<TestRedCloud> {
      redcloud = await redcloud.restart();
      return redcloud;
    },
  };
}
