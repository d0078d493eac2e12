/** Events are some hundred bytes, and inbound texts with media some thousand. */
const MOST_BYTES = 1_048_576;

/** The body as it came. @returns undefined when it is larger than any event; the rest of it is left unread then. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  // By hand: leaving a `for await` early would end a Node request's socket, and with it our answer.
  const iterator = chunks[Symbol.asyncIterator]();
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    size += next.value.byteLength;
    if (size > MOST_BYTES) return undefined;
    parts.push(next.value);
  }
  return joined(parts, size);
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}
