import { addAbortSignal } from 'node:stream';
import { UsageError } from './exit.ts';
import { AbortError } from './sdk.ts';
import type { Session } from './session.ts';

/** Maximum size of the input. A text has at most 1,600 characters, and a secret is shorter. */
const MOST_BYTES = 65_536;

/** Reads all of standard input. @throws UsageError when the input is larger than any valid value | AbortError */
export async function readInput({ terminal, signal }: Session): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of addAbortSignal(signal, terminal.stdin)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MOST_BYTES) throw new UsageError(`Standard input has more than ${MOST_BYTES} bytes`);
    }
  } catch (error) {
    throw signal.aborted ? new AbortError(signal.reason) : error;
  }
  return Buffer.concat(chunks).toString('utf8');
}
