import { TestRunner } from 'vitest';

/** Whether tests that are tagged `slow` run as well: in `npm run test:all`, and where Vitest is started without a filter. */
const thorough = TestRunner.matchesTags(['slow']);

/** Size of a test that is worth more the larger it is. @returns `many` in a thorough run, otherwise a quarter of it. */
export function sized(many: number): number {
  return thorough ? many : Math.ceil(many / 4);
}
