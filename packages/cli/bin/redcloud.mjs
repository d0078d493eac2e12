#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = new URL('../src/main.ts', import.meta.url);

if (!existsSync(source)) {
  const { main } = await import('../dist/redcloud.js');
  await main();
} else {
  // Inside the repository, the sources run directly, with the Node that the repository includes.
  const { importSource, isNewEnough, run } = await import('../../server/bin/runtime.mjs');
  if (isNewEnough) {
    const { main } = await importSource(source);
    await main(process.argv.slice(2), { isLinked: process.connected === true });
  } else {
    run('node', [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { isLinked: true });
  }
}
