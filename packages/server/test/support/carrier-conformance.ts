import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Carrier, CarrierHandlers, InboundMessage, LinkState, Report, Submission } from '#carriers/carrier.ts';
import { submissionOf } from './submissions.ts';

/** Destinations for which the far side behaves in each way. */
export interface Destinations {
  delivered: string;
  undeliverable: string;
  refused: string;
  throttled: string;
  unanswered: string;
  replying: string;
}

/**
 * Fault of the far side. `credentials`: wrong from the start. `revoked`: wrong after the start. `connection`: refused.
 * `partial`: each response is cut half-way.
 */
export type Fault = 'credentials' | 'revoked' | 'connection' | 'partial';

/** Peer of a carrier for one test. */
export interface FarSide {
  /** Creates a carrier of this peer. */
  create(fault?: Fault): Promise<Carrier>;
  /** Number of submits for a recipient that the peer has accepted. */
  accepted(to: string): number;
  stop(): Promise<void>;
}

/** A carrier type under test. */
export interface Conformance {
  destinations: Destinations;
  /** Faults that the type can have. */
  faults: readonly Fault[];
  /** Outcome of a submit with wrong credentials. */
  outcomeWithoutCredentials?: 'misconfigured' | 'unreachable';
  start(): Promise<FarSide>;
}

/** Records reports and inbound messages as a module would, and notifies waiting tests when one arrives. */
class Taker implements CarrierHandlers {
  readonly reports: Report[] = [];
  readonly inbound: InboundMessage[] = [];
  readonly states: { state: LinkState; reason: string | undefined }[] = [];
  /** Number of further reports to reject, as when the store is unavailable. */
  refusals = 0;
  #arrived = Promise.withResolvers<void>();

  async onReport(_carrier: string, report: Report): Promise<string | null> {
    this.reports.push(report);
    this.#tell();
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw new Error('not taken');
    }
    return report.carrierRef;
  }

  async onInbound(_carrier: string, message: InboundMessage): Promise<void> {
    this.inbound.push(message);
    this.#tell();
  }

  onState(_carrier: string, state: LinkState, reason: string | undefined): void {
    this.states.push({ state, reason });
  }

  #tell(): void {
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }

  async until(enough: () => boolean): Promise<void> {
    while (!enough()) await this.#arrived.promise;
  }
}

let count = 0;

function submissionTo(to: string): Submission {
  count += 1;
  return submissionOf({ reference: `msg_CONFORMANCE${count}/1`, to, text: 'conformance' });
}

/** The carrier of the running test, and its peer. */
class Tested {
  readonly #start: Conformance['start'];
  #farSide: FarSide | undefined;
  #carrier: Carrier | undefined;

  constructor(start: Conformance['start']) {
    this.#start = start;
  }

  async begin(): Promise<void> {
    this.#farSide = await this.#start();
  }

  async create(fault?: Fault): Promise<Carrier> {
    this.#carrier = await (this.#farSide as FarSide).create(fault);
    return this.#carrier;
  }

  async start(fault?: Fault): Promise<{ carrier: Carrier; taker: Taker }> {
    const taker = new Taker();
    const carrier = await this.create(fault);
    await carrier.start(taker);
    return { carrier, taker };
  }

  accepted(to: string): number {
    return (this.#farSide as FarSide).accepted(to);
  }

  async stop(): Promise<void> {
    await this.#carrier?.stop();
    await this.#farSide?.stop();
    this.#carrier = undefined;
  }
}

/** Tests of the contract of every carrier (carriers/carrier.ts), independent of its protocol. */
export function describeCarrier(name: string, conformance: Conformance): void {
  const { destinations } = conformance;
  describe(`${name} as a carrier`, () => {
    const tested = new Tested(conformance.start);
    beforeEach(() => tested.begin());
    afterEach(() => tested.stop());
    testLifecycle(tested, destinations);
    testSubmits(tested, destinations);
    testReports(tested, destinations);
    testFaults(tested, conformance);
  });
}

function testLifecycle(tested: Tested, destinations: Destinations): void {
  test('The carrier accepts nothing before its start and returns unreachable.', async () => {
    const carrier = await tested.create();
    expect([carrier.state(), carrier.capacity()]).toEqual(['down', 0]);
    expect(await carrier.submit(submissionTo(destinations.delivered))).toMatchObject({ outcome: 'unreachable' });
    await carrier.start(new Taker());
  });

  test('The carrier is up after its start, with capacity for at least one segment.', async () => {
    const { carrier } = await tested.start();
    expect(carrier.state()).toBe('up');
    expect(carrier.capacity()).toBeGreaterThan(0);
  });

  test('The carrier accepts and reports nothing after its stop.', async () => {
    const { carrier, taker } = await tested.start();
    await Promise.all(Array.from({ length: 5 }, () => carrier.submit(submissionTo(destinations.delivered))));
    await carrier.stop();
    const before = taker.reports.length;
    expect([carrier.state(), carrier.capacity()]).toEqual(['down', 0]);
    expect(await carrier.submit(submissionTo(destinations.delivered))).toMatchObject({ outcome: 'unreachable' });
    expect(taker.reports).toHaveLength(before);
  });
}

function testSubmits(tested: Tested, destinations: Destinations): void {
  test('The carrier assigns a unique id to each accepted segment and reports under that id.', async () => {
    const { carrier, taker } = await tested.start();
    const results = await Promise.all(
      Array.from({ length: 20 }, () => carrier.submit(submissionTo(destinations.delivered))),
    );
    const refs = results.map((result) => (result.outcome === 'accepted' ? result.carrierRef : undefined));
    expect(new Set(refs).size).toBe(20);
    expect(tested.accepted(destinations.delivered)).toBe(20);
    await taker.until(() => refs.every((ref) => taker.reports.some(({ carrierRef }) => carrierRef === ref)));
    expect(taker.reports.every(({ state, raw }) => state === 'DELIVERED' && raw !== '')).toBe(true);
  });

  test('A permanent rejection is returned with the code of the carrier.', async () => {
    const { carrier } = await tested.start();
    expect(await carrier.submit(submissionTo(destinations.refused))).toMatchObject({
      outcome: 'rejected',
      permanent: true,
      carrierCode: expect.stringMatching(/./),
    });
    expect(tested.accepted(destinations.refused)).toBe(0);
  });

  test('A throttled segment is accepted later, by the carrier itself or on a retry, and only once.', async () => {
    const { carrier } = await tested.start();
    const submission = submissionTo(destinations.throttled);
    let result = await carrier.submit(submission);
    while (result.outcome === 'throttled') {
      expect(result.retryAfterMs).toBeGreaterThanOrEqual(0);
      expect(tested.accepted(destinations.throttled)).toBe(0);
      await expect.poll(() => carrier.capacity()).toBeGreaterThan(0);
      result = await carrier.submit(submission);
    }
    expect(result).toMatchObject({ outcome: 'accepted' });
    expect(tested.accepted(destinations.throttled)).toBe(1);
  });

  test('A submit without a response is returned as unknown, never as unreachable.', async () => {
    const { carrier, taker } = await tested.start();
    const submission = submissionTo(destinations.unanswered);
    expect(await carrier.submit(submission)).toMatchObject({ outcome: 'unknown' });
    await taker.until(() => taker.reports.length > 0);
    expect(taker.reports[0]?.reference === submission.reference || taker.reports[0]?.carrierRef !== null).toBe(true);
  });

  test('A segment that may not leave is unreachable, and is not sent.', async () => {
    const { carrier } = await tested.start();
    let asked = 0;
    const mayLeave = (answer: boolean) => () => {
      asked += 1;
      return answer;
    };
    const submission = submissionTo(destinations.delivered);
    expect(await carrier.submit(submission, mayLeave(false))).toMatchObject({ outcome: 'unreachable' });
    expect([asked > 0, tested.accepted(destinations.delivered)]).toEqual([true, 0]);
    // A carrier that pauses after an unreachable segment continues.
    await expect.poll(() => carrier.capacity()).toBeGreaterThan(0);
    expect(await carrier.submit(submission, mayLeave(true))).toMatchObject({ outcome: 'accepted' });
    expect(tested.accepted(destinations.delivered)).toBe(1);
  });
}

function testReports(tested: Tested, destinations: Destinations): void {
  test('A failure report contains the reason.', async () => {
    const { carrier, taker } = await tested.start();
    await carrier.submit(submissionTo(destinations.undeliverable));
    await taker.until(() => taker.reports.length > 0);
    expect(taker.reports[0]).toMatchObject({ state: 'FAILED', error: { code: expect.any(String), details: {} } });
  });

  test('The carrier repeats a report that was not accepted.', async () => {
    const { carrier, taker } = await tested.start();
    taker.refusals = 1;
    await carrier.submit(submissionTo(destinations.delivered));
    await taker.until(() => taker.reports.length >= 2);
    expect(taker.reports[1]).toEqual(taker.reports[0]);
  });

  test('The carrier delivers messages from handsets, each with a carrier message id.', async () => {
    const { carrier, taker } = await tested.start();
    await carrier.submit(submissionTo(destinations.replying));
    await taker.until(() => taker.inbound.length > 0);
    expect(taker.inbound[0]).toMatchObject({
      carrierRef: expect.stringMatching(/./),
      from: destinations.replying,
      to: '+15551234567',
    });
  });
}

function testFaults(tested: Tested, { destinations, faults, outcomeWithoutCredentials }: Conformance): void {
  const { delivered } = destinations;
  const testFault = (fault: Fault, title: string, run: () => Promise<void>) => {
    if (faults.includes(fault)) test(title, run);
  };

  testFault(
    'credentials',
    'With wrong credentials, the carrier is misconfigured for a reason, and sends nothing.',
    async () => {
      const { carrier, taker } = await tested.start('credentials');
      expect([carrier.state(), carrier.capacity()]).toEqual(['misconfigured', 0]);
      expect(taker.states).toEqual([{ state: 'misconfigured', reason: expect.stringMatching(/.{10}/) }]);
      const result = await carrier.submit(submissionTo(delivered));
      expect(result).toMatchObject({ outcome: outcomeWithoutCredentials, reason: expect.stringMatching(/./) });
      expect(tested.accepted(delivered)).toBe(0);
    },
  );

  testFault('revoked', 'Credentials that are revoked make the carrier misconfigured at the next submit.', async () => {
    const { carrier, taker } = await tested.start('revoked');
    expect(carrier.state()).toBe('up');
    const refused = { outcome: 'misconfigured', carrierCode: 'HTTP 401', reason: expect.stringMatching(/.{10}/) };
    expect(await carrier.submit(submissionTo(delivered))).toMatchObject(refused);
    expect([carrier.state(), carrier.capacity()]).toEqual(['misconfigured', 0]);
    expect(taker.states.at(-1)).toEqual({ state: 'misconfigured', reason: refused.reason });
    expect(await carrier.submit(submissionTo(delivered))).toMatchObject({ outcome: 'misconfigured' });
    expect(tested.accepted(delivered)).toBe(0);
  });

  testFault('connection', 'A segment is unreachable if the connection is refused.', async () => {
    const { carrier } = await tested.start('connection');
    const result = await carrier.submit(submissionTo(delivered));
    expect(result).toMatchObject({ outcome: 'unreachable', reason: expect.stringMatching(/./) });
    expect([carrier.state(), carrier.capacity()]).toEqual(['down', 0]);
    expect(tested.accepted(delivered)).toBe(0);
  });

  testFault('partial', 'A response that is cut half-way is unknown, and the report still arrives.', async () => {
    const { carrier, taker } = await tested.start('partial');
    const submission = submissionTo(delivered);
    expect(await carrier.submit(submission)).toMatchObject({ outcome: 'unknown' });
    expect(tested.accepted(delivered)).toBe(1);
    await taker.until(() => taker.reports.length > 0);
    expect(taker.reports[0]).toMatchObject({ reference: submission.reference, attempt: 1, state: 'DELIVERED' });
  });
}
