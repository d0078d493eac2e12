import type { Numbers, PhoneNumber } from '#numbers/numbers.ts';
import type { MessageError } from '#platform/errors.ts';
import { isPoolId } from '#pools/pools.ts';
import type { Skipped } from '#routing/route.ts';
import type { Explanation, Router } from '#routing/router.ts';
import { countryProblem, type MessageType } from '../request/send-request.ts';
import type { PoolSenders } from './pool-sender.ts';
import { NO_ROUTE, routedSender } from './routes.ts';

/** Route that a message would take, and why. */
export interface ExplainedRoute extends Explanation {
  /** Number that would send. Undefined: no member of the pool can send to the recipient. */
  numberId: string | undefined;
  /** Error of a send to the recipient. Undefined: there is a decision. */
  error: MessageError | undefined;
}

export interface RouteExplainerParts {
  numbers: Pick<Numbers, 'byId' | 'byAddress'>;
  poolSenders: Pick<PoolSenders, 'preview'>;
  routing: Pick<Router, 'explain'>;
}

/**
 * Explains the route of a message. Stores nothing.
 * @param from id of a number or a pool, or the address of a number.
 * @returns undefined if there is no such number or pool.
 * @throws ApiError INVALID_REQUEST if no number of the pool may send messages of this type.
 */
export type ExplainRoute = (from: string, messageType: MessageType, to: string) => Promise<ExplainedRoute | undefined>;

export function createExplainRoute({ numbers, poolSenders, routing }: RouteExplainerParts): ExplainRoute {
  function ofNumber(number: PhoneNumber, messageType: MessageType, to: string, poolId: string | null): ExplainedRoute {
    const { numberId } = number;
    const error = countryProblem(number, to);
    if (error) return { numberId, error, ...NOTHING, skipped: [{ reason: error.message }] };
    const explained = routing.explain({ ...routedSender(number, messageType, null, poolId), to });
    return { ...explained, numberId, error: explained.decision ? undefined : NO_ROUTE };
  }

  return async (from, messageType, to) => {
    const number = (await numbers.byId(from)) ?? (await numbers.byAddress(from));
    if (number) return ofNumber(number, messageType, to, null);
    if (!isPoolId(from)) return undefined;
    const preview = await poolSenders.preview(from, messageType, to);
    if (preview === undefined) return undefined;
    if ('number' in preview) return ofNumber(preview.number, messageType, to, from);
    const skipped = preview.members.flatMap((member) => ofNumber(member, messageType, to, from).skipped);
    return { numberId: undefined, error: preview.problem, ...NOTHING, skipped: distinct(skipped) };
  };
}

const NOTHING = { decision: undefined, candidates: [] };

/** Several members often have the same reason. */
function distinct(skipped: readonly Skipped[]): Skipped[] {
  return [...new Map(skipped.map((one) => [JSON.stringify(one), one])).values()];
}
