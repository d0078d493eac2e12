import type { Command } from 'commander';
import { MEANING, UsageError } from '../exit.ts';
import type { Action } from '../session.ts';

export function addHelp(program: Command, action: Action): void {
  program
    .command('help')
    .description('Show help for a command, or exit codes with `help exit-codes`')
    .argument('[words...]', 'Command, such as: webhooks listen')
    .action(
      action(async ({ out }, _options, words) => {
        const [first, ...rest] = (words ?? []) as unknown as string[];
        if (first === 'exit-codes') {
          const codes = Object.entries(MEANING).map(([code, meaning]) => ({ code: Number(code), meaning }));
          out.list(
            codes,
            [
              { title: 'CODE', of: ({ code }) => code },
              { title: 'MEANING', of: ({ meaning }) => meaning },
            ],
            '',
          );
          return;
        }
        out.raw(found(program, first === undefined ? [] : [first, ...rest]).helpInformation());
      }),
    );
}

function found(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (!next) throw new UsageError(`Unknown command ${words.join(' ')}`);
    command = next;
  }
  return command;
}
