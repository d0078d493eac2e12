import { LocalError } from './failure.ts';

/** Idempotency key of the current send. Whether its response can be written is known only after the response. */
let sendKey: string | undefined;

export function noteKey(key: string): void {
  sendKey = key;
}

/** The request was processed, but its output was lost, possibly including the key to request it again. */
export function outputLost({ message }: Error): LocalError {
  const what = `Output cannot be written: ${message}`;
  const next = sendKey
    ? `The message was sent. The same command with --key ${sendKey} shows the response, and sends nothing.`
    : 'The command may have been completed. Check the result before you repeat it.';
  return new LocalError('OUTPUT_LOST', what, next, sendKey);
}
