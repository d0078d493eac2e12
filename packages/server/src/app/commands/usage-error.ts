/** Wrong arguments. The process ends with status 64 (EX_USAGE). */
export class UsageError extends Error {}

/** @throws UsageError for any option or argument, for commands without them. */
export function refuseOptions(command: string, options: readonly string[]): void {
  const [first] = options;
  if (first === undefined) return;
  const kind = first.startsWith('-') ? 'option' : 'argument';
  throw new UsageError(`The command ${command} has no ${kind} ${first}.`);
}
