import { MishapError } from './failure.ts';

/** Idempotency key of the current send. Whether its response can be written is known only after the response. */
let sendKey: string | undefined;

export function rememberKey(key: string): void {
  sendKey = key;
}

/** The request was processed, but its output was lost, possibly including the key to request it again. */
export function outputLost({ message }: Error): MishapError {
  const what = `The output can't be written: ${message}`;
  const next = sendKey
    ? `It was sent. The same command with --key ${sendKey} shows its answer, and sends nothing.`
    : 'What was asked for may have been done all the same.';
  return new MishapError('OUTPUT_LOST', what, next, sendKey);
}
