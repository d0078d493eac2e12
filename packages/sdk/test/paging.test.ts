import { expect, test } from 'vitest';
import { Feed, type FeedPage, Listing, type Page } from '../src/paging.ts';

const PAGES: Record<string, Page<number>> = {
  start: { items: [1, 2], nextCursor: 'b' },
  b: { items: [], nextCursor: 'c' },
  c: { items: [3], nextCursor: null },
};

function listing(from?: string) {
  const asked: (string | undefined)[] = [];
  const list = new Listing<number>(async (cursor) => {
    asked.push(cursor);
    return PAGES[cursor ?? 'start'] as Page<number>;
  }, from);
  return { list, asked };
}

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

test('Iteration reads a list to its end, including short and empty pages.', async () => {
  const { list, asked } = listing();
  expect(await all(list)).toEqual([1, 2, 3]);
  expect(asked).toEqual([undefined, 'b', 'c']);
  expect(await all(list)).toEqual([1, 2, 3]);
});

test('Iteration does not read pages after its early end.', async () => {
  const { list, asked } = listing();
  for await (const item of list) if (item === 1) break;
  expect(asked).toEqual([undefined]);
});

test('A list can start at a cursor, and can be read page by page.', async () => {
  expect(await all(listing('c').list)).toEqual([3]);
  expect(await listing().list.page()).toEqual({ items: [1, 2], nextCursor: 'b' });
  expect(await all(listing().list.pages())).toHaveLength(3);
});

test('Iteration ends when a server repeats the same cursor.', async () => {
  const list = new Listing<number>(async () => ({ items: [1], nextCursor: 'again' }), 'again');
  expect(await all(list)).toEqual([1]);
});

test('An error between pages is thrown in the loop.', async () => {
  const list = new Listing<number>(async (cursor) => {
    if (cursor) throw new Error('gone');
    return { items: [1], nextCursor: 'next' };
  });
  await expect(all(list)).rejects.toThrow('gone');
});

function feed(pages: FeedPage<number>[], looks: boolean[], after?: string) {
  const asked: (string | undefined)[] = [];
  const items = new Feed<number>({
    after,
    readPage: async (cursor) => {
      asked.push(cursor);
      return pages.shift() ?? { items: [], nextCursor: cursor ?? '0' };
    },
    atTheEnd: async () => looks.shift() ?? false,
  });
  return { items, asked };
}

test('A feed continues at its cursor, and reads past its current end while `atTheEnd` resolves to true.', async () => {
  const pages = [
    { items: [1, 2], nextCursor: '2' },
    { items: [], nextCursor: '2' },
    { items: [3], nextCursor: '3' },
  ];
  const { items, asked } = feed(pages, [true, false], '0');
  expect(await all(items)).toEqual([1, 2, 3]);
  expect(asked).toEqual(['0', '2', '2', '3']);
  expect(items.cursor).toBe('3');
});

test('The cursor of a feed never passes items that the loop has not consumed.', async () => {
  const { items } = feed([{ items: [1, 2], nextCursor: '2' }], [], '0');
  for await (const item of items) {
    expect(items.cursor).toBe('0');
    if (item === 2) break;
  }
  expect(items.cursor).toBe('0');
});
