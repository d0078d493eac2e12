/**
 * Waits that a stop ends all at once. Not an AbortSignal, which scans all of its listeners for each added listener. A
 * simulator has thousands of waits.
 */
export class Pauses {
  readonly #waiting = new Map<NodeJS.Timeout, (reason: Error) => void>();
  #ended = false;

  /** Waits for a time in milliseconds. Rejects if the waits have been ended before or are ended meanwhile. */
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
