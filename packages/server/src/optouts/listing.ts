import type { Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { ChangeKind, OptOut, Origin } from './optouts.ts';
import { CHANGES, LIST } from './sql.ts';

export interface OptOutChange extends Omit<OptOut, 'origin' | 'createdAt'> {
  id: number;
  change: ChangeKind;
  origin: Origin;
  messageId: string | null;
  changedAt: Date;
}

/** Selects opt-outs of one client. null: no condition. */
export interface Filter {
  apiClientId: string;
  numberId: string | null;
  /** Spellings of one recipient. */
  recipients: readonly string[] | null;
}

/** Current opt-outs, by number and recipient. @param after the last opt-out of the previous page. */
export function listOptOuts(
  db: Queryable,
  { apiClientId, numberId, recipients }: Filter,
  after: Pick<OptOut, 'numberId' | 'recipient'> = { numberId: '', recipient: '' },
  limit: number,
): Promise<OptOut[]> {
  return run(db, LIST, apiClientId, after.numberId, after.recipient, numberId, recipients, limit);
}

/** All changes of opt-outs, the newest last. @param after id of the last change of the previous page. */
export function listOptOutChanges(
  db: Queryable,
  { apiClientId, numberId, recipients }: Filter,
  after: number,
  limit: number,
): Promise<OptOutChange[]> {
  return run(db, CHANGES, apiClientId, after, numberId, recipients, limit);
}
