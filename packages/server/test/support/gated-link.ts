import type { LinkState, Submission, SubmitResult, Unsent } from '#carriers/carrier.ts';
import { Gate, type GatedLink, type GateOptions } from '#outbound/gate.ts';
import { submissionOf } from './submissions.ts';

export const SUBMISSION = submissionOf({});

export const ACCEPTED: SubmitResult = { outcome: 'accepted', carrierRef: '1' };
export const REJECTED: SubmitResult = { outcome: 'rejected', permanent: true, carrierCode: '1', reason: 'barred' };
export const UNKNOWN: SubmitResult = { outcome: 'unknown', reason: 'no response' };
export const UNREACHABLE: SubmitResult = { outcome: 'unreachable', reason: 'refused' };
export const MISCONFIGURED: SubmitResult = { outcome: 'misconfigured', reason: 'wrong password' };

/** @param more `carrierCode: undefined` for a segment that was not sent. */
export const throttled = (more: object = {}): SubmitResult => ({
  ...{ outcome: 'throttled', retryAfterMs: 0, carrierCode: 'ESME_RTHROTTLED' },
  ...more,
});

/** Submit that has reached the link. */
export interface Call {
  mayLeave: () => boolean;
  /** The carrier throttles the segment, and the link sends it again later. */
  throttle: () => void;
  answer(result: SubmitResult): void;
  fail(error: Error): void;
}

/** Link that sends segments at once, if `sends` is true. Responses come from the test. */
class TestLink implements GatedLink {
  readonly name = 'acme';
  readonly media = undefined;
  current: LinkState | 'standby' = 'up';
  reason: string | undefined;
  window = 1_000;
  sends = true;
  /** Submits without a response, the oldest first. */
  readonly calls: Call[] = [];
  submits = 0;
  /** Segments that the gate has claimed back from the link. */
  readonly givenBack: Unsent[] = [];
  /** Called before each submit. */
  onSubmit: () => void = () => undefined;
  check?: () => Promise<string | undefined>;

  state(): LinkState | 'standby' {
    return this.current;
  }

  capacity(): number {
    return this.window;
  }

  giveBack(which: Unsent): void {
    this.givenBack.push(which);
  }

  submit(
    _submission: Submission,
    mayLeave: () => boolean = () => true,
    throttle: () => void = () => undefined,
  ): Promise<SubmitResult> {
    this.onSubmit();
    this.submits += 1;
    if (this.sends && !mayLeave()) return Promise.resolve({ outcome: 'unreachable', reason: 'not sent' });
    const { promise, resolve, reject } = Promise.withResolvers<SubmitResult>();
    this.calls.push({ mayLeave, throttle, answer: resolve, fail: reject });
    return promise;
  }
}

/** Gate with its link, a clock and all that it reports. Messages have alternatives, and failover is after 3 s. */
export function setUpGate(more: Partial<GateOptions> = {}) {
  const link = new TestLink();
  const at = { ms: 600_000, isPaused: false, hasAlternatives: true };
  const changes: (string | undefined)[] = [];
  const gate = new Gate({
    link,
    now: () => at.ms,
    isPaused: () => at.isPaused,
    hasAlternatives: () => at.hasAlternatives,
    failoverAfterMs: 3_000,
    hasBreaker: true,
    onChange: (problem) => changes.push(problem),
    ...more,
  });
  /** Submits, responds and waits for the result, for each of these results. */
  const submitAll = async (...results: SubmitResult[]) => {
    for (const result of results) {
      const submit = gate.submit(SUBMISSION);
      link.calls.pop()?.answer(result);
      await submit;
    }
  };
  const times = (count: number, result: SubmitResult) => submitAll(...Array.from({ length: count }, () => result));
  const advance = (ms: number) => {
    at.ms += ms;
  };
  return { link, gate, at, changes, submitAll, times, advance };
}

export const FAILED_100 = '100 of 100 submits of the last minute failed';

/** Gate whose breaker has just opened. */
export async function setUpOpenGate(more: Partial<GateOptions> = {}) {
  const all = setUpGate(more);
  await all.times(100, UNKNOWN);
  return all;
}
