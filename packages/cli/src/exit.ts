/** Exit statuses. Scripts depend on them, so a number never changes its meaning. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  rejected: 3,
  refused: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

export const MEANING: Record<Exit, string> = {
  [EXIT.ok]: 'Success. For a send: all recipients were accepted.',
  [EXIT.unexpected]: 'Unexpected error, or an error of this machine such as a full disk.',
  [EXIT.usage]: 'Invalid command, option, file or configuration. Nothing was sent.',
  [EXIT.rejected]: 'Completed, but a recipient or item was rejected. The output has each with its reason.',
  [EXIT.refused]: 'The API rejected a request (4xx). The rejected request changed nothing.',
  [EXIT.unreachable]: 'No response, or a 5xx, after all retries. A send is safe to repeat with its key.',
  [EXIT.interrupted]:
    'Interrupted (ctrl-C, SIGTERM), or stopped by `bulk pause` or `bulk cancel`. Operations that continue on the server are reported.',
};

/** A mistake that the user can correct. */
export class UsageError extends Error {
  /** Advice for the user. */
  readonly next: string;

  constructor(message: string, next = 'Nothing was changed. Run `redcloud help <command>` for all options.') {
    super(message);
    this.next = next;
  }
}
