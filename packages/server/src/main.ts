import { COMMANDS, type Command, DEFAULT_COMMAND, USAGE } from './app/commands/commands.ts';
import { fail } from './app/commands/failure.ts';
import { signals } from './app/commands/signals.ts';
import { UsageError } from './app/commands/usage-error.ts';
import { VERSION } from './platform/config.ts';

const EX_USAGE = 64;

/** Runs a command. Without a command, the server starts. */
export async function main(args: readonly string[] = process.argv.slice(2)): Promise<void> {
  const [name = DEFAULT_COMMAND, ...options] = args;
  if (/^(-h|(--)?help)$/.test(name)) process.stdout.write(USAGE);
  else if (/^(-v|(--)?version)$/.test(name)) process.stdout.write(`${VERSION}\n`);
  else if (!Object.hasOwn(COMMANDS, name))
    refuse(`Unknown ${name.startsWith('-') ? 'option' : 'command'} ${name}.`, USAGE);
  else if (name === 'start') {
    signals.catch();
    await runCommand((await COMMANDS[name]?.load()) as Command, options);
  } else await runCommand((await COMMANDS[name]?.load()) as Command, options);
}

async function runCommand({ usage, run }: Command, options: readonly string[]): Promise<void> {
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    // The reader of a pipe may end early, as `head` does.
    if (code === 'EPIPE') return;
    process.stderr.write(`The output could not be written (${message}).\n`);
    process.exitCode = 1;
  });
  if (options.includes('--help')) {
    process.stdout.write(usage);
    return;
  }
  try {
    const status = await run(options);
    // A running server has no status yet.
    if (status !== undefined) process.exitCode = status;
  } catch (error) {
    if (error instanceof UsageError) refuse(error.message, usage);
    else process.exitCode = fail(error);
  }
}

function refuse(message: string, usage: string): void {
  process.stderr.write(`${message}\n\n${usage}`);
  process.exitCode = EX_USAGE;
}
