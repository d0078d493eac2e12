import { TestRunner } from 'vitest';

/** Whether tests with the tag `slow` also run: in `npm run test:all`, and if Vitest is started without a filter. */
const thorough = TestRunner.matchesTags(['slow']);

/** Size of a test that finds more if it is larger. @returns `many` in a thorough run, otherwise a quarter of it. */
export function sized(many: number): number {
  return thorough ? many : Math.ceil(many / 4);
}
