import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Test files that take more than 20 seconds in `npm run test:all`, mostly waiting. The longest one is first. Vitest
 * itself knows only the times of the previous run, which may have skipped their tests.
 */
const LONG = [
  'store/failover',
  'routing/failover-faults',
  'commands/backup',
  'crash/media',
  'pipeline/smpp',
  'routing/pause-under-load',
  'console/console',
  'console/mishaps',
  'routing/failover',
  'console/scheduling',
  'docs/own-app',
  'package/debian',
  'package/tarball',
  'console/carriers',
  'cli/test/commands',
  'pipeline/restart',
  'carriers/large-photo',
  'carriers/http-chaos',
  'cli/test/campaign-faults',
  'console/lost-responses',
];

/** Starts the long test files first, so that none of them runs alone at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = LONG.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return found === -1 ? LONG.length : found;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
