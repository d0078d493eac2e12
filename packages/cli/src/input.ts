import { addAbortSignal } from 'node:stream';
import { UsageError } from './exit.ts';
import { AbortError } from './sdk.ts';
import type { Session } from './session.ts';

/** Characters of a text are at most 1,600, and a secret is shorter. */
const MOST_BYTES = 65_536;

/** All that standard input has. @throws UsageError when it is more than anything here may be | AbortError */
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
