/** Maximum size of a body. An event has some hundred bytes, an inbound message with media some thousand. */
const MOST_BYTES = 1_048_576;

/**
 * Reads the raw body.
 *
 * @returns undefined when the body is larger than any event. The rest of the body is left unread.
 */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  // Iterates manually. An early exit from `for await` would destroy the socket of a Node request before the response.
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
