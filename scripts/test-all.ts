/**
 * `npm run test:all`: all tests on both stores, including those tagged `slow` and those with installed third-party
 * programs, and the short crash tests. `-- --after-test` excludes the tests of `npm test`. Options of Vitest may
 * follow. Ends with a list of the failed tests, and with status 1 if there are any.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import pg from 'pg';

const AFTER_TEST = '--after-test';
const LOCAL_SERVER = 'postgres://postgres@127.0.0.1:5432/postgres';
/**
 * Tests for which the embedded store is sufficient. These tests use no store or only the HTTP API, or
 * the crash tests repeat them on PostgreSQL.
 */
const WITHOUT_STORE = [
  'packages/{cli,console,sdk,smpp}/**',
  'packages/server/test/console/**',
  'packages/server/test/carriers/**',
  'packages/server/test/{docs,package}/**',
  'packages/server/test/commands/{backup,check,commands,first-screen,migrate}.test.ts',
  'packages/server/src/{carriers,egress,smsc}/**',
  'packages/server/src/media/images.test.ts',
  'packages/server/src/webhooks/delivery/post*.test.ts',
  'packages/server/src/entrances/http/**',
  'packages/server/test/crash/kill.test.ts',
  'packages/server/test/http/{concurrency,documents,guesses,loopback,numbers,pipelining,token}.test.ts',
  'packages/server/test/http/{admin,console,malformed}*.test.ts',
  'packages/server/test/pipeline/{secrecy,webhook-isolation,webhook-targets}.test.ts',
];

/** Long tests that one store is sufficient for, if a server is available: carriers with many messages, and servers of their own. */
const ON_POSTGRES = [
  'packages/server/test/store/failover.test.ts',
  'packages/server/test/routing/{failover,failover-faults,pause-under-load}.test.ts',
  'packages/server/test/pipeline/{cancel-race,pool-restart,smpp}.test.ts',
];

/** Many tests of the first part start several servers, or a browser. The second part mostly waits. */
const workers = (perCore: number) => `--maxWorkers=${Math.max(2, Math.ceil(perCore * availableParallelism()))}`;

const excluding = (patterns: readonly string[]) => patterns.flatMap((pattern) => ['--exclude', pattern]);
const say = (text: string) => process.stdout.write(`${text}\n`);

function run(title: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  say(`\n== ${title}`);
  const [program = '', ...rest] = args;
  const startedAt = Date.now();
  const { status } = spawnSync(program, rest, {
    stdio: 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
  say(`== ${title}: ${status === 0 ? 'passed' : 'FAILED'} in ${Math.round((Date.now() - startedAt) / 1000)} s`);
  return status === 0;
}

/** @returns the reason why the server cannot be used; undefined if it can */
async function problemOf(connectionString: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.query('select 1');
    return undefined;
  } catch (error) {
    return (error as Error).message || (error as NodeJS.ErrnoException).code || 'no connection';
  } finally {
    await client.end().catch(() => undefined);
  }
}

const options = process.argv.slice(2).filter((argument) => argument !== AFTER_TEST);
const isAfterTest = process.argv.includes(AFTER_TEST);
const server = process.env['TEST_DATABASE_URL'] ?? LOCAL_SERVER;
/** Reports as JSON, one file per run of Vitest. */
const reports = mkdtempSync(join(tmpdir(), 'redcloud-test-all-'));

/** The parts of Vitest's JSON report that are read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function vitest(title: string, args: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${join(reports, `${title}.json`)}`];
  return run(title, ['vitest', 'run', ...args, ...report, ...options], env);
}

/** @returns one line per failed test: file, title and the first line of the error */
function failuresOf(title: string): string[] {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(join(reports, `${title}.json`), 'utf8'));
  } catch {
    return ['Vitest wrote no report'];
  }
  return report.testResults.flatMap(({ name, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    const lines = failed.map(({ fullName, failureMessages: [first = ''] }) => `${fullName}: ${first.split('\n')[0]}`);
    return (message ? [message.split('\n')[0], ...lines] : lines).map((line) => `${file}: ${line}`);
  });
}

const EMBEDDED = 'embedded store';
const POSTGRES = 'PostgreSQL';
const problem = await problemOf(server);
const results = [
  vitest(
    EMBEDDED,
    [workers(1), ...(isAfterTest ? ['--tags-filter=slow || sized'] : []), ...excluding(problem ? [] : ON_POSTGRES)],
    { TEST_DATABASE_URL: undefined },
  ),
];
if (problem) say(`\n== PostgreSQL: skipped. ${server} cannot be used (${problem}). Set TEST_DATABASE_URL.`);
else {
  results.push(vitest(POSTGRES, [workers(1.5), ...excluding(WITHOUT_STORE)], { TEST_DATABASE_URL: server }));
}
// Half of the usual rate, because three scenarios with nine processes share the machine.
results.push(
  run('crash tests', ['node', 'packages/server/test/crash/run.ts', '--short', '--at-once', '3', '--rate', '30']),
);
for (const [index, title] of [EMBEDDED, ...(problem ? [] : [POSTGRES])].entries())
  if (!results[index]) for (const line of failuresOf(title)) say(`FAILED on ${title}: ${line}`);
rmSync(reports, { recursive: true });
process.exit(results.every(Boolean) ? 0 : 1);
