import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Customer } from './customers.ts';
import { Random } from './random.ts';

/** A business operation with a 202 response. */
export interface Accepted {
  key: string;
  guarantee: 'AT_MOST_ONCE' | 'AT_LEAST_ONCE';
  parts: number;
  messages: { id: string; to: string }[];
}

export interface SendersOptions {
  /** Current URLs for send requests. */
  urls(): string[];
  customers: readonly Customer[];
  seed: number;
  /** Operations per second. */
  rate: number;
  /** Statuses besides 202 that are not a failure. The request is retried. */
  later: readonly number[];
  /** Whether keys can be lost. */
  isLossy: boolean;
}

const PATIENCE_MS = 4_000;
/** Limit, because further requests would only wait while the store is unavailable. */
const MOST_AT_ONCE = 100;
const LAST_WORD_MS = 60_000;

/** Destinations of the simulator with a special outcome (carriers/simulator/scripts.ts). */
export const BARRED = '+15550000002';
export const REPLIES = '+15550000009';
export const UNDELIVERABLE = '+15550000010';
const SPECIAL = [BARRED, '+15550000004', '+15550000005', '+15550000008', REPLIES, UNDELIVERABLE];
/** The simulator accepts the segment without a response, and sends a receipt after 2 s. */
const SILENT = '+15550000006';

const TEXTS = ['one part', 'x'.repeat(200), `${'ж'.repeat(66)} in three segments: ${'ж'.repeat(66)}`];

interface Operation {
  key: string;
  customer: Customer;
  body: string;
  guarantee: Accepted['guarantee'];
  parts: number;
}

/** Programs of customers. Each operation is retried with the same key until a 202, at any process that responds. */
export class Senders {
  readonly accepted: Accepted[] = [];
  /** Number of responses by status or by kind of failure. */
  readonly answers = new Map<string, number>();
  /** Time of the last 202 response, in milliseconds since the epoch. */
  acceptedAt = 0;
  /** Violations of guarantees. */
  readonly problems: string[] = [];
  readonly #options: SendersOptions;
  readonly #random: Random;
  readonly #agent = new Agent({
    connections: 64,
    headersTimeout: PATIENCE_MS,
    bodyTimeout: PATIENCE_MS,
    connectTimeout: 1_000,
  });
  readonly #underWay = new Set<Promise<void>>();
  #count = 0;
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastWordAt = Number.POSITIVE_INFINITY;

  constructor(options: SendersOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#underWay.size >= MOST_AT_ONCE) return;
      const run: Promise<void> = this.#carryOut(this.#operation()).finally(() => this.#underWay.delete(run));
      this.#underWay.add(run);
    }, 1_000 / this.#options.rate);
  }

  /** Starts no more operations, and resolves when all started ones are accepted. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#lastWordAt = performance.now() + LAST_WORD_MS;
    await Promise.all(this.#underWay);
    await this.#agent.destroy();
  }

  async until(count: number): Promise<void> {
    while (this.accepted.length < count) await delay(20);
  }

  #operation(): Operation {
    const random = this.#random;
    this.#count += 1;
    const customer = random.of(this.#options.customers);
    const guarantee = random.chance(0.25) ? 'AT_LEAST_ONCE' : 'AT_MOST_ONCE';
    const text = random.chance(0.8) ? 0 : random.between(1, TEXTS.length - 1);
    const body = {
      sendFrom: random.of(customer.numbers),
      to: this.#recipients(guarantee),
      messageType: 'SMS',
      text: TEXTS[text],
      externalReference: `operation ${this.#count}`,
      ...(guarantee === 'AT_LEAST_ONCE' || random.chance(0.2) ? { deliveryGuarantee: guarantee } : {}),
    };
    return {
      key: `key-${this.#count}`,
      customer,
      body: JSON.stringify(body),
      guarantee,
      parts: [1, 2, 3][text] as number,
    };
  }

  #recipients(guarantee: Accepted['guarantee']): string[] {
    const random = this.#random;
    if (random.chance(0.12)) return [random.of(SPECIAL)];
    // With AT_LEAST_ONCE the segment is resubmitted until the receipt arrives. Another test covers that case.
    if (guarantee === 'AT_MOST_ONCE' && random.chance(0.02)) return [SILENT];
    const count = random.chance(0.01) ? 40 : random.chance(0.1) ? 3 : 1;
    return Array.from({ length: count }, (_, i) => `+1555${1_000_000 + this.#count}${String(i).padStart(2, '0')}`);
  }

  async #carryOut(operation: Operation): Promise<void> {
    // Some programs send twice concurrently, because they time out.
    const twice = this.#random.chance(0.08);
    const [first, second] = await Promise.all(
      Array.from({ length: twice ? 2 : 1 }, () => this.#untilAccepted(operation)),
    );
    if (first === undefined) return;
    const { results, errors } = JSON.parse(first) as {
      results: { to: string; messageId: string }[];
      errors: unknown[];
    };
    if (results.length === 0 || errors.length > 0) this.problems.push(`${operation.key} got the response ${first}`);
    this.accepted.push({
      key: operation.key,
      guarantee: operation.guarantee,
      parts: operation.parts,
      messages: results.map(({ to, messageId }) => ({ id: messageId, to })),
    });
    this.#judgeAgain(operation, first, second);
    if (!this.#random.chance(0.1)) return;
    const again = await this.#untilAccepted(operation);
    this.#judgeAgain(operation, first, again);
  }

  #judgeAgain({ key }: Operation, first: string, again: string | undefined): void {
    if (again !== undefined && again !== first && !this.#options.isLossy)
      this.problems.push(`${key} got the responses ${first} and ${again}`);
  }

  /** @returns the body of the 202 response, or undefined if there was none. */
  async #untilAccepted(operation: Operation): Promise<string | undefined> {
    while (performance.now() < this.#lastWordAt) {
      const body = await this.#once(operation);
      if (body !== undefined) return body;
      await delay(this.#random.between(20, 200));
    }
    this.problems.push(`${operation.key} got no 202 within ${LAST_WORD_MS / 1000} s after the end of the scenario`);
    return undefined;
  }

  async #once({ key, customer, body }: Operation): Promise<string | undefined> {
    const urls = this.#options.urls();
    this.#turn += 1;
    const url = urls[this.#turn % urls.length];
    if (!url) return undefined;
    try {
      const answer = await request(`${url}/api/core/messages/send`, {
        dispatcher: this.#agent,
        method: 'POST',
        headers: {
          authorization: `Bearer ${customer.token}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body,
      });
      const text = await answer.body.text();
      this.#tally(String(answer.statusCode));
      if (answer.statusCode === 202) {
        this.acceptedAt = Date.now();
        return text;
      }
      if (!this.#options.later.includes(answer.statusCode)) {
        this.problems.push(`${key} got the response ${answer.statusCode} ${text.slice(0, 300)}`);
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#tally(code ?? message);
    }
    return undefined;
  }

  #tally(answer: string): void {
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
  }
}
