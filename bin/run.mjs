#!/usr/bin/env node
// `node bin/run.mjs COMMAND …`: runs a command of the npm scripts with the packaged Node.
import { run } from '../packages/server/bin/runtime.mjs';

const [command = 'node', ...args] = process.argv.slice(2);
run(command, args);
