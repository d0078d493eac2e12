/**
 * Whether the outbound jobs that were due at some moment wait, because the store may lack the record of their submit. All other
 * work continues.
 */
export class Suspension {
  #before: Date | undefined;

  /** Suspends the outbound jobs that are due before the moment. */
  begin(before: Date): void {
    this.#before = before;
  }

  end(): void {
    this.#before = undefined;
  }

  /** Undefined: no job is suspended. */
  get before(): Date | undefined {
    return this.#before;
  }
}
