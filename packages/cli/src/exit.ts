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
  [EXIT.ok]: 'Done. Of a send: everybody was accepted.',
  [EXIT.unexpected]: 'Something that nobody foresaw; please report it.',
  [EXIT.usage]: 'The command, its options, a file or the configuration is wrong. Nothing was sent.',
  [EXIT.rejected]: 'Carried out, but somebody or something was rejected: the output says who and why.',
  [EXIT.refused]: 'The API refused (4xx). Nothing was done.',
  [EXIT.unreachable]: 'No answer, or a 5xx, after all retries. Sends are safe to repeat under their key.',
  [EXIT.interrupted]: 'Interrupted (ctrl-C, SIGTERM). What goes on all the same was said.',
};

/** A mistake that the user can correct. */
export class UsageError extends Error {
  /** Advice for the user. */
  readonly next: string;

  constructor(message: string, next = 'Nothing was done. `redcloud help <command>` has all options.') {
    super(message);
    this.next = next;
  }
}
