import { InvalidCallError } from '../errors.ts';

export type ByteStream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** Whether a value is a web stream, a stream of Node or another asynchronous source of bytes. */
export function isStream(value: object): value is ByteStream {
  return 'getReader' in value || Symbol.asyncIterator in value;
}

/**
 * Reads a stream into memory, so that its upload can be repeated. Ends the stream at an error, after more than `limit`
 * bytes, and when the signal is aborted.
 *
 * @returns all bytes, or more than `limit` of them
 * @throws InvalidCallError when the stream fails or contains something else than bytes
 */
export async function readStream(
  stream: ByteStream,
  { label, limit, signal }: { label: string; limit: number; signal: AbortSignal },
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let source: Source | undefined;
  try {
    source = open(stream);
    signal.addEventListener('abort', source.end, { once: true });
    while (length <= limit) {
      const chunk = await source.next();
      if (chunk === undefined) break;
      if (!ArrayBuffer.isView(chunk)) throw new Error('a chunk is not a Uint8Array');
      chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      length += chunk.byteLength;
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidCallError(`${label} cannot be read (${reason}). Pass a new stream of bytes.`, { cause });
  } finally {
    if (source) signal.removeEventListener('abort', source.end);
    source?.end();
  }
  return joined(chunks, length);
}

interface Source {
  /** @returns undefined at the end */
  next(): Promise<unknown>;
  /** Ends the stream early. Without effect at its end. */
  end(): void;
}

function open(stream: ByteStream): Source {
  if ('getReader' in stream) {
    const reader = stream.getReader();
    return {
      next: async () => (await reader.read()).value,
      end: () => void reader.cancel().catch(() => undefined),
    };
  }
  const iterator = stream[Symbol.asyncIterator]();
  const { destroy } = stream as { destroy?(): unknown };
  return {
    next: async () => {
      const { done, value } = await iterator.next();
      return done ? undefined : value;
    },
    // The iterator of a Node stream returns only after its next chunk, which may never arrive.
    end: () => {
      if (destroy) destroy.call(stream);
      else void iterator.return?.().catch(() => undefined);
    },
  };
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
