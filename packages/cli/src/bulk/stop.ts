import type { BulkDirectory, BulkRequest } from './directory.ts';

const LOOK_EVERY_MS = 200;
/** Time for the rows in progress. A row that is aborted after it is found again by its key. */
const GRACE_MS = 5_000;

/** Stops a run when `bulk pause` or `bulk cancel` asks for it. */
export class Stop {
  readonly #directory: BulkDirectory;
  readonly #stop = new AbortController();
  readonly #abort = new AbortController();
  readonly #look: NodeJS.Timeout;
  #grace: NodeJS.Timeout | undefined;
  #request: BulkRequest | undefined;

  constructor(directory: BulkDirectory) {
    this.#directory = directory;
    this.#look = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** Aborted by a request. No further row begins after it. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborted when rows in progress did not end within the time for them. */
  get abortSignal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The request that stopped the run. */
  get request(): BulkRequest | undefined {
    return this.#request;
  }

  /** Reads the request. @returns whether the run must stop */
  look(): boolean {
    if (this.#request !== undefined) return true;
    this.#request = this.#directory.requested();
    if (this.#request === undefined) return false;
    this.#stop.abort();
    this.#grace = setTimeout(() => this.#abort.abort(), GRACE_MS);
    return true;
  }

  close(): void {
    clearInterval(this.#look);
    clearTimeout(this.#grace);
  }
}
