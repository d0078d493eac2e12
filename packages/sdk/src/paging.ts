export interface Page<T> {
  items: T[];
  /** Where the next page begins; null when there is none. */
  nextCursor: string | null;
}

/** Reads one page, from a cursor on; from the beginning when there is none. */
export type ReadPage<T> = (cursor: string | undefined) => Promise<Page<T>>;

/**
 * A list that is read page by page as it is iterated over, and from the beginning each time that it is. A page may be
 * short or empty with more behind it; only a `nextCursor` of null is the end.
 */
export class Listing<T> implements AsyncIterable<T> {
  readonly #readPage: ReadPage<T>;
  readonly #from: string | undefined;

  constructor(readPage: ReadPage<T>, from?: string) {
    this.#readPage = readPage;
    this.#from = from;
  }

  /** The first page alone; `nextCursor` leads on. */
  page(): Promise<Page<T>> {
    return this.#readPage(this.#from);
  }

  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let cursor = this.#from;
    for (;;) {
      const page = await this.#readPage(cursor);
      yield page;
      // A server that repeats itself would be read for ever.
      if (page.nextCursor === null || page.nextCursor === cursor) return;
      cursor = page.nextCursor;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const { items } of this.pages()) yield* items;
  }
}

export interface FeedPage<T> {
  items: T[];
  /** Where to go on from, also at the present end. */
  nextCursor: string;
}

interface FeedParts<T> {
  readPage(cursor: string | undefined): Promise<FeedPage<T>>;
  after: string | undefined;
  /** Resolves to whether to look again, once the present end is reached. */
  atTheEnd(): Promise<boolean>;
  /** Whether what reading or waiting threw is the end that the caller asked for. */
  isOver?(error: unknown): boolean;
}

/** What is appended to and never ends. It can be iterated over once; `cursor` is where another can go on. */
export class Feed<T> implements AsyncIterable<T> {
  readonly #parts: FeedParts<T>;
  #cursor: string | undefined;

  constructor(parts: FeedParts<T>) {
    this.#parts = parts;
    this.#cursor = parts.after;
  }

  /**
   * Everything before it was taken by the loop: kept, and given as `after` later on, nothing is missed. It moves on page
   * by page, so what was taken of the last page comes again; know it by its `eventId`. Until the first page is through it is what
   * this one began with: `stream({ since, after: kept })` goes on rightly from either.
   */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const page = await this.#next();
      if (page === undefined) return;
      yield* page.items;
      this.#cursor = page.nextCursor;
    }
  }

  /** @returns the next page that has something; undefined at the end. */
  async #next(): Promise<FeedPage<T> | undefined> {
    const { readPage, atTheEnd, isOver } = this.#parts;
    try {
      for (;;) {
        const page = await readPage(this.#cursor);
        if (page.items.length > 0) return page;
        this.#cursor = page.nextCursor;
        if (!(await atTheEnd())) return undefined;
      }
    } catch (error) {
      if (isOver?.(error)) return undefined;
      throw error;
    }
  }
}
