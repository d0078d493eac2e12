/**
 * `outbound` hands messages to carriers; `outcomes` ends what a carrier never answered; `webhooks` delivers events; `replies`
 * answers the keywords of handsets.
 */
export type QueueName = 'outbound' | 'outcomes' | 'webhooks' | 'replies';

/** The ordinals of the steps that a message has once. */
export const OUTBOUND = 0;
export const OUTCOME = -1;
export const OPT_OUT_REPLY = -2;
export const OPT_IN_REPLY = -3;
export const HELP_REPLY = -4;
/** The deadline for receipts of a long message's other segments. */
export const SEGMENTS = -5;

/** What names a job: there is never a second one for the same step of the same message. */
export interface JobName {
  /** The id of the message that it is about. */
  subject: string;
  /** Which step of its way: 0 outbound, -1 its outcome, -2 to -4 a reply to it, -5 receipts of its other segments, else the webhook of the event with that sequence. */
  ordinal: number;
}

/** What a job needs to be recognised as still held by whoever claimed it. */
export interface Held extends JobName {
  /** Which of its holder's leases this is. */
  lease: number;
}

/** Work that waits, or is being done under a lease. It is gone when it is done. */
export interface Job extends Held {
  /** 1 for the first claim. A claim that never came to an end does not count. */
  attempt: number;
  /** Somebody had claimed it and is gone: what they did before is not known. */
  interrupted: boolean;
}

/** Who takes turns: clients with each other, and the lanes (numbers) of one client. */
export interface Lane {
  client: string;
  lane: string;
}

export interface Later extends Held {
  runAt: Date;
  /** false: what kept it from being done was not its own fault, so the attempt does not count. */
  counts: boolean;
}

export interface NewJob extends JobName, Lane {
  runAt: Date;
}

/** The process, as the queue knows it: leases belong to it, for as long as it lives. */
export interface Holder {
  readonly id: string;
  /** false: what it leases others may take, so it must lease nothing. */
  alive(): boolean;
  /** Counts how often it has come to life. What it held in an earlier life may be another's, also now that it is alive. */
  readonly life: number;
}

/** A job that was made under a lease, and so never waited. */
export function newJob(subject: string, ordinal: number, lease: number): Job {
  return { subject, ordinal, lease, attempt: 1, interrupted: false };
}

/** For sets and maps. */
export function nameOf({ subject, ordinal }: JobName): string {
  return `${subject}/${ordinal}`;
}
