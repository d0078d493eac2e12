import { refusingCarriers } from '#messages/attempts/attempts.ts';
import type { Outgoing } from '#messages/lifecycle/messages.ts';
import { routedSender } from '#messages/lifecycle/routes.ts';
import type { PhoneNumber } from '#numbers/numbers.ts';
import type { Elsewhere, Refusal } from '#outbound/message-submitter.ts';
import { type PoolMessage, Rerouter } from '#outbound/rerouter.ts';
import type { OutboundQueue } from '#queue/job.ts';
import type { Decision } from '#routing/choose.ts';
import type { CarrierModules } from './carriers.ts';
import type { Core } from './core.ts';
import type { Identity } from './identity.ts';

/** Changes of the carrier of accepted messages. */
export interface Rerouting {
  /** @param isBusy whether this process is submitting or recording messages of a queue. */
  createRerouter(isBusy: (queue: OutboundQueue) => boolean): Rerouter;
  /** @returns another carrier for a message that `carrier` does not accept now, or undefined. */
  elsewhere(carrier: string, message: Outgoing, refusal: Refusal): Promise<Elsewhere | undefined>;
  /** Selects the carrier of a message as of now. Undefined: no carrier can carry the message. */
  route(message: Outgoing, refused: ReadonlySet<string>): Promise<Decision | undefined>;
}

export function createRerouting(
  { db, queue, clock, log, metrics }: Core,
  { numbers, pools }: Identity,
  { carriers, states, router, queueOf, onProblem, poolSenders }: CarrierModules,
): Rerouting {
  async function route(message: Outgoing, refused: ReadonlySet<string>): Promise<Decision | undefined> {
    const number = await numbers.byId(message.numberId);
    return number && routeFrom(number, message, refused);
  }

  function routeFrom(number: PhoneNumber, message: Outgoing, refused: ReadonlySet<string>): Decision | undefined {
    const { messageType, text, poolId, apiClientId, to } = message;
    return router.route({ ...routedSender(number, messageType, text, poolId), apiClientId, to }, refused);
  }

  async function otherMember(message: PoolMessage, sticky: string | undefined, refused: ReadonlySet<string>) {
    const number = await poolSenders.otherMember(message, sticky);
    const decision = number && routeFrom(number, message, refused);
    return number && decision?.isAvailable ? { number, decision } : undefined;
  }

  async function elsewhere(carrier: string, message: Outgoing, refusal: Refusal): Promise<Elsewhere | undefined> {
    const { isRefused, hasEarlier } = refusal;
    if (!isRefused && router.problemOf(carrier) === undefined) return undefined;
    const earlier = hasEarlier ? (await refusingCarriers(db, [message.id])).get(message.id) : undefined;
    const decision = await route(message, new Set([...(earlier ?? []), ...(isRefused ? [carrier] : [])]));
    if (!decision || decision.carrier === carrier) return undefined;
    // After a refusal, the message waits for its next carrier, if necessary.
    return decision.isAvailable || isRefused
      ? { carrier: decision.carrier, queue: queueOf(decision.carrier), reason: decision.reason }
      : undefined;
  }

  const createRerouter = (isBusy: (queue: OutboundQueue) => boolean) => {
    const rerouter = new Rerouter({
      ...{ isBusy, now: () => performance.now() },
      isPaused: (queue) => carriers.all.some((one) => one.queue === queue && states.isPaused(one.name)),
      isElsewhere: (carrier) => states.isConfigured(carrier),
      ...{ db, queue, clock, log, metrics, route, otherMember, queueOf },
      conversations: pools.conversations,
      carriers: () => carriers.all,
      isLeft: (carrier) => router.hasAlternatives(carrier) && router.problemOf(carrier) !== undefined,
      isLeftByPools: async (carrier) => {
        const problemMs = router.problemMs(carrier);
        return problemMs > 0 && problemMs >= carriers.poolFailoverAfterMs && pools.any();
      },
    });
    onProblem(() => rerouter.look());
    return rerouter;
  };
  return { createRerouter, elsewhere, route };
}
