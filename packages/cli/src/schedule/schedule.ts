import type { SendParams } from '../sdk.ts';
import { momentFrom, type TimeOption } from './times.ts';

/** Schedule of a send request: its fields without sender, recipients and content. */
export interface Schedule {
  sendAt?: string;
  expiresAt?: string;
  respectQuietHours?: boolean;
  recipientTimeZone?: string;
  priority?: Priority;
  maxPerMinute?: number;
}

export type Priority = NonNullable<SendParams['priority']>;

/** Options of a command, before periods are added to the current time. */
export interface ScheduleOptions {
  at?: TimeOption;
  expires?: TimeOption;
  respectQuietHours?: true;
  ignoreQuietHours?: true;
  timeZone?: string;
  priority?: Priority;
  maxPerMinute?: number;
}

/** Resolves periods. `expires` counts from `at`, or from now without `at`. Absent options are absent in the result. */
export function scheduleOf(options: ScheduleOptions, now: number): Schedule {
  const { at, expires, respectQuietHours, ignoreQuietHours, timeZone, priority, maxPerMinute } = options;
  const sendAt = at && momentFrom(at, now);
  const expiresAt = expires && momentFrom(expires, sendAt === undefined ? now : Date.parse(sendAt));
  return canonical({
    sendAt,
    expiresAt,
    respectQuietHours: respectQuietHours ?? (ignoreQuietHours ? false : undefined),
    recipientTimeZone: timeZone,
    priority,
    maxPerMinute,
  });
}

type Loose = { [K in keyof Schedule]: Schedule[K] | undefined };

/** Copies the known fields in one order, so that equal schedules are equal as JSON. */
function canonical(from: Loose): Schedule {
  const { sendAt, expiresAt, respectQuietHours, recipientTimeZone, priority, maxPerMinute } = from;
  return {
    ...(sendAt === undefined ? {} : { sendAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(respectQuietHours === undefined ? {} : { respectQuietHours }),
    ...(recipientTimeZone === undefined ? {} : { recipientTimeZone }),
    ...(priority === undefined ? {} : { priority }),
    ...(maxPerMinute === undefined ? {} : { maxPerMinute }),
  };
}

/** Equal for equal schedules. */
export const scheduleKey = (schedule: Loose): string => JSON.stringify(canonical(schedule));

/** For people: the time, and the other fields in JSON. */
export function shownSchedule({ sendAt, ...more }: Schedule): string {
  const when = sendAt === undefined ? 'at once' : sendAt.replace(/\.\d+Z$/, 'Z');
  return Object.keys(more).length === 0 ? when : `${when} ${JSON.stringify(more)}`;
}
