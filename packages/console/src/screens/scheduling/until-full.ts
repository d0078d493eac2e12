import type { MessagesPage } from '../../api/types.ts';

/** Messages of a page. */
export const PER_PAGE = 50;
/** Most requests for a page. Each request examines a limited number of messages. */
const MOST_REQUESTS = 10;

/**
 * Reads pages of the API until a page of the console is full or the list ends. A page of the API may have few messages,
 * or none, before the end.
 * @param read reads at most `limit` messages from a cursor on.
 */
export async function untilFull(
  read: (limit: number, cursor: string | undefined) => Promise<MessagesPage>,
  at: string | undefined,
): Promise<MessagesPage> {
  const messages: MessagesPage['messages'] = [];
  let cursor = at;
  for (let request = 0; request < MOST_REQUESTS; request += 1) {
    const page = await read(PER_PAGE - messages.length, cursor);
    messages.push(...page.messages);
    if (page.nextCursor === null) return { messages, nextCursor: null };
    cursor = page.nextCursor;
    if (messages.length >= PER_PAGE) break;
  }
  return { messages, nextCursor: cursor ?? null };
}
