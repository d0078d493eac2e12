import type { Command, Option } from 'commander';

/**
 * Completes a command line.
 *
 * @param words the words after `redcloud`. The last word is incomplete and may be empty.
 * @returns words that can replace the last word. Empty for a free value, so that the shell offers files.
 */
export function candidates(program: Command, words: readonly string[]): string[] {
  const current = words.at(-1) ?? '';
  const { command, awaiting } = walked(program, words.slice(0, -1));
  const all = awaiting ? (awaiting.argChoices ?? []) : offered(program, command, current);
  return all.filter((candidate) => candidate.startsWith(current));
}

/** Returns the command that the words select, and the option that expects a value next. */
function walked(program: Command, words: readonly string[]): { command: Command; awaiting: Option | undefined } {
  let command = program;
  let awaiting: Option | undefined;
  for (const word of words) {
    if (awaiting) awaiting = undefined;
    else if (word.startsWith('-'))
      awaiting = optionsOf(program, command).find((option) => isCalled(option, word) && takesValue(option));
    else command = command.commands.find((one) => one.name() === word) ?? command;
  }
  return { command, awaiting };
}

function offered(program: Command, command: Command, current: string): string[] {
  if (current.startsWith('-')) {
    return [...optionsOf(program, command).flatMap(({ long, hidden }) => (long && !hidden ? [long] : [])), '--help'];
  }
  const help = command.createHelp();
  const names = help.visibleCommands(command).map((one) => one.name());
  return command.name() === 'completion' ? ['bash', 'zsh', 'fish'] : names;
}

const optionsOf = (program: Command, command: Command) => [
  ...command.options,
  ...(command === program ? [] : program.options),
];

const isCalled = ({ long, short }: Option, word: string) => word === long || word === short;

const takesValue = ({ required, optional }: Option) => required || optional;
