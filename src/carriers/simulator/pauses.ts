/**
 * Waits that all end at once when there is no time left. Not an AbortSignal: that looks at all of its listeners for each
 * one that is added, and thousands wait here.
 */
export class Pauses {
  readonly #waiting = new Map<NodeJS.Timeout, (reason: Error) => void>();
  #ended = false;

  /** Rejects when the waits are ended, before or meanwhile. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(new Error('stopped'));
        return;
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(timer);
        resolve();
      }, ms);
      this.#waiting.set(timer, reject);
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  end(): void {
    this.#ended = true;
    for (const [timer, reject] of this.#waiting) {
      clearTimeout(timer);
      reject(new Error('stopped'));
    }
    this.#waiting.clear();
  }
}
