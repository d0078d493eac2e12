import type { Db } from '../db/db.ts';
import type { MessageError } from '../platform/errors.ts';

/** A stored receipt, with the raw text of the carrier. */
export interface KeptReceipt {
  receivedAt: Date;
  carrier: string;
  carrierRef: string | null;
  state: string;
  error: MessageError | null;
  raw: string;
  part: number | null;
}

/** Receipts of a message, in the order of their arrival. */
export function receiptsAbout(db: Db, messageId: string): Promise<KeptReceipt[]> {
  return db.query<KeptReceipt>(
    `select received_at as "receivedAt", carrier, carrier_ref as "carrierRef", state, error, raw, part
     from receipts where message_id = $1 order by received_at, id`,
    [messageId],
  );
}
