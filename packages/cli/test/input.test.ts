import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { AbortError } from '../../sdk/src/index.ts';
import { UsageError } from '../src/exit.ts';
import { readInput } from '../src/input.ts';
import type { Session } from '../src/session.ts';

const reading = (stdin: PassThrough, { signal } = new AbortController()) =>
  readInput({ terminal: { stdin }, signal } as unknown as Session);

test('A character may be split between two chunks of input.', async () => {
  const stdin = new PassThrough();
  const bytes = Buffer.from('Zoë');
  stdin.write(bytes.subarray(0, 3));
  const read = reading(stdin);
  stdin.end(bytes.subarray(3));
  expect(await read).toBe('Zoë');
});

test('Input above the limit is rejected and not read further.', async () => {
  const stdin = new PassThrough();
  stdin.write(Buffer.alloc(65_537));
  await expect(reading(stdin)).rejects.toBeInstanceOf(UsageError);
  expect(stdin.destroyed).toBe(true);
});

test('ctrl-C ends the wait for input.', async () => {
  const controller = new AbortController();
  const read = reading(new PassThrough(), controller);
  controller.abort();
  await expect(read).rejects.toBeInstanceOf(AbortError);
});
