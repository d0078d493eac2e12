/** Result of a request that was sent. */
export type Answer<Response> =
  | { kind: 'answered'; response: Response }
  /** No response in time. A late response is passed to `onLate`. */
  | { kind: 'timeout' }
  /** The session ended before a response. */
  | { kind: 'lost' };

interface Waiting<Response, Tag> {
  tag: Tag;
  resolve(answer: Answer<Response>): void;
  timer: NodeJS.Timeout;
}

export interface WindowOptions<Response, Tag> {
  timeoutMs: number;
  /** Called with a response to a request that has timed out. */
  onLate(tag: Tag, response: Response): void;
  /** Whether a response can belong to a request with the same number. Absent if any can. */
  fits?(tag: Tag, response: Response): boolean;
}

/** Sequence numbers are 1 to 0x7FFFFFFF (SMPP 3.4, §5.1.4). */
const LAST_SEQUENCE = 0x7fffffff;
/** Number of timed-out requests that are kept for a late response. The oldest are dropped first. */
const REMEMBERED = 10_000;

/** Pending requests of one session. Assigns numbers, waits for responses, and loses the requests with the session. */
export class Window<Response, Tag> {
  readonly #options: WindowOptions<Response, Tag>;
  readonly #waiting = new Map<number, Waiting<Response, Tag>>();
  readonly #late = new Map<number, Tag>();
  #sequence = 0;

  constructor(options: WindowOptions<Response, Tag>) {
    this.#options = options;
  }

  /** Requests without a response. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Next number that no pending request has. */
  nextSequence(): number {
    do this.#sequence = this.#sequence >= LAST_SEQUENCE ? 1 : this.#sequence + 1;
    while (this.#waiting.has(this.#sequence));
    return this.#sequence;
  }

  /** Waits for the response to the request with this number. Never rejects. */
  wait(sequence: number, tag: Tag): Promise<Answer<Response>> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(sequence);
        this.#keepTag(sequence, tag);
        resolve({ kind: 'timeout' });
      }, this.#options.timeoutMs);
      this.#late.delete(sequence);
      this.#waiting.set(sequence, { tag, resolve, timer });
    });
  }

  /** @returns whether the response belongs to a request. */
  answer(sequence: number, response: Response): boolean {
    const { fits = () => true } = this.#options;
    const waiting = this.#waiting.get(sequence);
    if (waiting) {
      if (!fits(waiting.tag, response)) return false;
      clearTimeout(waiting.timer);
      this.#waiting.delete(sequence);
      waiting.resolve({ kind: 'answered', response });
      return true;
    }
    const tag = this.#late.get(sequence);
    if (tag === undefined || !fits(tag, response)) return false;
    this.#late.delete(sequence);
    this.#options.onLate(tag, response);
    return true;
  }

  /** Loses all requests, because the session has ended. */
  lose(): void {
    for (const { resolve, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      resolve({ kind: 'lost' });
    }
    this.#waiting.clear();
    this.#late.clear();
  }

  #keepTag(sequence: number, tag: Tag): void {
    this.#late.set(sequence, tag);
    if (this.#late.size <= REMEMBERED) return;
    const [oldest] = this.#late.keys();
    this.#late.delete(oldest as number);
  }
}
