import { afterEach, describe, expect, test } from 'vitest';
import type { Carrier, CarrierHandlers, InboundMessage, Report, Submission } from '#carriers/carrier.ts';

/** A carrier under test, and the destinations for which its far side behaves in each way. */
export interface Conformance {
  name: string;
  create(): Promise<Carrier>;
  destinations: {
    delivered: string;
    undeliverable: string;
    refused: string;
    throttled: string;
    unanswered: string;
    replying: string;
  };
}

/** Records reports and inbound messages as a module would, and notifies waiting tests when one arrives. */
class Taker implements CarrierHandlers {
  readonly reports: Report[] = [];
  readonly inbound: InboundMessage[] = [];
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
  return {
    reference: `msg_CONFORMANCE${count}/1`,
    from: '+15551234567',
    to,
    messageType: 'SMS',
    text: 'conformance',
    encoding: 'GSM7',
    latin1: true,
    campaignId: null,
    segments: 1,
    media: null,
    part: 1,
    parts: 1,
  };
}

/** The carrier of the running test. */
class Tested {
  readonly #create: Conformance['create'];
  #carrier: Carrier | undefined;

  constructor(create: Conformance['create']) {
    this.#create = create;
  }

  async create(): Promise<Carrier> {
    this.#carrier = await this.#create();
    return this.#carrier;
  }

  async start(): Promise<{ carrier: Carrier; taker: Taker }> {
    const taker = new Taker();
    const carrier = await this.create();
    await carrier.start(taker);
    return { carrier, taker };
  }

  async stop(): Promise<void> {
    await this.#carrier?.stop();
    this.#carrier = undefined;
  }
}

/** Tests of the contract of every carrier (carriers/carrier.ts), independent of its protocol. */
export function describeCarrier({ name, create, destinations }: Conformance): void {
  describe(`${name} as a carrier`, () => {
    const tested = new Tested(create);
    afterEach(() => tested.stop());
    testLifecycle(tested, destinations);
    testSubmits(tested, destinations);
    testReports(tested, destinations);
  });
}

type Destinations = Conformance['destinations'];

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
  });

  test('A throttled segment is accepted later, by the carrier itself or on a retry.', async () => {
    const { carrier } = await tested.start();
    const submission = submissionTo(destinations.throttled);
    const first = await carrier.submit(submission);
    if (first.outcome === 'throttled') expect(first.retryAfterMs).toBeGreaterThanOrEqual(0);
    const last = first.outcome === 'throttled' ? await carrier.submit(submission) : first;
    expect(last).toMatchObject({ outcome: 'accepted' });
  });

  test('A submit without a response is returned as unknown, never as unreachable.', async () => {
    const { carrier, taker } = await tested.start();
    const submission = submissionTo(destinations.unanswered);
    expect(await carrier.submit(submission)).toMatchObject({ outcome: 'unknown' });
    await taker.until(() => taker.reports.length > 0);
    expect(taker.reports[0]?.reference === submission.reference || taker.reports[0]?.carrierRef !== null).toBe(true);
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
