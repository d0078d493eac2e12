import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { MessageError } from '../platform/errors.ts';
import { OF_MESSAGE } from './sql.ts';

/** A stored receipt, with the raw text of the carrier. */
export interface StoredReceipt {
  receivedAt: Date;
  carrier: string;
  carrierRef: string | null;
  /** Number of the attempt that the receipt names. */
  attempt: number | null;
  /** Whether the carrier returned our reference. */
  isNamed: boolean;
  state: string;
  error: MessageError | null;
  raw: string;
  part: number | null;
}

/** Receipts of a message, in the order of their arrival. */
export function receiptsOfMessage(db: Db, messageId: string): Promise<StoredReceipt[]> {
  return run(db, OF_MESSAGE, messageId);
}
