export interface ConcurrencyLimits {
  /** Tasks of one key that run at the same time. */
  running: number;
  /** Tasks of one key that wait for a running task to end. */
  waiting: number;
}

/** Slot of a task within a limit. */
export interface ConcurrencySlot {
  /** Frees the slot. A waiting task is dropped and never starts. Repeated calls have no effect. */
  leave(): void;
}

interface Task {
  start(): void;
}

interface Line {
  running: Set<Task>;
  /** In order of arrival. */
  waiting: Set<Task>;
}

/**
 * Limits the tasks of each key that run at the same time. Further tasks wait, first in, first out, up to a second
 * limit. Tasks beyond both limits are rejected.
 */
export class Concurrency {
  readonly #limits: ConcurrencyLimits;
  readonly #lines = new Map<string, Line>();

  constructor(limits: ConcurrencyLimits) {
    this.#limits = limits;
  }

  /**
   * @param start called at once, or when a slot becomes free.
   * @returns undefined if too many tasks wait already. `start` is never called then.
   */
  enter(key: string, start: () => void): ConcurrencySlot | undefined {
    const line = this.#lines.get(key) ?? this.#newLine(key);
    const task = { start };
    if (line.running.size < this.#limits.running) {
      line.running.add(task);
      start();
    } else if (line.waiting.size < this.#limits.waiting) {
      line.waiting.add(task);
    } else {
      return undefined;
    }
    return { leave: () => this.#leave(key, line, task) };
  }

  #newLine(key: string): Line {
    const line: Line = { running: new Set(), waiting: new Set() };
    this.#lines.set(key, line);
    return line;
  }

  #leave(key: string, line: Line, task: Task): void {
    if (line.waiting.delete(task) || !line.running.delete(task)) return;
    const [next] = line.waiting;
    if (next) {
      line.waiting.delete(next);
      line.running.add(next);
      next.start();
    } else if (line.running.size === 0) {
      this.#lines.delete(key);
    }
  }
}
