/** Reasons for which this process claims no outbound jobs. All other work continues. */
export class Suspension {
  #before: Date | undefined;
  #isHeld = false;

  /** Suspends the outbound jobs that are due before the moment, because the store may lack the record of their submit. */
  begin(before: Date): void {
    this.#before = before;
  }

  end(): void {
    this.#before = undefined;
  }

  /** Suspends all outbound jobs, until an operator releases them. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
  }

  /** Undefined: no record can be missing. */
  get before(): Date | undefined {
    return this.#before;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Whether claims take no outbound job. */
  get stopsClaims(): boolean {
    return this.#isHeld || this.#before !== undefined;
  }
}
