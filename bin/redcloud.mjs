#!/usr/bin/env node
import './runtime.mjs';

const { main } = await import('../src/main.ts');
await main();
