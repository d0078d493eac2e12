#!/usr/bin/env node
// `node bin/run.mjs COMMAND …`: the npm scripts' way to the Node that comes along.
import { run } from './runtime.mjs';

const [command = 'node', ...args] = process.argv.slice(2);
run(command, args);
