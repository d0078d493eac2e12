import { MishapError } from './failure.ts';

/** Of the send that is under way. Whether its answer can be shown is known only when the answer is there. */
let sendKey: string | undefined;

export function rememberKey(key: string): void {
  sendKey = key;
}

/** What was asked for was done, and its answer is lost: also the key under which it could be asked for again. */
export function outputLost({ message }: Error): MishapError {
  const what = `The output can't be written: ${message}`;
  const next = sendKey
    ? `It was sent. The same command with --key ${sendKey} shows its answer, and sends nothing.`
    : 'What was asked for may have been done all the same.';
  return new MishapError('OUTPUT_LOST', what, next, sendKey);
}
