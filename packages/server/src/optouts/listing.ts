import type { Queryable } from '../db/db.ts';
import { type ChangeKind, OPT_OUT, type OptOut, type Origin } from './optouts.ts';

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
  return db.query<OptOut>(
    `select ${OPT_OUT} from opt_outs
     where api_client_id = $1 and (number_id, recipient) > ($2, $3)
       and ($4::text is null or number_id = $4) and ($5::text[] is null or recipient = any($5))
     order by number_id, recipient limit $6`,
    [apiClientId, after.numberId, after.recipient, numberId, recipients, limit],
  );
}

/** All changes of opt-outs, the newest last. @param after id of the last change of the previous page. */
export function listOptOutChanges(
  db: Queryable,
  { apiClientId, numberId, recipients }: Filter,
  after: number,
  limit: number,
): Promise<OptOutChange[]> {
  return db.query<OptOutChange>(
    `select id::float8 as id, number_id as "numberId", recipient, change, origin, source, keyword, note,
       message_id as "messageId", changed_at as "changedAt"
     from opt_out_changes
     where api_client_id = $1 and id > $2 and ($3::text is null or number_id = $3)
       and ($4::text[] is null or recipient = any($4))
     order by id limit $5`,
    [apiClientId, after, numberId, recipients, limit],
  );
}
