/**
 * Maximum number of consecutive urgent statements while another statement waits. Workers thus continue during any
 * flood.
 */
const URGENT_IN_A_ROW = 4;
/** Maximum number of statements sent to the store. One runs, and the next one follows at once. */
const AT_ONCE = 2;

interface Turn {
  isTransaction: boolean;
  start(): Promise<unknown>;
}

/**
 * Order of statements and transactions on a single connection. First in, first out, except that urgent statements run
 * first, up to four in a row. No statement outside of a transaction runs during it.
 */
export class StatementScheduler {
  readonly #urgent: Turn[] = [];
  readonly #others: Turn[] = [];
  #underWay = 0;
  #urgentInARow = 0;
  #isInTransaction = false;
  #onIdle: (() => void) | undefined;

  /** @param isUrgent whether to run before all waiting statements and transactions. */
  statement<T>(work: () => Promise<T>, isUrgent = false): Promise<T> {
    return this.#add(isUrgent ? this.#urgent : this.#others, false, work);
  }

  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.#add(this.#others, true, work);
  }

  /** Resolves when no statement or transaction runs or waits. */
  async idle(): Promise<void> {
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #add<T>(queue: Turn[], isTransaction: boolean, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      queue.push({ isTransaction, start: () => work().then(resolve, reject) });
      this.#startNext();
    });
  }

  #startNext(): void {
    while (!this.#isInTransaction && this.#underWay < AT_ONCE) {
      const next = this.#next();
      if (!next) break;
      this.#isInTransaction = next.isTransaction;
      this.#underWay += 1;
      void next.start().then(() => this.#end(next));
    }
    if (this.#underWay === 0) this.#onIdle?.();
  }

  #next(): Turn | undefined {
    const isUrgent = this.#urgent.length > 0 && (this.#urgentInARow < URGENT_IN_A_ROW || this.#others.length === 0);
    this.#urgentInARow = isUrgent ? this.#urgentInARow + 1 : 0;
    return isUrgent ? this.#urgent.shift() : this.#others.shift();
  }

  #end({ isTransaction }: Turn): void {
    this.#underWay -= 1;
    if (isTransaction) this.#isInTransaction = false;
    this.#startNext();
  }
}
