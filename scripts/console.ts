/** Checks that the committed console is up to date with its sources, and that its first load is small enough. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { build } from 'vite';

const CONSOLE = new URL('../packages/console', import.meta.url).pathname;
/** Limit for all files of a first visit, compressed. */
const MOST_BYTES = 250 * 1024;

/** @returns the files of a folder before compression, because zlib's output may differ between versions */
function contents(directory: string): Map<string, string> {
  const names = readdirSync(directory).sort();
  return new Map(
    names.map((name) => {
      const bytes = readFileSync(join(directory, name));
      return [name, (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')];
    }),
  );
}

/** @returns one line for each problem */
export async function consoleProblems(): Promise<string[]> {
  const committed = join(CONSOLE, 'dist');
  const fresh = mkdtempSync(join(tmpdir(), 'redcloud-console-'));
  try {
    await build({ root: CONSOLE, logLevel: 'error', build: { outDir: fresh, emptyOutDir: true } });
    const [is, shouldBe] = [contents(committed), contents(fresh)];
    const names = new Set([...is.keys(), ...shouldBe.keys()]);
    const stale = [...names].filter((name) => is.get(name) !== shouldBe.get(name));
    const problems = stale.map(
      (name) => `packages/console/dist/${name} differs from a build of the sources. Run npm run console:build.`,
    );
    const bytes = [...names]
      .filter((name) => name.endsWith('.gz'))
      .reduce((sum, name) => sum + readFileSync(join(fresh, name)).byteLength, 0);
    if (bytes > MOST_BYTES)
      problems.push(`the console's first load is ${bytes} compressed bytes, more than ${MOST_BYTES}`);
    return problems;
  } finally {
    rmSync(fresh, { recursive: true });
  }
}
