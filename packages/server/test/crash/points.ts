import { EVICT, HOLD_LINK, RELEASE_JOBS, RENEW } from '#cluster/sql.ts';
import { nameIn } from '#db/statement.ts';
import { ADD, FETCHED, REQUEST, TOUCH } from '#media/sql.ts';
import { ACCEPT, ACCEPT_REJECTING } from '#messages/lifecycle/accept-sql.ts';
import { ADVANCE } from '#messages/lifecycle/sql.ts';
import { statementsOf } from '#queue/claim-sql.ts';
import { FINISH, POSTPONE, RECLAIM } from '#queue/sql.ts';
import { KEEP, SETTLE } from '#receipts/sql.ts';
import { RECORD } from '#webhooks/delivery/sql.ts';

/**
 * Points of a process at which a step takes effect. A point is recognized by the name of its SQL statement, so that
 * production code needs no hooks. A fault that never fires fails its scenario.
 */
export type Point = (typeof POINTS)[number] | MediaPoint;

/** Points of files, which only media.test.ts uses. `file.move` is the step of a file into the storage. */
export type MediaPoint =
  | 'media.touch'
  | 'media.request'
  | 'media.fetched'
  | 'upload.add'
  | 'upload.commit'
  | 'file.move';

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

type Kind = 'record' | 'receipt' | 'join' | 'upload';

/** Statements that identify their transaction, by name (db/statement.ts). */
const OPENING: Readonly<Record<string, readonly [Point, Kind]>> = {
  [FINISH.name]: ['record.end', 'record'],
  [POSTPONE.name]: ['record.end', 'record'],
  [KEEP.name]: ['receipt.keep', 'receipt'],
  [SETTLE.name]: ['join.find', 'join'],
  [ADD.name]: ['upload.add', 'upload'],
};

/** Statement of a transaction that writes the new state of messages. */
const WRITE = ADVANCE.name;

const ALONE: Readonly<Record<string, Point>> = {
  [ACCEPT.name]: 'accept',
  [ACCEPT_REJECTING.name]: 'accept',
  [statementsOf('outbound').claim.name]: 'claim.outbound',
  [statementsOf('webhooks').claim.name]: 'claim.webhooks',
  [RECLAIM.name]: 'unclaim',
  [RECORD.name]: 'attempt',
  [RENEW.name]: 'heartbeat.renew',
  [EVICT.name]: 'heartbeat.evict',
  [RELEASE_JOBS.name]: 'heartbeat.free',
  [HOLD_LINK.name]: 'link.hold',
  [TOUCH.name]: 'media.touch',
  [REQUEST.name]: 'media.request',
  [FETCHED.name]: 'media.fetched',
};

/** Follows the statements of one connection. */
export class Statements {
  #kind: Kind | undefined;

  /** @returns the point of the statement, if it is one. */
  next(text: string): Point | undefined {
    if (/^\s*begin\b/i.test(text)) this.#kind = undefined;
    if (this.#kind && /^\s*commit\b/i.test(text)) return `${this.#kind}.commit`;
    const name = nameIn(text);
    if (name === undefined) return undefined;
    const opening = OPENING[name];
    if (opening) {
      // The statement that ends the job comes first. Another such statement of the same transaction is not a point.
      const first = this.#kind === undefined;
      this.#kind = opening[1];
      return first ? opening[0] : undefined;
    }
    if (this.#kind && this.#kind !== 'upload' && name === WRITE) return `${this.#kind}.write`;
    return ALONE[name];
  }
}
