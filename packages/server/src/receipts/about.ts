import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { MessageError } from '../platform/errors.ts';
import { OF_MESSAGE } from './sql.ts';

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
  return run(db, OF_MESSAGE, messageId);
}
