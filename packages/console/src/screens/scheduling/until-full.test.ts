import { expect, test } from 'vitest';
import type { Message, MessagesPage } from '../../api/types.ts';
import { PER_PAGE, untilFull } from './until-full.ts';

/** A list whose pages have the given numbers of messages. The cursor of a page is its position. */
function listOf(sizes: readonly number[]) {
  const asked: [limit: number, cursor: string | undefined][] = [];
  const read = async (limit: number, cursor: string | undefined): Promise<MessagesPage> => {
    asked.push([limit, cursor]);
    const page = Number(cursor ?? 0);
    const messages = Array.from({ length: sizes[page] ?? 0 }, () => ({}) as Message);
    return { messages, nextCursor: page + 1 < sizes.length ? String(page + 1) : null };
  };
  return { asked, read };
}

test('Empty pages of the API are followed until the end of the list.', async () => {
  const { asked, read } = listOf([0, 0, 3]);
  const { messages, nextCursor } = await untilFull(read, undefined);
  expect([messages.length, nextCursor]).toEqual([3, null]);
  expect(asked).toEqual([
    [PER_PAGE, undefined],
    [PER_PAGE, '1'],
    [PER_PAGE, '2'],
  ]);
});

test('A full page ends with the cursor of the next message.', async () => {
  const { asked, read } = listOf([20, 30, 50]);
  const { messages, nextCursor } = await untilFull(read, undefined);
  expect([messages.length, nextCursor]).toEqual([PER_PAGE, '2']);
  expect(asked).toEqual([
    [PER_PAGE, undefined],
    [30, '1'],
  ]);
  expect((await untilFull(read, '2')).nextCursor).toBe(null);
});

test('A long list without matches ends after some requests with a cursor, so that the search can continue.', async () => {
  const { asked, read } = listOf(Array.from({ length: 100 }, () => 0));
  const { messages, nextCursor } = await untilFull(read, undefined);
  expect([messages.length, nextCursor]).toEqual([0, String(asked.length)]);
  expect(asked.length).toBeLessThan(20);
});
