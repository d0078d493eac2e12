/**
 * Builds for `npm pack`: bundles the program, the SDK and its libraries into one file that runs on Node 20.12 or later.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const LIBRARIES = ['commander', 'csv-parse'];

rmSync(pathOf('../dist'), { recursive: true, force: true });
const bundle = await rolldown({ input: pathOf('../src/main.ts'), platform: 'node' });
await bundle.write({ file: pathOf('../dist/redcloud.js'), format: 'esm' });
await bundle.close();

/** Licences of the bundled libraries. Each must be included with its library. */
const licences = LIBRARIES.map((name) => {
  const directory = import.meta.resolve(name).replace(new RegExp(`(/node_modules/${name}/).*`), '$1');
  return `${name}\n\n${readFileSync(new URL('LICENSE', directory), 'utf8')}`;
});
writeFileSync(pathOf('../dist/LICENSES.txt'), licences.join('\n\n'));
