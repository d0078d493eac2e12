/**
 * Checks that each package declares what its sources import. A dependency that is missing, or only a dev dependency, is
 * not installed by `npm ci --omit=dev`, or with the published package.
 */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { parseSync } from 'oxc-parser';

const ROOT = new URL('..', import.meta.url).pathname;
/** Packages whose sources run without a build. The build of the console is committed. */
const PACKAGES = ['server', 'smpp', 'sdk', 'cli'];

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
}

const manifestOf = (directory: string): Manifest =>
  JSON.parse(readFileSync(`${ROOT}${directory}package.json`, 'utf8')) as Manifest;

/** @returns names of the packages that a file loads. Types are not loaded. */
function packagesOf(file: string): string[] {
  const source = readFileSync(ROOT + file, 'utf8');
  const { module } = parseSync(file, source);
  const loaded = [
    ...module.staticImports.filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType)),
    ...module.staticExports.flatMap(({ entries }) => entries.filter(({ isType }) => !isType)),
  ].map(({ moduleRequest }) => moduleRequest?.value ?? '.');
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) => source.slice(start, end));
  const literal = dynamic.flatMap((text) => /^'([^']+)'$/.exec(text)?.[1] ?? []);
  return [...loaded, ...literal].flatMap((name) => {
    if (/^[.#]/.test(name) || isBuiltin(name)) return [];
    return /^(?:@[^/]+\/)?[^/]+/.exec(name) ?? [];
  });
}

/**
 * Dependencies of a package, and of the packages of this repository that are compiled into it.
 * @param directory directory of the package
 */
function problemsOf(directory: string, files: readonly string[], others: readonly Manifest[]): string[] {
  const { dependencies = {} } = manifestOf(directory);
  // The package of the command line includes its libraries. In a checkout, they are dependencies of the root.
  const installed = { ...manifestOf('').dependencies, ...dependencies };
  return files.flatMap((file) =>
    packagesOf(file).flatMap((name) => {
      if (name in installed) return [];
      const included = others.find((other) => other.name === name);
      if (!included) return [`${file}: ${name} is not in the dependencies of ${directory}package.json`];
      return Object.entries(included.dependencies ?? {})
        .filter(([needed, version]) => dependencies[needed] !== version)
        .map(([needed, version]) => `${directory}package.json: ${name} needs ${needed} ${version} in dependencies`);
    }),
  );
}

/** @param files paths of all files in the repository */
export function dependencyProblems(files: readonly string[]): string[] {
  const others = PACKAGES.map((name) => manifestOf(`packages/${name}/`));
  const problems = PACKAGES.flatMap((name) => {
    const directory = `packages/${name}/`;
    const sources = files.filter((file) => file.startsWith(`${directory}src/`) && /(?<!\.test|\.d)\.ts$/.test(file));
    return problemsOf(directory, sources, others);
  });
  return [...new Set(problems)];
}
