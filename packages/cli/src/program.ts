import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { addAdmin } from './commands/admin/admin.ts';
import { addBulk } from './commands/bulk.ts';
import { addCancel } from './commands/cancel.ts';
import { addCompletion } from './commands/completion.ts';
import { addEvents } from './commands/events.ts';
import { addHelp } from './commands/help.ts';
import { addLogin } from './commands/login.ts';
import { addMedia } from './commands/media.ts';
import { addMessages } from './commands/messages.ts';
import { addNumbers } from './commands/numbers.ts';
import { addOptOuts } from './commands/opt-outs.ts';
import { addQuietHours } from './commands/quiet-hours.ts';
import { addReschedule } from './commands/reschedule.ts';
import { addSend } from './commands/send.ts';
import { addSimulate } from './commands/simulate.ts';
import { addWebhooks } from './commands/webhooks.ts';
import { addWhoami } from './commands/whoami.ts';
import type { Exit } from './exit.ts';
import { createAction } from './session.ts';
import type { Terminal } from './terminal.ts';

interface Run {
  signal: AbortSignal;
  /** Whether errors are written as JSON. */
  isJson: boolean;
}

/** Creates the program with all commands. @param done receives the exit status of the command */
export function createProgram(terminal: Terminal, { signal, isJson }: Run, done: (exit: Exit) => void): Command {
  // Errors of commander are thrown and reported like other errors. The remaining output of commander is help for
  // people.
  const output = { outputError: () => undefined, ...(isJson ? { writeErr: () => undefined } : {}) };
  const program = new Command('redcloud')
    .description('Red Cloud command line: send messages, follow events, forward webhooks')
    .version(manifest.version, '-V, --version', 'Show the version')
    .helpOption('-h, --help', 'Show help for the command')
    .option('--json', 'Write JSON instead of tables (default if standard output is not a terminal)')
    .option('--no-json', 'Write tables, even if standard output is not a terminal')
    .option('--profile <name>', 'Name of the stored login')
    .option('--sandbox', 'Use the sandbox on this machine, with its public credentials')
    .option('--url <url>', 'URL of the server, instead of the URL of the profile')
    .helpCommand(false)
    .configureOutput(output)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  const action = createAction(terminal, signal, done);
  addLogin(program, action);
  addWhoami(program, action);
  addNumbers(program, action);
  addSend(program, action);
  addBulk(program, action);
  addCancel(program, action);
  addReschedule(program, action);
  addQuietHours(program, action);
  addMedia(program, action);
  addMessages(program, action);
  addEvents(program, action);
  addWebhooks(program, action);
  addOptOuts(program, action);
  addSimulate(program, action);
  addAdmin(program, action);
  addCompletion(program, action);
  addHelp(program, action);
  return program;
}
