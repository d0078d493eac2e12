/** Runs the work of each key one at a time, in the order of the calls. Different keys run concurrently. */
export class SerialByKey {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const run = before ? before.then(work, work) : work();
    this.#last.set(key, run);
    try {
      return await run;
    } finally {
      if (this.#last.get(key) === run) this.#last.delete(key);
    }
  }
}
