import type { Queryable } from '#db/db.ts';
import { span } from '#db/schema/days.ts';
import { run } from '#db/statement.ts';
import type { Media } from '../request/send-request.ts';
import { CONTENTS } from './sql.ts';

/** Stored content of a message: its own, or the id of the message of the same request that has the content. */
export interface StoredContent {
  contentOf: string | null;
  text: string | null;
  media: Media[] | null;
}

/** Reads the shared content of messages that have none of their own. Runs no query when there are no such messages. */
export async function withContent<Row extends StoredContent>(
  db: Queryable,
  rows: readonly Row[],
): Promise<Omit<Row, 'contentOf'>[]> {
  const ids = [...new Set(rows.flatMap(({ contentOf }) => contentOf ?? []))];
  const found = ids.length === 0 ? [] : await run(db, CONTENTS, ids, ...span(ids));
  const contents = new Map(found.map((content) => [content.id, content]));
  return rows.map(({ contentOf, ...row }) => {
    const shared = contentOf === null ? undefined : contents.get(contentOf);
    return shared ? { ...row, text: shared.text, media: shared.media } : row;
  });
}
