/** `npm pack` of this package: all of it, the SDK and its libraries included, in one file that any Node from 20.12 runs. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const LIBRARIES = ['commander', 'csv-parse'];

rmSync(pathOf('../dist'), { recursive: true, force: true });
const bundle = await rolldown({ input: pathOf('../src/main.ts'), platform: 'node' });
await bundle.write({ file: pathOf('../dist/redcloud.js'), format: 'esm' });
await bundle.close();

/** Their licences ask to go where they go. */
const licences = LIBRARIES.map((name) => {
  const directory = import.meta.resolve(name).replace(new RegExp(`(/node_modules/${name}/).*`), '$1');
  return `${name}\n\n${readFileSync(new URL('LICENSE', directory), 'utf8')}`;
});
writeFileSync(pathOf('../dist/LICENSES.txt'), licences.join('\n\n'));
