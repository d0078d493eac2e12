import type { MediaLimits } from '../carriers/carrier.ts';
import { choose, type Decision } from './choose.ts';
import { carriersOf, planRoute, possibleCarriers, type RoutePlan, type Skipped } from './route.ts';
import type { RoutedMessage, RoutingTable } from './table.ts';

/** Message before its recipients are known. */
export type RoutedSender = Omit<RoutedMessage, 'to'>;

/** Answer to the question which carrier a message would use, and why. */
export interface Explanation {
  /** Undefined: no configured carrier can carry the message. */
  decision: Decision | undefined;
  /** Carriers in the order in which they are tried, with the reason why one accepts nothing at the moment. */
  candidates: { carrier: string; problem: string | undefined }[];
  skipped: Skipped[];
}

/** States of carriers, as far as routes depend on them. */
export interface CarrierProblems {
  /** Reason why a carrier accepts nothing at the moment, or undefined. */
  problemOf(carrier: string): string | undefined;
  /** Whether a message may test a carrier whose circuit breaker is open. */
  isTestDue(carrier: string): boolean;
  /** Milliseconds of a monotonic clock. */
  now(): number;
}

/** Milliseconds after a problem of a carrier or a change of the routes in which earlier messages may still wait elsewhere. */
const UNSETTLED_MS = 600_000;

/** Milliseconds from one message that tests a carrier to the next. */
const TEST_EVERY_MS = 10_000;

/** Selects carriers by the current table and the current states of the carriers. */
export class Router {
  #table: RoutingTable;
  readonly #carriers: CarrierProblems;
  /** Time of the last message that tested each carrier. */
  readonly #testedAt = new Map<string, number>();
  /** Time of the last problem or change of the table, in milliseconds of `now`. */
  #unsettledAt = Number.NEGATIVE_INFINITY;
  /** Carriers beside which a route has another one. */
  #withAlternatives: ReadonlySet<string> = new Set();
  /** Time at which the current problem of a carrier was first seen, in milliseconds of `now`. */
  readonly #problemsSince = new Map<string, number>();

  constructor(table: RoutingTable, carriers: CarrierProblems) {
    this.#table = table;
    this.#carriers = carriers;
    this.use(table);
  }

  /** Reason why a carrier accepts nothing at the moment, or undefined. */
  problemOf(carrier: string): string | undefined {
    const problem = this.#carriers.problemOf(carrier);
    if (problem !== undefined) this.#unsettledAt = this.#carriers.now();
    return problem;
  }

  get table(): RoutingTable {
    return this.#table;
  }

  /** Replaces the table. */
  use(table: RoutingTable): void {
    this.#table = table;
    const several = table.routes.map(carriersOf).filter(({ length }) => length > 1);
    this.#withAlternatives = new Set(several.flat());
    this.#unsettledAt = this.#carriers.now();
  }

  /**
   * Whether earlier messages may wait for another carrier than the one that new messages to the same recipient get. False
   * without routes that have several carriers.
   */
  get isUnsettled(): boolean {
    return this.#withAlternatives.size > 0 && this.#carriers.now() - this.#unsettledAt < UNSETTLED_MS;
  }

  /** Notes begins and ends of problems. Call it periodically, since a problem may end and begin again between messages. */
  look(): void {
    for (const carrier of this.#table.carriers.keys()) this.problemMs(carrier);
  }

  /** Milliseconds for which the carrier has accepted nothing. 0: it accepts messages. */
  problemMs(carrier: string): number {
    if (this.problemOf(carrier) === undefined) {
      this.#problemsSince.delete(carrier);
      return 0;
    }
    const now = this.#carriers.now();
    const since = this.#problemsSince.get(carrier) ?? now;
    this.#problemsSince.set(carrier, since);
    return now - since;
  }

  /**
   * @returns function for the milliseconds for which no carrier has accepted a message to a recipient. Undefined: no
   *   carrier can carry the message.
   */
  outagesOf(sender: RoutedSender): (to: string) => number | undefined {
    const table = this.#table;
    const outage = (to: string) => {
      const { candidates } = planRoute(table, { ...sender, to });
      return candidates.length === 0
        ? undefined
        : Math.min(...candidates.map(({ carrier }) => this.problemMs(carrier)));
    };
    if (table.routes.length > 0) return outage;
    // Without routes, the recipient does not matter.
    const always = outage('');
    return () => always;
  }

  /** Whether a new message may test a carrier whose circuit breaker is open. At most one message per 10 s. */
  takesTest(message: RoutedMessage): boolean {
    return planRoute(this.#table, message).candidates.some(({ carrier }) => this.#takesTest(carrier));
  }

  /** Whether a message of the carrier may leave by another one. */
  hasAlternatives(carrier: string): boolean {
    return this.#withAlternatives.has(carrier);
  }

  /**
   * @param refused carriers that have refused this message for a reason of their own.
   * @returns undefined if no carrier can carry the message.
   */
  route(message: RoutedMessage, refused?: ReadonlySet<string>): Decision | undefined {
    return choose(planRoute(this.#table, message), (carrier) => this.problemOf(carrier), refused);
  }

  /** Like `route`, for a new message. One message per 10 s tests a carrier whose circuit breaker is open. */
  #routeNew(message: RoutedMessage, waitingFor: string | undefined): Decision | undefined {
    const plan = planRoute(this.#table, message);
    const decision = choose(plan, (carrier) => (this.#takesTest(carrier) ? undefined : this.problemOf(carrier)));
    return decision && waitingFor !== undefined ? this.#inOrder(plan, decision, waitingFor) : decision;
  }

  /**
   * A message whose predecessor to the same recipient waits for another carrier waits behind it. If that carrier has a problem,
   * both leave by another one together, in their order.
   */
  #inOrder({ candidates }: RoutePlan, decision: Decision, waitingFor: string): Decision {
    if (decision.carrier === waitingFor || candidates.every(({ carrier }) => carrier !== waitingFor)) return decision;
    const problem = this.problemOf(waitingFor);
    const reason = `Waits behind an earlier message to the recipient: ${problem ?? `for ${waitingFor}`}`;
    return { ...decision, carrier: waitingFor, reason, isUsual: false, isAvailable: problem === undefined };
  }

  #takesTest(carrier: string): boolean {
    const now = this.#carriers.now();
    if (now - (this.#testedAt.get(carrier) ?? -TEST_EVERY_MS) < TEST_EVERY_MS) return false;
    if (!this.#carriers.isTestDue(carrier)) return false;
    this.#testedAt.set(carrier, now);
    return true;
  }

  /**
   * Carriers of new messages to several recipients.
   * @param waitingFor carrier for which an earlier message to the recipient waits, if one is known.
   */
  routeAll(
    sender: RoutedSender,
    recipients: readonly string[],
    waitingFor: (to: string) => string | undefined = () => undefined,
  ): (Decision | undefined)[] {
    // Without routes, the recipient does not matter.
    if (this.#table.routes.length === 0 && recipients[0] !== undefined) {
      const decision = this.#routeNew({ ...sender, to: recipients[0] }, undefined);
      return recipients.map(() => decision);
    }
    return recipients.map((to) => this.#routeNew({ ...sender, to }, waitingFor(to)));
  }

  explain(message: RoutedMessage): Explanation {
    const skipped: Skipped[] = [];
    const plan: RoutePlan = planRoute(this.#table, message, skipped);
    return {
      decision: choose(plan, (carrier) => this.problemOf(carrier)),
      candidates: plan.candidates.map(({ carrier }) => ({ carrier, problem: this.problemOf(carrier) })),
      skipped,
    };
  }

  /** Whether a carrier can carry messages of this kind to some recipient. */
  canLeave(sender: RoutedSender): boolean {
    return this.#possible(sender).length > 0;
  }

  /**
   * Limits for the media of a message: the largest ones of the carriers that can carry the message to some recipient.
   * Undefined: no carrier can.
   */
  mediaLimits(sender: RoutedSender): MediaLimits | undefined {
    const limits = this.#possible(sender).flatMap(({ media }) => media?.limits(sender.sender) ?? []);
    if (limits.length === 0) return undefined;
    return {
      totalBytes: Math.max(...limits.map(({ totalBytes }) => totalBytes)),
      accepts: (mimeType) => limits.some((one) => one.accepts(mimeType)),
    };
  }

  #possible(sender: RoutedSender) {
    return possibleCarriers(this.#table, sender);
  }
}
