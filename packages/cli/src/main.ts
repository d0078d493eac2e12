import { CommanderError } from 'commander';
import { EXIT, type Exit, UsageError } from './exit.ts';
import { onInterrupt } from './interrupts.ts';
import { documentOf, failureOf, linesOf } from './output/failure.ts';
import { outputLost } from './output/output-error.ts';
import { json } from './output/text.ts';
import { createProgram } from './program.ts';
import { terminal } from './terminal.ts';

/** Runs the command line and sets the exit status of the process. @param isLinked as in `onInterrupt` */
export async function main(
  argv: readonly string[] = process.argv.slice(2),
  { isLinked = false }: { isLinked?: boolean } = {},
): Promise<void> {
  const controller = new AbortController();
  // A second interrupt exits immediately.
  const stop = () => (controller.signal.aborted ? process.exit(EXIT.interrupted) : controller.abort());
  onInterrupt(stop, isLinked);
  const isJson = wantsJson(argv) ?? !terminal.stdout.isTTY;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `redcloud … | head` is not an error. Exits with the status of the command, if it has ended.
    if (error.code === 'EPIPE') setImmediate(() => process.exit(process.exitCode ?? EXIT.ok));
    else process.exit(report(outputLost(error), isJson));
  });
  // Standard error is closed, so this error cannot be reported.
  process.stderr.on('error', () => undefined);
  process.exitCode = await run(argv, controller.signal, isJson);
}

async function run(argv: readonly string[], signal: AbortSignal, isJson: boolean): Promise<Exit> {
  let exit: Exit = EXIT.ok;
  const program = createProgram(terminal, { signal, isJson }, (how) => {
    exit = how;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, isJson);
    if (error.exitCode === 0) return EXIT.ok;
    if (error.code === 'commander.help' && !isJson) return EXIT.usage;
    return report(new UsageError(mistakeOf(error)), isJson);
  }
}

/** Reads the format from the arguments, also if the command is invalid. */
function wantsJson(argv: readonly string[]): boolean | undefined {
  const said = argv.findLast((word) => word === '--json' || word === '--no-json');
  return said === undefined ? undefined : said === '--json';
}

function mistakeOf({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'Command or subcommand is missing';
  return message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
}

function report(error: unknown, isJson: boolean): Exit {
  const failure = failureOf(error);
  const text = isJson ? json(documentOf(failure)) : linesOf(failure).join('\n');
  terminal.stderr.write(`${text}\n`);
  return failure.exit;
}
