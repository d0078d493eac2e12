import type { Queryable } from '#db/db.ts';
import { run } from '#db/statement.ts';
import { STORED } from './sql.ts';

/** SHA-256 of all files that media refer to. */
export async function storedHashes(db: Queryable): Promise<Set<string>> {
  const hashes = new Set<string>();
  for (let after = ''; ; ) {
    const rows = await run(db, STORED, after);
    for (const { hash } of rows) hashes.add(hash);
    const last = rows.at(-1);
    if (!last) return hashes;
    after = last.hash;
  }
}
