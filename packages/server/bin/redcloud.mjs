#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { isNewEnough, load, run } from './runtime.mjs';

if (isNewEnough) {
  const { main } = await load('main');
  await main();
} else {
  run('node', [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { isPatient: true });
}
