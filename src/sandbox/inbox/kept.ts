/** Entries and bytes that the inbox keeps, at most. */
const MOST_ENTRIES = 500;
export const MOST_BYTES = 8 * 1024 * 1024;

/** The latest entries, each as JSON text in UTF-8: parsed values can take many times the memory of their text. */
export class Kept {
  readonly #entries: Buffer[] = [];
  #bytes = 0;

  /** The entries, oldest first. */
  get entries(): readonly Buffer[] {
    return this.#entries;
  }

  /** Adds an entry and drops the oldest ones that are beyond a limit. */
  add(entry: Buffer): void {
    this.#entries.push(entry);
    this.#bytes += entry.length;
    while (this.#entries.length > MOST_ENTRIES || this.#bytes > MOST_BYTES) {
      this.#bytes -= this.#entries.shift()?.length ?? 0;
    }
  }
}
