/** Queues under which jobs are counted. */
export const BASE_QUEUES = ['outbound', 'outcomes', 'webhooks', 'replies', 'media', 'inbound', 'lookups'] as const;
/**
 * `outbound` submits messages to carriers. `outcomes` ends messages at a deadline for their outcome or receipts.
 * `webhooks` delivers events. `replies` answers keywords of handsets. `media` fetches files for messages.
 * `inbound` copies files of inbound messages. `lookups` searches for unknown messages in the lists of carriers.
 */
export type BaseQueue = (typeof BASE_QUEUES)[number];
/**
 * `outbound` has the messages for the default carrier. Each other carrier has a queue of its own, so that a slow carrier
 * does not delay the messages of another.
 */
export type OutboundQueue = 'outbound' | `outbound:${string}`;
export type QueueName = BaseQueue | OutboundQueue;

/** @returns queue under which the jobs are counted. */
export function baseOf(queue: QueueName): BaseQueue {
  return queue.startsWith('outbound:') ? 'outbound' : (queue as BaseQueue);
}

/**
 * Time in seconds within which a job must be due to be kept in the table `jobs`. Later ones are kept apart, so that any number of
 * them slows down neither claims nor counts.
 */
export const NEAR_SECONDS = 3_600;

/** Ordinals of the steps that a message has at most once. */
export const OUTBOUND = 0;
export const OUTCOME = -1;
export const OPT_OUT_REPLY = -2;
export const OPT_IN_REPLY = -3;
export const HELP_REPLY = -4;
/** Deadline for receipts of the other segments of a long message. */
export const SEGMENTS = -5;
/** Copy of the files of an inbound message. */
export const COPY = -6;
/** Search for an unknown message in the list of its carrier. */
export const LOOK_UP = -7;

/** Unique name of a job. A step of a message has at most one job. */
export interface JobName {
  /** Id of the message. */
  subject: string;
  /**
   * Step of the message: 0 outbound, -1 outcome, -2 to -4 replies, -5 receipts of its other segments, -6 copy of its files, -7 look-up at its carrier. Any other value
   * is the sequence of the event whose webhook is delivered.
   */
  ordinal: number;
}

/** Job with the lease that identifies its claim. */
export interface Held extends JobName {
  /** Number of the lease, unique for its holder. */
  lease: number;
}

/** Work that waits or runs under a lease. The row is deleted when the work is done. */
export interface Job extends Held {
  /** Number of the attempt, from 1. A claim that made no attempt leaves its number to the next one. */
  attempt: number;
  /** Earlier attempts that do not count towards limits, because their failure was unrelated to the job. */
  excused: number;
  /** Whether an earlier holder stopped at an unknown point of the work, in the attempt with the number `attempt`. */
  interrupted: boolean;
  /** Carrier of the attempt before this claim, of an outbound job. Null without one. */
  previousCarrier: string | null;
}

/** Unit of fair scheduling: clients in turn, and the lanes (numbers) of one client in turn. */
export interface Lane {
  client: string;
  lane: string;
}

export interface Later extends Held {
  runAt: Date;
  /** Whether the attempt took place. Otherwise the next one has its number. */
  counts: boolean;
  /** Whether the attempt took place and does not count towards limits. */
  excuses?: boolean | undefined;
  /** Queue of another carrier, which gets the job. Absent: the queue stays. */
  queue?: OutboundQueue | undefined;
}

export interface NewJob extends JobName, Lane {
  runAt: Date;
}

/** Process in its role as the owner of leases. Leases last until the process ends or is evicted. */
export interface Holder {
  readonly id: string;
  /**
   * Whether the process is known to live. Otherwise other processes may take its leases, and the process must lease
   * nothing.
   */
  alive(): boolean;
  /**
   * Epoch of the process. Another process may hold jobs that were leased in an earlier epoch, even while the current
   * epoch continues.
   */
  readonly epoch: number;
}

/** Job that was created under a lease, and therefore never waited. */
export function newJob(subject: string, ordinal: number, lease: number): Job {
  return { subject, ordinal, lease, attempt: 1, excused: 0, interrupted: false, previousCarrier: null };
}

/** Key of a job in sets and maps. */
export function nameOf({ subject, ordinal }: JobName): string {
  return `${subject}/${ordinal}`;
}
