/** Wrong arguments. The process ends with status 64 (EX_USAGE). */
export class UsageError extends Error {}

/** @throws UsageError for any option or argument, for commands without them. */
export function refuseOptions(command: string, options: readonly string[]): void {
  const [first] = options;
  if (first === undefined) return;
  const kind = first.startsWith('-') ? 'option' : 'argument';
  throw new UsageError(`The command ${command} has no ${kind} ${first}.`);
}

/** @returns the only argument. @throws UsageError without it, and for any option or further argument. */
export function onlyArgument(command: string, name: string, options: readonly string[]): string {
  const [argument, ...more] = options;
  // An empty argument is a variable of the shell without a value.
  if (!argument?.trim() || argument.startsWith('-')) {
    throw new UsageError(`The command ${command} needs the argument ${name}.`);
  }
  refuseOptions(command, more);
  return argument;
}
