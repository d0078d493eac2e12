import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/longest-first.ts';

export default defineConfig({
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts'],
    globalSetup: ['packages/server/test/support/template.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    tags: [
      { name: 'slow', description: 'Runs in `npm run test:all` only.', timeout: 180_000 },
      { name: 'sized', description: 'Larger in `npm run test:all`.' },
    ],
    // A busy machine may take this long for an expected state.
    expect: { poll: { timeout: 20_000 } },
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    // Test files of one process share its modules: to load them again for each file takes longer than many of the tests.
    isolate: false,
    // V8's second compiler of WebAssembly now and then ends a process that opens many PGlites (nodejs/node#64500); tests
    // are too short to gain by it: without it the suite is faster.
    execArgv: ['--liftoff-only'],
    // Also on two cores: most of a test is waiting.
    maxWorkers: Math.max(3, availableParallelism() - 1),
  },
});
