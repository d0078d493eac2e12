/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Cursor of the next page, or null at the end of the list. */
  nextCursor: string | null;
}

/** Reads the page at a cursor. Without a cursor, reads the first page. */
export type ReadPage<T> = (cursor: string | undefined) => Promise<Page<T>>;

/**
 * A list that is read page by page during iteration. Each iteration starts again at the first page. A page may be short
 * or empty before the end of the list. Only a `nextCursor` of null marks the end.
 *
 * ```ts
 * for await (const message of rc.messages.list({ status: 'FAILED' })) console.log(message.messageId);
 * ```
 */
export class Listing<T> implements AsyncIterable<T> {
  readonly #readPage: ReadPage<T>;
  readonly #from: string | undefined;

  constructor(readPage: ReadPage<T>, from?: string) {
    this.#readPage = readPage;
    this.#from = from;
  }

  /** Reads only the first page. The `nextCursor` of a page selects the next page. */
  page(): Promise<Page<T>> {
    return this.#readPage(this.#from);
  }

  /** Iterates over the pages instead of their items. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let cursor = this.#from;
    for (;;) {
      const page = await this.#readPage(cursor);
      yield page;
      // A repeated cursor also ends the list. Otherwise a faulty server could cause an endless loop.
      if (page.nextCursor === null || page.nextCursor === cursor) return;
      cursor = page.nextCursor;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const { items } of this.pages()) yield* items;
  }
}

/** One page of a feed. */
export interface FeedPage<T> {
  items: T[];
  /** Cursor after this page. Also set at the current end of the feed. */
  nextCursor: string;
}

interface FeedParts<T> {
  readPage(cursor: string | undefined): Promise<FeedPage<T>>;
  after: string | undefined;
  /** Called at the current end. Resolves to true to read again, and to false to end the iteration. */
  atTheEnd(): Promise<boolean>;
  /** Whether an error of reading or waiting is the end that the caller requested. */
  isOver?(error: unknown): boolean;
}

/** An append-only sequence without a last page. Supports one iteration. Another feed can continue at `cursor`. */
export class Feed<T> implements AsyncIterable<T> {
  readonly #parts: FeedParts<T>;
  #cursor: string | undefined;

  constructor(parts: FeedParts<T>) {
    this.#parts = parts;
    this.#cursor = parts.after;
  }

  /**
   * Cursor after the last page that the loop has consumed. Store the cursor and pass it as `after` to continue without
   * a gap.
   *
   * The cursor advances page by page. Items of an unfinished page are returned again after a restart. Deduplicate by
   * `eventId`. Before the end of the first page, the cursor equals the initial `after`, which may be undefined.
   * `stream({ since, after: stored })` is correct in both cases.
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

  /** @returns the next page with items, or undefined at the end */
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
