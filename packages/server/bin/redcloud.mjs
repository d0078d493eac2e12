#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { isNewEnough, run } from './runtime.mjs';

if (isNewEnough) {
  const { main } = await import('../src/main.ts');
  await main();
} else {
  run('node', [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
}
