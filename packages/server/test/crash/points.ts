/**
 * Points of a process at which a step takes effect. A point is recognized by the text of its SQL statement, so that
 * production code needs no hooks. A fault that never fires fails its scenario, which reveals a changed text.
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
  'heartbeat.renew',
  'heartbeat.evict',
  'heartbeat.free',
  'link.hold',
] as const;

/**
 * `before`: the step has not left the process | `sent`: the step is sent, and its receiver will get it | `answered`:
 * the step is done and its response has arrived, but is not processed.
 */
export type Moment = 'before' | 'sent' | 'answered';

export interface Fault {
  point: Point;
  moment: Moment;
  /** Pass of the point at which the fault fires. 1 is the first. */
  nth: number;
  /**
   * `cut`: ends the connection of the statement. `jump`: moves the wall clock by `ms`, but not the monotonic clock.
   * `delay`: delays each later response of the store by `ms`.
   */
  action: 'kill' | 'stop' | 'cut' | 'jump' | 'delay';
  ms?: number;
}

/** Signal from which passes are counted. A process with REDCLOUD_ARMED counts from its start. */
export const ARM = 'SIGUSR2';

/** Line on standard error when a fault fires. */
export interface Fired extends Fault {
  fired: true;
  pid: number;
}

type Kind = 'record' | 'receipt' | 'join';

/** Statements that identify their transaction. */
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
  [/^\s*insert into processes/, 'heartbeat.renew'],
  [/^\s*delete from processes where id <>/, 'heartbeat.evict'],
  [/^\s*update jobs j set leased_by = null[\s\S]*not exists/, 'heartbeat.free'],
  [/^\s*update binds set held_by = \$3/, 'link.hold'],
];

/** Follows the statements of one connection. */
export class Statements {
  #kind: Kind | undefined;

  /** @returns the point of the statement, if it is one. */
  next(text: string): Point | undefined {
    if (/^\s*begin\b/i.test(text)) this.#kind = undefined;
    const opening = OPENING.find(([pattern]) => pattern.test(text));
    if (opening) {
      // The statement that ends the job comes first. Another such statement of the same transaction is not a point.
      const first = this.#kind === undefined;
      this.#kind = opening[2];
      return first ? opening[1] : undefined;
    }
    if (this.#kind && /^\s*with changed as/.test(text)) return `${this.#kind}.write`;
    if (this.#kind && /^\s*commit\b/i.test(text)) return `${this.#kind}.commit`;
    return ALONE.find(([pattern]) => pattern.test(text))?.[1];
  }
}
