import type { Admission } from '#policies/admission.ts';
import type { Purpose } from '#policies/purpose.ts';
import { type Delays, earliestRelease, noSendingWindow, readTimes, timesOf } from '../request/schedule.ts';
import { type RefusedRecipient, readRecipients, type SendRequest } from '../request/send-request.ts';
import type { Addressed } from './routes.ts';
import { type Sender, scopesOf } from './sender.ts';

/** Quiet hours of the messages of one request. */
export interface QuietRequest {
  /** Time zone in which quiet hours apply, as in the table `messages`. Null: no quiet hours. */
  zone: string | null;
  /** Absent: all times are permitted. */
  permitted?: Delays['permitted'];
}

/** Quiet hours of API clients. */
export interface QuietRules {
  of(apiClientId: string, request: SendRequest): Promise<QuietRequest>;
}

/** Automatic replies answer the recipient, so quiet hours do not apply to them. */
const NO_QUIET_HOURS: QuietRequest = { zone: null };

export interface PlanParts {
  admission: Pick<Admission, 'excluded'>;
  quietHours: QuietRules;
  clock: { now(): number };
}

/** Accepted recipients of a request with their times, and the rejected ones. */
export interface Plan {
  /** Without an id yet. */
  timed: Omit<Addressed, 'id'>[];
  refused: RefusedRecipient[];
  /** Requested time of the submit. Null: at once. */
  sendAt: Date | null;
  quietZone: string | null;
}

/** Decides which recipients get a message, and from when on. Stores nothing. @throws ApiError */
export async function planRecipients(
  { admission, quietHours, clock }: PlanParts,
  apiClientId: string,
  request: SendRequest,
  sender: Sender,
  purpose: Purpose | null,
): Promise<Plan> {
  const all = readRecipients(request.to);
  const excluded = await admission.excluded({ apiClientId, scopes: scopesOf(sender), purpose }, all.accepted);
  const { accepted, refused } = excluded.size > 0 ? readRecipients(request.to, excluded) : all;
  const quiet = purpose === null ? await quietHours.of(apiClientId, request) : NO_QUIET_HOURS;
  const { timed, closed, sendAt } = schedule(accepted, request, quiet.permitted, clock.now());
  return { timed, refused: [...refused, ...closed], sendAt, quietZone: quiet.zone };
}

/** Times of the messages. Recipients without a permitted time are rejected. */
function schedule(
  recipients: readonly string[],
  request: SendRequest,
  permitted: Delays['permitted'],
  now: number,
): { timed: Plan['timed']; closed: RefusedRecipient[]; sendAt: Date | null } {
  const requested = readTimes(request);
  const earliest = earliestRelease(requested, now);
  const { maxPerMinute } = request;
  const times = timesOf(recipients, earliest, requested.expiresAt, { permitted, maxPerMinute });
  const timed: Plan['timed'] = [];
  const closed: RefusedRecipient[] = [];
  for (const [n, to] of recipients.entries()) {
    const time = times[n] as (typeof times)[number];
    if (typeof time === 'string') {
      closed.push({ to, error: noSendingWindow(time) });
      continue;
    }
    const isLater = time.releaseAt > now;
    const expiresAt = isLater || requested.expiresAt !== undefined ? new Date(time.expiresAt) : null;
    timed.push({ to, releaseAt: isLater ? new Date(time.releaseAt) : null, expiresAt });
  }
  return { timed, closed, sendAt: earliest > now ? new Date(earliest) : null };
}
