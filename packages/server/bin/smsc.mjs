#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { isNewEnough, run } from './runtime.mjs';

if (isNewEnough) {
  const { main } = await import('../src/smsc/main.ts');
  await main(process.argv.slice(2)).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
} else {
  run('node', [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
}
