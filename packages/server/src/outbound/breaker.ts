/** Minimum number of submits within the window before the breaker can open. */
const LEAST_SUBMITS = 100;
/** Share of failed submits above which the breaker opens. */
const MOST_FAILED = 0.5;
/** Length of the window in milliseconds, counted in slices. */
const WINDOW_MS = 60_000;
const SLICES = 6;
/** Milliseconds from the opening, and from each test, to the next test with one message. */
const TEST_EVERY_MS = 10_000;

interface Slice {
  number: number;
  succeeded: number;
  failed: number;
}

/**
 * Circuit breaker of one carrier in one process. Opens above 50 % failed of at least 100 submits within a minute. While
 * it is open, one message per 10 s tests the carrier. An accepted one closes the breaker.
 */
export class Breaker {
  /** Milliseconds of a monotonic clock. */
  readonly #now: () => number;
  readonly #slices: Slice[] = [];
  #reason: string | undefined;
  #testAt = 0;
  #isTesting = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Why the breaker is open. Undefined: it is closed. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Share of failed submits of the last minute, from 0 to 1. Undefined without submits. */
  get failureShare(): number | undefined {
    const { submits, failed } = this.#sums();
    return submits === 0 ? undefined : failed / submits;
  }

  /** Whether a message may be submitted now. While the breaker is open, only for a test. */
  mayBegin(): boolean {
    return this.#reason === undefined || (!this.#isTesting && this.#now() >= this.#testAt);
  }

  /**
   * Call at the begin of each submit.
   * @returns whether the submit is a test, for the record of its result. Submits that began before the opening are not.
   */
  begin(): boolean {
    if (this.#reason === undefined) return false;
    this.#isTesting = true;
    this.#testAt = this.#now() + TEST_EVERY_MS;
    return true;
  }

  /** Records a submit that the carrier accepted. */
  succeeded(isTest: boolean): void {
    if (isTest) this.#close();
    this.#slice().succeeded += 1;
  }

  /** Records a submit that failed for a reason that other messages share. */
  failed(isTest: boolean): void {
    if (isTest) this.#isTesting = false;
    this.#slice().failed += 1;
    const { submits, failed } = this.#sums();
    if (this.#reason === undefined && submits >= LEAST_SUBMITS && failed / submits > MOST_FAILED) {
      this.open(`${failed} of ${submits} submits of the last minute failed`);
    }
  }

  /** Records a submit that shows nothing about the carrier, such as a refusal of one recipient. */
  undecided(isTest: boolean): void {
    if (isTest) this.#isTesting = false;
  }

  /** Has no effect on an open breaker. */
  open(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#testAt = this.#now() + TEST_EVERY_MS;
  }

  /** Delays the test, because the credentials or the link do not work. */
  postpone(): void {
    this.#testAt = this.#now() + TEST_EVERY_MS;
  }

  /** Whether a test is due. Check the credentials or the link first. */
  isTestDue(): boolean {
    return this.#reason !== undefined && this.mayBegin();
  }

  #close(): void {
    this.#reason = undefined;
    this.#isTesting = false;
    this.#slices.length = 0;
  }

  #slice(): Slice {
    const number = Math.floor(this.#now() / (WINDOW_MS / SLICES));
    const last = this.#slices.at(-1);
    if (last?.number === number) return last;
    const slice = { number, succeeded: 0, failed: 0 };
    this.#slices.push(slice);
    while ((this.#slices[0]?.number ?? number) <= number - SLICES) this.#slices.shift();
    return slice;
  }

  #sums(): { submits: number; failed: number } {
    const first = Math.floor(this.#now() / (WINDOW_MS / SLICES)) - SLICES + 1;
    const recent = this.#slices.filter(({ number }) => number >= first);
    const failed = recent.reduce((sum, slice) => sum + slice.failed, 0);
    return { failed, submits: recent.reduce((sum, slice) => sum + slice.succeeded, failed) };
  }
}
