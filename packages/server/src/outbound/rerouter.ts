import type { Db, Queryable } from '../db/db.ts';
import { refusingCarriers } from '../messages/attempts/attempts.ts';
import {
  loadOutgoing,
  type Outgoing,
  setRoutes,
  setSenders,
  statesOfMessages,
} from '../messages/lifecycle/messages.ts';
import type { PartState } from '../messages/lifecycle/status.ts';
import type { PhoneNumber } from '../numbers/numbers.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { Loop } from '../platform/loop.ts';
import type { ConversationChange, Conversations } from '../pools/conversations.ts';
import type { OutboundQueue } from '../queue/job.ts';
import type { Moved, Queue, WaitingJob } from '../queue/queue.ts';
import type { Decision } from '../routing/choose.ts';
import type { OutboundMetrics } from './metrics.ts';

const EVERY_MS = 500;
/** Jobs per transaction. */
const BATCH = 500;
/** Batches of one queue in one run. */
const MOST_BATCHES = 4;
/** Runs from one search for queues without a carrier to the next. */
const ORPHANS_EVERY = 20;
/** Runs for which a queue is skipped, at most, after passes that moved nothing. One more after each such pass. */
const LONGEST_REST = 4;

/** Milliseconds from the begin of a problem to the first move, at least and at most. */
const LEAST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 1_000;
/** The same at most for a paused carrier, which responds as usual. */
const LONGEST_PAUSED_WAIT_MS = 10_000;

/** Position in the waiting jobs of one queue, for as long as its carrier has a problem. */
interface Pass {
  /** Begin of the problem, as seen here. */
  since: number;
  /** Runs until the next pass. */
  rest: number;
  after: WaitingJob | undefined;
  moved: number;
  /** Passes in a row that moved nothing. */
  idle: number;
}

function newPass(since: number): Pass {
  return { since, rest: 0, after: undefined, moved: 0, idle: 0 };
}

export interface RerouterParts {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Whether this process is submitting or recording messages of the queue. */
  isBusy(queue: OutboundQueue): boolean;
  /** Whether an operator has paused the carrier of the queue, so that its submits under way end as usual. */
  isPaused(queue: OutboundQueue): boolean;
  /** Whether another living process has a carrier that is not configured in this process. */
  isElsewhere(carrier: string): boolean;
  db: Db;
  queue: Queue;
  clock: Clock;
  log: Log;
  metrics: Pick<OutboundMetrics, 'rerouted'>;
  /** Configured carriers with their queues. */
  carriers(): readonly { name: string; queue: OutboundQueue }[];
  /** Whether messages of a carrier should leave by another one now. */
  isLeft(carrier: string): boolean;
  /** Whether another member of a pool may send the waiting messages of a carrier now. */
  isLeftByPools(carrier: string): Promise<boolean>;
  /** Selects a carrier for a waiting message. Undefined: no carrier can carry the message. */
  route(message: Outgoing, refused: ReadonlySet<string>): Promise<Decision | undefined>;
  /** Selects another member of the pool of a waiting message. @param sticky number of the conversation. */
  otherMember(
    message: PoolMessage,
    sticky: string | undefined,
    refused: ReadonlySet<string>,
  ): Promise<OtherMember | undefined>;
  conversations: Pick<Conversations, 'numbersOf' | 'change'>;
  queueOf(carrier: string): OutboundQueue;
}

/** Message whose number a pool has selected. */
export type PoolMessage = Outgoing & { poolId: string };

/** Another member of a pool, with the carrier that accepts its messages. */
export interface OtherMember {
  number: PhoneNumber;
  decision: Decision;
}

/** New queue of a job. */
type Move = Moved & { reason: string; sender?: NewSender };

/** New number of a message and of its conversation. */
interface NewSender {
  number: PhoneNumber;
  conversation: ConversationChange;
}

/** Waiting message that no carrier accepts from its number, and that another member may send. */
interface Blocked {
  job: Pick<WaitingJob, 'subject' | 'attempt'>;
  message: PoolMessage;
  refused: ReadonlySet<string>;
}

/**
 * Moves messages that wait for a carrier without progress to another carrier of their route, and messages of carriers that
 * are no longer configured. If no carrier accepts a message of a pool for longer than the failover time, another member of
 * the pool sends it. Only messages that provably were not accepted are moved (CONTRACT.md, "Submit rule").
 */
export class Rerouter {
  readonly #parts: RerouterParts;
  readonly #loop: Loop;
  /** By queue. */
  readonly #passes = new Map<OutboundQueue, Pass>();
  #runs = 0;

  constructor(parts: RerouterParts) {
    this.#parts = parts;
    const onError = ({ message }: Error) => parts.log.warn({ event: 'reroute_failed', reason: message });
    this.#loop = new Loop({ everyMs: EVERY_MS, run: () => this.#run(), onError });
  }

  start(): void {
    this.#loop.start();
  }

  /** Looks for messages to move now. Call it when the state of a carrier has changed. */
  look(): void {
    for (const pass of this.#passes.values()) pass.rest = 0;
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #run(): Promise<void> {
    const carriers = this.#parts.carriers();
    const left: OutboundQueue[] = [];
    for (const { name, queue } of carriers) {
      if (this.#parts.isLeft(name) || (await this.#parts.isLeftByPools(name))) left.push(queue);
    }
    const orphans = this.#runs % ORPHANS_EVERY === 0 ? await this.#orphans(carriers.map(({ queue }) => queue)) : [];
    this.#runs += 1;
    for (const queue of this.#passes.keys()) {
      if (!left.includes(queue)) this.#passes.delete(queue);
    }
    for (const queue of left) {
      const pass = this.#passes.get(queue) ?? newPass(this.#parts.now());
      this.#passes.set(queue, pass);
      if (!this.#mayPrecede(queue, pass)) await this.#continue(queue, pass);
    }
    for (const queue of orphans) await this.#continue(queue, newPass(0), true);
  }

  /**
   * Whether messages that were about to be submitted may still return to the queue. Later messages to the same recipients must not
   * leave before them.
   */
  #mayPrecede(queue: OutboundQueue, { since }: Pass): boolean {
    const ms = this.#parts.now() - since;
    const longest = this.#parts.isPaused(queue) ? LONGEST_PAUSED_WAIT_MS : LONGEST_WAIT_MS;
    return ms < LEAST_WAIT_MS || (ms < longest && this.#parts.isBusy(queue));
  }

  /** Queues with messages of carriers that are not configured, such as those of an earlier version. */
  async #orphans(known: readonly OutboundQueue[]): Promise<OutboundQueue[]> {
    const { queue: jobs, isElsewhere, log } = this.#parts;
    const orphans = (await jobs.outboundQueues()).filter((queue) => {
      const [, carrier] = queue.split(':');
      // A process that has not read the new file yet must leave the messages of a new carrier alone.
      return !known.includes(queue) && !(carrier !== undefined && isElsewhere(carrier));
    });
    for (const queue of orphans) log.warn({ event: 'carrier_not_configured', queue });
    return orphans;
  }

  /** @param withScheduled whether to move messages that are due later, because their carrier is gone. */
  async #continue(name: OutboundQueue, pass: Pass, withScheduled = false): Promise<void> {
    if (pass.rest > 0) {
      pass.rest -= 1;
      return;
    }
    for (let n = 0; n < MOST_BATCHES; n += 1) {
      const jobs = await this.#parts.queue.waiting(name, pass.after, BATCH, withScheduled);
      pass.moved += await this.#move(name, jobs);
      pass.after = jobs.at(-1);
      if (jobs.length === BATCH) continue;
      pass.idle = pass.moved > 0 ? 0 : pass.idle + 1;
      Object.assign(pass, { rest: Math.min(pass.idle, LONGEST_REST), after: undefined, moved: 0 });
      return;
    }
  }

  /** @returns number of moved messages. */
  async #move(from: OutboundQueue, jobs: readonly WaitingJob[]): Promise<number> {
    if (jobs.length === 0) return 0;
    const { db, queue, clock, log, metrics } = this.#parts;
    const moves = await this.#movesOf(from, jobs);
    if (moves.length === 0) return 0;
    const targets = new Set(moves.map((move) => move.queue));
    for (const to of targets) queue.overflow(to);
    const moved = await db.transaction(async (tx) => {
      const agreed = await this.#withConversations(tx, moves);
      const done = await queue.move(tx, from, agreed, new Date(clock.now()));
      const changed = agreed.filter(({ subject }) => done.has(subject));
      await setRoutes(tx, changed);
      await setSenders(tx, changed.flatMap(toNewSender));
      return done;
    });
    const counts = Map.groupBy(
      moves.filter(({ subject }) => moved.has(subject)),
      (move) => move.queue,
    );
    for (const to of targets) queue.overflow(to);
    for (const [to, { length }] of counts) {
      db.wake(to);
      log.info({ event: 'rerouted', from, to, messages: length });
      metrics.rerouted.inc({ from: this.#carrierOf(from), to: this.#carrierOf(to) }, length);
    }
    return moved.size;
  }

  /** Name of the carrier of a queue. The carrier may no longer be configured. */
  #carrierOf(queue: OutboundQueue): string {
    const known = this.#parts.carriers().find((carrier) => carrier.queue === queue);
    return known?.name ?? queue.replace(/^outbound:/, '');
  }

  /** Changes the numbers of conversations. @returns moves without those whose conversation another process has changed. */
  async #withConversations(tx: Queryable, moves: readonly Move[]): Promise<Move[]> {
    const changes = new Map<string, ConversationChange>();
    for (const { sender } of moves) {
      if (!sender || sender.conversation.expected === sender.number.numberId) continue;
      changes.set(nameOfConversation(sender.conversation), sender.conversation);
    }
    const isSet = await this.#parts.conversations.change(tx, [...changes.values()]);
    const lost = new Set([...changes.keys()].filter((_, n) => !isSet[n]));
    return moves.filter(({ sender }) => !sender || !lost.has(nameOfConversation(sender.conversation)));
  }

  /** Moves of messages to other members of their pools. All messages of a conversation get the same member. */
  async #movesToMembers(from: OutboundQueue, blocked: readonly Blocked[]): Promise<Move[]> {
    const { conversations, otherMember, queueOf } = this.#parts;
    const keys = blocked.map(({ message: { poolId, to } }) => ({ poolId, recipient: to }));
    const known = await conversations.numbersOf(keys);
    const chosen = new Map<string, string>();
    const moves: Move[] = [];
    for (const [n, { job, message, refused }] of blocked.entries()) {
      const key = keys[n] as (typeof keys)[number];
      const expected = known[n];
      const other = await otherMember(message, chosen.get(nameOfConversation(key)) ?? expected, refused);
      if (!other) continue;
      const { number, decision } = other;
      const { numberId } = number;
      const queue = queueOf(decision.carrier);
      const isSettled = chosen.has(nameOfConversation(key)) && chosen.get(nameOfConversation(key)) !== numberId;
      if (queue === from || isSettled) continue;
      chosen.set(nameOfConversation(key), numberId);
      const { subject, attempt } = job;
      const sender = { number, conversation: { ...key, numberId, expected } };
      moves.push({
        subject,
        attempt,
        queue,
        lane: numberId,
        sender,
        reason: `${decision.reason}, another number of the pool`,
      });
    }
    return moves;
  }

  async #movesOf(from: OutboundQueue, jobs: readonly WaitingJob[]): Promise<Move[]> {
    const { db, route, queueOf } = this.#parts;
    const messages = await loadOutgoing(db)(jobs);
    const begun = jobs.filter(({ attempt }) => attempt > 0).map(({ subject }) => subject);
    const states = await statesOfMessages(db, begun);
    const refused = await refusingCarriers(db, begun);
    const moves: Move[] = [];
    const blocked: Blocked[] = [];
    for (const [n, { subject, attempt }] of jobs.entries()) {
      const message = messages[n];
      if (!message || message.id === null || !isMovable(message, states.get(subject) ?? [])) continue;
      const refusedBy = new Set(refused.get(subject));
      const decision = await route(message, refusedBy);
      if (decision?.isAvailable) {
        const to = queueOf(decision.carrier);
        if (to !== from) moves.push({ subject, attempt, queue: to, reason: decision.reason });
      } else if (isOfPool(message) && !states.has(subject))
        blocked.push({ job: { subject, attempt }, message, refused: refusedBy });
    }
    return [...moves, ...(await this.#movesToMembers(from, blocked))];
  }
}

function isOfPool(message: Outgoing): message is PoolMessage {
  return message.poolId !== null;
}

function toNewSender({ subject, sender }: Move) {
  return sender ? [{ subject, numberId: sender.number.numberId, from: sender.number.e164 }] : [];
}

function nameOfConversation({ poolId, recipient }: Pick<ConversationChange, 'poolId' | 'recipient'>): string {
  return `${poolId}\n${recipient}`;
}

/**
 * Whether another carrier may get a message with segments in these states. All segments of a message use one carrier. An unknown
 * segment may have been accepted, so only AT_LEAST_ONCE submits it again.
 */
function isMovable({ guarantee, parts }: Outgoing, states: readonly PartState[]): boolean {
  if (states.length === 0) return true;
  return guarantee === 'AT_LEAST_ONCE' && parts === 1 && states.every((state) => state === 'UNKNOWN');
}
