import type { PhoneNumber } from '#numbers/numbers.ts';
import type { ApiError } from '#platform/errors.ts';
import type { Admission, Admitted } from '#policies/admission.ts';
import { type Content, checkSender, type Media, type SendRequest } from '../request/send-request.ts';
import type { PoolSender, PoolSenders } from './pool-sender.ts';
import { type RouteLimits, type Routing, requireMms, routedSender } from './routes.ts';
import { laneOf, type Submission } from './submission.ts';

/** Number or pool of a send request. */
export type Sender = { poolId: null; number: PhoneNumber } | PoolSender;

export interface SenderParts {
  poolSenders: Pick<PoolSenders, 'sender' | 'assign' | 'mediaLimits'>;
  media: {
    /** Checks the media of a send, and keeps their files until the messages are sent. @throws ApiError */
    claim(apiClientId: string, media: readonly Media[], limits?: RouteLimits): Promise<void>;
  };
  routing: Routing;
}

/** Checks the number of a request, and its media. @throws ApiError */
export async function checkedNumber(
  { media, routing }: SenderParts,
  found: PhoneNumber | undefined,
  apiClientId: string,
  request: SendRequest,
  { text }: Content,
): Promise<Sender> {
  const number = checkSender(found, apiClientId, request.messageType);
  const routed = routedSender(number, request.messageType, text);
  requireMms(routing, [routed]);
  if (request.media) await media.claim(apiClientId, request.media, routing.mediaLimits(routed));
  return { poolId: null, number };
}

/** Checks the pool of a request, and the media. @throws ApiError */
export async function checkedPool(
  { poolSenders, media, routing }: SenderParts,
  apiClientId: string,
  request: SendRequest,
  { text }: Content,
): Promise<Sender> {
  const { sendFrom, messageType } = request;
  const sender = await poolSenders.sender(sendFrom, apiClientId, messageType);
  const { poolId, members } = sender;
  requireMms(
    routing,
    members.map((member) => routedSender(member, messageType, text, poolId)),
  );
  const limits = poolSenders.mediaLimits(sender, { text, messageType });
  if (request.media) await media.claim(apiClientId, request.media, limits);
  return sender;
}

/** Ids whose opt-outs apply. A pool has the opt-outs of all its members. */
export function scopesOf(sender: Sender): string[] {
  if (sender.poolId !== null) return [sender.poolId];
  const { numberId, poolId } = sender.number;
  return poolId === null ? [numberId] : [numberId, poolId];
}

/** Admits the messages of a request. @returns the first error, or functions for the end of the request. */
export async function admitAll(
  admission: Pick<Admission, 'admit' | 'admitScheduled'>,
  submission: Submission,
  sender: Sender,
): Promise<{ refusal: ApiError } | AdmittedAll> {
  const { apiClientId, recipients } = submission;
  const dueNow = recipients.filter(({ releaseAt }) => releaseAt === null);
  const scheduled = await admission.admitScheduled(apiClientId, recipients.length - dueNow.length);
  if ('refusal' in scheduled) return scheduled;
  const admitted = await admitDue(admission, { ...submission, recipients: dueNow }, sender);
  if ('release' in admitted) {
    const release = () => {
      admitted.release();
      scheduled.settle();
    };
    return { release, undo: scheduled.undo };
  }
  scheduled.undo();
  return admitted;
}

/** Admitted messages of one request. */
export interface AdmittedAll {
  /** Call when the outcome of the request is known. */
  release(): void;
  /** Call before `release` if the request was not stored. */
  undo(): void;
}

/** Admits the messages of each number that are due at once. */
async function admitDue(
  admission: Pick<Admission, 'admit'>,
  { recipients, ...submission }: Submission,
  sender: Sender,
): Promise<Admitted> {
  const { purpose } = submission;
  if (recipients.length === 0) return { release: () => undefined };
  if (sender.poolId === null) {
    return admission.admit({ ...laneOf(submission, sender), purpose, messages: recipients.length });
  }
  const admitted: (() => void)[] = [];
  const release = () => {
    for (const end of admitted) end();
  };
  for (const [number, { length: messages }] of Map.groupBy(recipients, (recipient) => recipient.number)) {
    const one = await admission.admit({ ...laneOf(submission, { number }), purpose, messages });
    if ('refusal' in one) {
      release();
      return one;
    }
    admitted.push(one.release);
  }
  return { release };
}
