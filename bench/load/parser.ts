const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CLOSE = /\r\nconnection: *close/i;
const EMPTY = Buffer.alloc(0);

/** @param body a view of the received data, valid until the call returns */
export type OnResponse = (status: number, body: Buffer, keepAlive: boolean) => void;

/** Parses HTTP/1.1 responses from a byte stream in chunks of any size, as far as a load generator needs. */
export class ResponseParser {
  readonly #onResponse: OnResponse;
  #rest: Buffer = EMPTY;

  constructor(onResponse: OnResponse) {
    this.#onResponse = onResponse;
  }

  /** @throws on a response without a Content-Length, which no measured server sends */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at < bytes.length) {
      const next = this.#one(bytes, at);
      if (next === undefined) break;
      at = next;
    }
    this.#rest = at === bytes.length ? EMPTY : bytes.subarray(at);
  }

  /** @returns the end of the response, or undefined when the response is incomplete */
  #one(bytes: Buffer, at: number): number | undefined {
    const headEnd = bytes.indexOf(HEAD_END, at);
    if (headEnd < 0) return undefined;
    const head = bytes.toString('latin1', at, headEnd);
    // "HTTP/1.1 202 …"
    const status = Number(head.slice(9, 12));
    const start = headEnd + HEAD_END.length;
    const end = start + bodyLength(status, head);
    if (end > bytes.length) return undefined;
    if (status >= 200) this.#onResponse(status, bytes.subarray(start, end), !CLOSE.test(head));
    return end;
  }
}

function bodyLength(status: number, head: string): number {
  if (status === 204 || status === 304 || status < 200) return 0;
  const length = LENGTH.exec(head)?.[1];
  if (length === undefined) throw new Error(`Response without Content-Length: ${head.slice(0, 200)}`);
  return Number(length);
}
