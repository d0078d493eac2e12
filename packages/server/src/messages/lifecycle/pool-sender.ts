import { canSend } from '#numbers/can-send.ts';
import type { Numbers, PhoneNumber } from '#numbers/numbers.ts';
import { invalidField, type MessageError } from '#platform/errors.ts';
import { type Candidate, chooseMember } from '#pools/choose.ts';
import type { Conversations } from '#pools/conversations.ts';
import type { Pools } from '#pools/pools.ts';
import type { Backlog } from '#queue/backlog.ts';
import {
  type Content,
  countryProblem,
  type MessageType,
  notOwned,
  type RefusedRecipient,
} from '../request/send-request.ts';
import { type Addressed, type Assigned, NO_ROUTE, type RouteLimits, type Routing, routedSender } from './routes.ts';

/** Members of a pool that may send a message. */
export interface PoolSender {
  poolId: string;
  members: readonly PhoneNumber[];
}

/** Member that would send to a recipient, or the reason why none can. */
export type PreviewedMember = { members: readonly PhoneNumber[] } & (
  | { number: PhoneNumber }
  | { problem: MessageError }
);

/** Kind of a message, as far as its senders depend on it. */
export type Kind = Pick<Content, 'text'> & { messageType: MessageType };

/** Member with its count of waiting messages, which grows with each choice. */
type Choosable = Candidate & { counted: { member: PhoneNumber; waiting: number } };

export interface PoolSendersParts {
  pools: Pick<Pools, 'senders'> & { conversations: Pick<Conversations, 'assign' | 'numbersOf'> };
  numbers: Pick<Numbers, 'byId'>;
  routing: Pick<Routing, 'outagesOf' | 'takesTest' | 'mediaLimits'>;
  backlog: Pick<Backlog, 'waiting'>;
  /** Time without a carrier for the number of a conversation, in milliseconds, after which another member sends. */
  failoverAfterMs(): number;
}

/** Selects the numbers of messages that pools send. */
export class PoolSenders {
  readonly #parts: PoolSendersParts;

  constructor(parts: PoolSendersParts) {
    this.#parts = parts;
  }

  /**
   * Members that may send messages of a type.
   * @throws ApiError FORBIDDEN for an unknown pool, as for that of another client. INVALID_REQUEST without such a member.
   */
  async sender(poolId: string, apiClientId: string, messageType: MessageType): Promise<PoolSender> {
    const pool = await this.#parts.pools.senders(poolId);
    if (pool?.apiClientId !== apiClientId) throw notOwned();
    const members = await this.#usable(pool, messageType);
    if (members.length > 0) return { poolId, members };
    throw invalidField(
      'sendFrom',
      `has no number that can send ${messageType}. A number must be ACTIVE and enabled for ${messageType}, ` +
        'and a long code of country code 1 must have campaignregId configured.',
    );
  }

  /** Selects the member for each recipient. Recipients that no member can reach are rejected. */
  async assign(
    { poolId, members }: PoolSender,
    kind: Kind,
    recipients: readonly Addressed[],
  ): Promise<{ assigned: Assigned[]; refused: RefusedRecipient[] }> {
    const choice = this.#choiceOf(poolId, members, kind);
    const tests = new Map<string, string>();
    const select = (to: string, sticky: string | undefined) => {
      const test = tests.get(to) ?? this.#test(choice.unblocked(to, sticky), { poolId, to, ...kind });
      if (test !== undefined) tests.set(to, test);
      return test ?? choice.best(to, sticky)?.numberId;
    };
    const numberIds = await this.#parts.pools.conversations.assign(
      poolId,
      recipients.map(({ to }) => to),
      select,
    );
    return assignedOf(members, recipients, numberIds);
  }

  /** Selects the member that would send to each recipient. Stores nothing, and tests no carrier. */
  async previewAll(
    { poolId, members }: PoolSender,
    kind: Kind,
    recipients: readonly Addressed[],
  ): Promise<{ assigned: Assigned[]; refused: RefusedRecipient[] }> {
    const choice = this.#choiceOf(poolId, members, kind);
    const keys = recipients.map(({ to }) => ({ poolId, recipient: to }));
    const sticky = await this.#parts.pools.conversations.numbersOf(keys);
    const chosen = recipients.map(({ to }, n) => choice.best(to, sticky[n])?.numberId);
    return assignedOf(members, recipients, chosen);
  }

  /**
   * Selects the member that would send to a recipient. Stores nothing, and tests no carrier.
   * @returns `problem` if no member can send to the recipient. Undefined: no such pool.
   * @throws ApiError INVALID_REQUEST without a member that may send messages of this type.
   */
  async preview(poolId: string, messageType: MessageType, to: string): Promise<PreviewedMember | undefined> {
    const owner = (await this.#parts.pools.senders(poolId))?.apiClientId;
    if (owner === undefined) return undefined;
    const { members } = await this.sender(poolId, owner, messageType);
    const [sticky] = await this.#parts.pools.conversations.numbersOf([{ poolId, recipient: to }]);
    const chosen = this.#choiceOf(poolId, members, { text: null, messageType }).best(to, sticky);
    const number = members.find(({ numberId }) => numberId === chosen?.numberId);
    return number ? { members, number } : { members, problem: problemOf(members, to) };
  }

  /**
   * Selects another member for a message that waits for the carriers of its number.
   * @param sticky number of the conversation.
   * @returns undefined while the time is not over, or if no other member can send the message.
   */
  async otherMember(
    { poolId, numberId, to, ...kind }: Kind & { poolId: string; numberId: string; to: string },
    sticky: string | undefined,
  ): Promise<PhoneNumber | undefined> {
    const pool = await this.#parts.pools.senders(poolId);
    if (!pool) return undefined;
    const members = await this.#usable(pool, kind.messageType);
    const current = members.find((member) => member.numberId === numberId);
    if (current && !this.#isBlocked(this.#outage(poolId, current, kind, to))) return undefined;
    const chosen = this.#choiceOf(poolId, members, kind).best(to, sticky);
    return chosen && chosen.numberId !== numberId && !chosen.isBlocked
      ? members.find((member) => member.numberId === chosen.numberId)
      : undefined;
  }

  /** Largest limits of the members for the media of a message. Undefined: no carrier can carry it. */
  mediaLimits({ poolId, members }: PoolSender, { messageType, text }: Kind): RouteLimits | undefined {
    const { routing } = this.#parts;
    const all = members.flatMap((member) => routing.mediaLimits(routedSender(member, messageType, text, poolId)) ?? []);
    if (all.length === 0) return undefined;
    return {
      totalBytes: Math.max(...all.map(({ totalBytes }) => totalBytes)),
      accepts: (mimeType) => all.some((one) => one.accepts(mimeType)),
    };
  }

  async #usable({ memberIds }: { memberIds: readonly string[] }, messageType: MessageType): Promise<PhoneNumber[]> {
    const members = await Promise.all(memberIds.map((id) => this.#parts.numbers.byId(id)));
    return members.filter((member): member is PhoneNumber => member !== undefined && canSend(member, messageType));
  }

  /** Choice of a member for a recipient. Counts each chosen number as one more waiting message. */
  #choiceOf(poolId: string, members: readonly PhoneNumber[], { messageType, text }: Kind) {
    const { routing, backlog } = this.#parts;
    const all = members.map((member) => {
      const { numberId, e164, apiClientId } = member;
      const outageMs = routing.outagesOf(routedSender(member, messageType, text, poolId));
      const { ofLane: waiting } = backlog.waiting({ client: apiClientId ?? '', lane: numberId });
      return { numberId, e164, waiting, outageMs, member };
    });
    const byId = new Map(all.map((one) => [one.numberId, one]));
    const candidateOf = (one: (typeof all)[number], to: string): Choosable[] => {
      const outageMs = countryProblem(one.member, to) ? undefined : one.outageMs(to);
      return outageMs === undefined ? [] : [{ ...one, counted: one, isBlocked: this.#isBlocked(outageMs) }];
    };
    const candidates = (to: string, sticky: string | undefined) => {
      const same = byId.get(sticky ?? '');
      const [kept] = same ? candidateOf(same, to) : [];
      // Most conversations keep their number, and need no look at the other members.
      return kept !== undefined && !kept.isBlocked ? [kept] : all.flatMap((one) => candidateOf(one, to));
    };
    return {
      best(to: string, sticky: string | undefined): Choosable | undefined {
        const chosen = chooseMember(to, sticky, candidates(to, sticky));
        if (chosen) chosen.counted.waiting += 1;
        return chosen;
      },
      /** Blocked member that would be chosen if none were blocked. */
      unblocked(to: string, sticky: string | undefined): PhoneNumber | undefined {
        const possible = candidates(to, sticky);
        if (!possible.some(({ isBlocked }) => isBlocked)) return undefined;
        const chosen = chooseMember(
          to,
          sticky,
          possible.map((one) => ({ ...one, isBlocked: false, wasBlocked: one.isBlocked })),
        );
        return chosen?.wasBlocked ? chosen.counted.member : undefined;
      },
    };
  }

  /** @returns the number of a message that tests the carrier of a blocked member. Without tests, the carrier could stay blocked. */
  #test(member: PhoneNumber | undefined, { poolId, to, messageType, text }: Kind & { poolId: string; to: string }) {
    if (!member) return undefined;
    const message = { ...routedSender(member, messageType, text, poolId), to };
    return this.#parts.routing.takesTest(message) ? member.numberId : undefined;
  }

  #outage(poolId: string, number: PhoneNumber, { messageType, text }: Kind, to: string): number | undefined {
    return this.#parts.routing.outagesOf(routedSender(number, messageType, text, poolId))(to);
  }

  #isBlocked(outageMs: number | undefined): boolean {
    return outageMs === undefined || (outageMs > 0 && outageMs >= this.#parts.failoverAfterMs());
  }
}

/** Recipients with the chosen numbers. Those without a number are rejected. */
function assignedOf(
  members: readonly PhoneNumber[],
  recipients: readonly Addressed[],
  numberIds: readonly (string | undefined)[],
): { assigned: Assigned[]; refused: RefusedRecipient[] } {
  const byId = new Map(members.map((member) => [member.numberId, member]));
  const assigned: Assigned[] = [];
  const refused: RefusedRecipient[] = [];
  for (const [n, recipient] of recipients.entries()) {
    const number = byId.get(numberIds[n] ?? '');
    if (number) assigned.push({ ...recipient, number });
    else refused.push({ to: recipient.to, error: problemOf(members, recipient.to) });
  }
  return { assigned, refused };
}

/** Why no member can send to a recipient. */
function problemOf(members: readonly PhoneNumber[], to: string): MessageError {
  const problems = members.map((member) => countryProblem(member, to));
  const [first] = problems;
  return first && !problems.includes(undefined) ? first : NO_ROUTE;
}
