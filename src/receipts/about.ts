import type { Db } from '../db/db.ts';
import type { MessageError } from '../errors.ts';

/** A report of a carrier, as it came. */
export interface KeptReceipt {
  receivedAt: Date;
  carrier: string;
  carrierRef: string | null;
  state: string;
  error: MessageError | null;
  raw: string;
  part: number | null;
}

/** What carriers reported of a message, in the order in which it came. */
export function receiptsAbout(db: Db, messageId: string): Promise<KeptReceipt[]> {
  return db.query<KeptReceipt>(
    `select received_at as "receivedAt", carrier, carrier_ref as "carrierRef", state, error, raw, part
     from receipts where message_id = $1 order by received_at, id`,
    [messageId],
  );
}
