import type { Command } from 'commander';
import { candidates } from '../completion/candidates.ts';
import { SCRIPTS, type Shell } from '../completion/scripts.ts';
import { UsageError } from '../exit.ts';
import type { Action } from '../session.ts';

export function addCompletion(program: Command, action: Action): void {
  program
    .command('completion')
    .description('Print a completion script for a shell: source <(redcloud completion bash)')
    .argument('<shell>', 'bash, zsh or fish')
    .action(
      action(async ({ out }, _options, shell = '') => {
        if (!(shell in SCRIPTS)) throw new UsageError(`Shell ${shell} is not supported. Use bash, zsh or fish.`);
        out.raw(SCRIPTS[shell as Shell]);
      }),
    );
  program
    .command('complete', { hidden: true })
    .description('List completions of the last word, for the completion scripts')
    .argument('[words...]')
    .action(
      action(async ({ out }, _options, words) => {
        for (const candidate of candidates(program, (words ?? []) as unknown as string[])) out.raw(`${candidate}\n`);
      }),
    );
}
