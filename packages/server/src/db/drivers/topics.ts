/** Listeners for wake-ups within the process, by topic. */
export class Topics {
  readonly #listeners = new Map<string, Set<() => void>>();

  on(topic: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit(topic: string): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener();
  }

  emitAll(): void {
    for (const topic of this.#listeners.keys()) this.emit(topic);
  }
}
