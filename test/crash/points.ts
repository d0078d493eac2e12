/**
 * The points at which a step becomes true, as a process under test passes them. They are known by the text of their
 * statements, so production code has nothing in it for these tests; a fault that never fires fails its scenario, which
 * tells when a text has changed.
 */
export type Point = (typeof POINTS)[number];

export const POINTS = [
  'accept',
  'claim.outbound',
  'claim.webhooks',
  'unclaim',
  'submit',
  'record.end',
  'record.write',
  'record.commit',
  'receipt.keep',
  'receipt.write',
  'receipt.commit',
  'join.find',
  'join.write',
  'join.commit',
  'post',
  'attempt',
  'presence.renew',
  'presence.bury',
  'presence.free',
  'link.hold',
] as const;

/** `before` it leaves the process | `sent`: it is on its way, and whoever gets it has it | `answered`: it is done and the
 * answer is here, but nothing of this process has seen it. */
export type Moment = 'before' | 'sent' | 'answered';

export interface Fault {
  point: Point;
  moment: Moment;
  /** The how manieth time that the process passes the point; 1 is the first. */
  nth: number;
  /**
   * `cut`: the connection that the statement went over breaks. `jump`: the clock, by `ms`; the monotonic one stays.
   * `delay`: from then on each answer of the store comes `ms` later.
   */
  action: 'kill' | 'stop' | 'cut' | 'jump' | 'delay';
  ms?: number;
}

/** From this signal on the points are counted; a process with REDCLOUD_ARMED counts from its start. */
export const ARM = 'SIGUSR2';

/** What a process says on its standard error when a fault fires. */
export interface Fired extends Fault {
  fired: true;
  pid: number;
}

type Kind = 'record' | 'receipt' | 'join';

/** Statements that say which transaction they are in. */
const OPENING: readonly [RegExp, Point, Kind][] = [
  [/^\s*(delete from jobs j using|update jobs j set run_at)/, 'record.end', 'record'],
  [/^\s*insert into receipts/, 'receipt.keep', 'receipt'],
  [/^\s*update receipts r set message_id/, 'join.find', 'join'],
];

const ALONE: readonly [RegExp, Point][] = [
  [/^\s*with request as/, 'accept'],
  [/^\s*with client as materialized[\s\S]*queue = 'outbound'/, 'claim.outbound'],
  [/^\s*with client as materialized[\s\S]*queue = 'webhooks'/, 'claim.webhooks'],
  [/^\s*update jobs set leased_by = null[\s\S]*lease <> all/, 'unclaim'],
  [/^\s*with finished as/, 'attempt'],
  [/^\s*insert into processes/, 'presence.renew'],
  [/^\s*delete from processes where id <>/, 'presence.bury'],
  [/^\s*update jobs j set leased_by = null[\s\S]*not exists/, 'presence.free'],
  [/^\s*update binds set held_by = \$3/, 'link.hold'],
];

/** Follows the statements of one connection. */
export class Statements {
  #kind: Kind | undefined;

  /** @returns which point the statement is, if it is one. */
  next(text: string): Point | undefined {
    if (/^\s*begin\b/i.test(text)) this.#kind = undefined;
    const opening = OPENING.find(([pattern]) => pattern.test(text));
    if (opening) {
      // What ends the job comes first; a second such statement of the same transaction is no point of its own.
      const first = this.#kind === undefined;
      this.#kind = opening[2];
      return first ? opening[1] : undefined;
    }
    if (this.#kind && /^\s*with changed as/.test(text)) return `${this.#kind}.write`;
    if (this.#kind && /^\s*commit\b/i.test(text)) return `${this.#kind}.commit`;
    return ALONE.find(([pattern]) => pattern.test(text))?.[1];
  }
}
