/** `npm run check`: all checks that do not run tests, concurrently. Prints the problems, and fails if there are any. */
import { execFileSync, spawn } from 'node:child_process';
import { areTypesCurrent } from '../packages/sdk/scripts/types.ts';
import { consoleProblems } from './console.ts';
import { dependencyProblems } from './dependencies.ts';
import { docsProblems } from './docs.ts';
import { languageReport } from './language.ts';
import { importProblems } from './modules.ts';
import { isCurrent } from './openapi.ts';
import { statementProblems } from './statements.ts';

interface Result {
  name: string;
  problems: string;
}

function command(name: string, ...args: string[]): Promise<Result> {
  const [program = '', ...rest] = args;
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ name, problems: error.message }));
    child.on('close', (code) => resolve({ name, problems: code === 0 ? '' : output || `ended with ${code}` }));
  });
}

async function examples(): Promise<Result> {
  const problems = docsProblems();
  if (!(await isCurrent())) problems.push('docs/openapi.json differs from the routes. Run npm run docs:openapi.');
  if (!(await areTypesCurrent())) {
    problems.push('packages/sdk/src/openapi.ts differs from the API document. Run npm run sdk:types.');
  }
  return { name: 'docs', problems: problems.join('\n') };
}

async function built(): Promise<Result> {
  return { name: 'console', problems: (await consoleProblems()).join('\n') };
}

function trackedFiles(): string[] {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  return files.trim().split('\n');
}

const results = await Promise.all([
  command('types', 'tsc', '-p', '.'),
  command('types of the console', 'tsc', '-p', 'packages/console'),
  command('SDK, as built', 'tsc', '-p', 'packages/sdk', '--noEmit'),
  command('lint, format, imports', 'biome', 'ci', '--colors=off', '--error-on-warnings', '.'),
  command('unused code', 'knip', '--no-progress'),
  command('API document', 'redocly', 'lint', 'docs/openapi.json'),
  examples(),
  built(),
  { name: 'imports', problems: importProblems(trackedFiles()).join('\n') },
  { name: 'dependencies', problems: dependencyProblems(trackedFiles()).join('\n') },
  { name: 'statements', problems: (await statementProblems(trackedFiles())).join('\n') },
  { name: 'language', problems: languageReport().join('\n') },
]);

for (const { name, problems } of results) {
  process.stdout.write(`${problems === '' ? 'ok    ' : 'FAILED'} ${name}\n`);
  if (problems !== '') process.stdout.write(`${problems}\n`);
}
process.exitCode = results.every(({ problems }) => problems === '') ? 0 : 1;
