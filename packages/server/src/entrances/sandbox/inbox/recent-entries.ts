/** Maximum number of entries and bytes in the inbox. */
const MOST_ENTRIES = 500;
export const MOST_BYTES = 8 * 1024 * 1024;

interface Entry<Value> {
  value: Value;
  /** Size in bytes. */
  size: number;
}

/** The latest values. Texts are stored raw, since parsed values can take many times the memory. */
export class RecentEntries<Value> {
  readonly #entries: Entry<Value>[] = [];
  #bytes = 0;

  /** The values, oldest first. */
  get values(): Value[] {
    return this.#entries.map(({ value }) => value);
  }

  /**
   * Adds a value and drops the oldest values that are beyond a limit.
   * @param size size of its text in UTF-8, in bytes.
   */
  add(value: Value, size: number): void {
    this.#entries.push({ value, size });
    this.#bytes += size;
    while (this.#entries.length > MOST_ENTRIES || this.#bytes > MOST_BYTES) {
      this.#bytes -= this.#entries.shift()?.size ?? 0;
    }
  }
}
