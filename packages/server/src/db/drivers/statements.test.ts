import type { PGlite } from '@electric-sql/pglite';
import { expect, test, vi } from 'vitest';
import { Statements } from './statements.ts';

/** ErrorResponse message (PostgreSQL documentation, "Message Formats"). */
function errorResponse(severity: string): Uint8Array {
  const fields = Buffer.from(`S${severity}\0C53100\0MNo space left on device\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** Statements on a PGlite that responds to each message with `answer`. */
function over(answer: Uint8Array) {
  const isAtWork = { now: false };
  const pglite = {
    parsers: {},
    async execProtocolRawStream(_message: Uint8Array, { onRawData }: { onRawData(data: Uint8Array): void }) {
      isAtWork.now = true;
      onRawData(answer);
      isAtWork.now = false;
    },
  };
  const onCrash = vi.fn((_error: Error) => isAtWork.now);
  return { statements: new Statements(pglite as unknown as PGlite, onCrash), onCrash };
}

test.each(['FATAL', 'PANIC'])(
  'A session that ends with %s is a crash, reported while PGlite is still running.',
  async (severity) => {
    const { statements, onCrash } = over(errorResponse(severity));
    await expect(statements.runAll('select 1')).rejects.toMatchObject({ severity, code: '53100' });
    expect(onCrash.mock.results).toEqual([{ type: 'return', value: true }]);
  },
);

test('An error of a statement is not a crash.', async () => {
  const { statements, onCrash } = over(errorResponse('ERROR'));
  await expect(statements.runAll('select 1')).rejects.toMatchObject({ code: '53100' });
  expect(onCrash).not.toHaveBeenCalled();
});

test('A statement that PGlite did not execute, without an error, is a crash.', async () => {
  const { statements, onCrash } = over(READY);
  await statements.runAll('select 1');
  expect(onCrash).toHaveBeenCalledTimes(1);
});
