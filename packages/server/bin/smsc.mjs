#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { isNewEnough, load, run } from './runtime.mjs';

if (isNewEnough) {
  const { main } = await load('smsc/main');
  await main(process.argv.slice(2)).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
} else {
  run('node', [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
}
