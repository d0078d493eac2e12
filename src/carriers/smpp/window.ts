/** What became of a request that was sent. */
export type Answer<Response> =
  | { kind: 'answered'; response: Response }
  /** Not in time; if the answer comes all the same, `onLate` has it. */
  | { kind: 'timeout' }
  /** The session ended before. */
  | { kind: 'lost' };

interface Waiting<Response, Tag> {
  tag: Tag;
  resolve(answer: Answer<Response>): void;
  timer: NodeJS.Timeout;
}

export interface WindowOptions<Response, Tag> {
  timeoutMs: number;
  /** An answer to a request that had been given up. */
  onLate(tag: Tag, response: Response): void;
  /** Whether a response can be one to such a request, whatever its number says; absent: any can. */
  fits?(tag: Tag, response: Response): boolean;
}

/** 1 to 0x7FFFFFFF (SMPP 3.4, §5.1.4). */
const LAST_SEQUENCE = 0x7fffffff;
/** So many requests that were given up are remembered for a late answer; the oldest are forgotten first. */
const REMEMBERED = 10_000;

/** The requests of one session that have no answer yet: numbers, waits, and hands them out when the session ends. */
export class Window<Response, Tag> {
  readonly #options: WindowOptions<Response, Tag>;
  readonly #waiting = new Map<number, Waiting<Response, Tag>>();
  readonly #late = new Map<number, Tag>();
  #sequence = 0;

  constructor(options: WindowOptions<Response, Tag>) {
    this.#options = options;
  }

  /** Requests without an answer. */
  get size(): number {
    return this.#waiting.size;
  }

  /** A number for a request that none has that is waited for. */
  nextSequence(): number {
    do this.#sequence = this.#sequence >= LAST_SEQUENCE ? 1 : this.#sequence + 1;
    while (this.#waiting.has(this.#sequence));
    return this.#sequence;
  }

  /** The request with this number is on its way. Never rejects. */
  wait(sequence: number, tag: Tag): Promise<Answer<Response>> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(sequence);
        this.#remember(sequence, tag);
        resolve({ kind: 'timeout' });
      }, this.#options.timeoutMs);
      this.#late.delete(sequence);
      this.#waiting.set(sequence, { tag, resolve, timer });
    });
  }

  /** @returns whether anybody had asked for it. */
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

  /** The session is over: nothing of it will be answered any more. */
  lose(): void {
    for (const { resolve, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      resolve({ kind: 'lost' });
    }
    this.#waiting.clear();
    this.#late.clear();
  }

  #remember(sequence: number, tag: Tag): void {
    this.#late.set(sequence, tag);
    if (this.#late.size <= REMEMBERED) return;
    const [oldest] = this.#late.keys();
    this.#late.delete(oldest as number);
  }
}
