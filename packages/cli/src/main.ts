import { CommanderError } from 'commander';
import { EXIT, type Exit, UsageError } from './exit.ts';
import { documentOf, failureOf, linesOf } from './output/failure.ts';
import { createProgram } from './program.ts';
import { terminal } from './terminal.ts';

/** Runs the command of this process, and sets its exit status. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  const controller = new AbortController();
  // The second time is an order.
  const stop = () => (controller.signal.aborted ? process.exit(EXIT.interrupted) : controller.abort());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  // `redcloud … | head` is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.exitCode = await run(argv, controller.signal);
}

async function run(argv: readonly string[], signal: AbortSignal): Promise<Exit> {
  let exit: Exit = EXIT.ok;
  const program = createProgram(terminal, signal, (how) => {
    exit = how;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    // Commander has said what is wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return report(error, program.opts<{ json?: boolean }>().json);
  }
}

function report(error: unknown, json: boolean | undefined): Exit {
  const failure = failureOf(error);
  const isJson = json ?? !(terminal.stdout.isTTY || error instanceof UsageError);
  const text = isJson ? JSON.stringify(documentOf(failure)) : linesOf(failure).join('\n');
  terminal.stderr.write(`${text}\n`);
  return failure.exit;
}
