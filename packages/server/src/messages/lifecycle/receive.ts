import { asJson, type Queryable } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { MessageType } from '../request/send-request.ts';
import { RECEIVE } from './sql.ts';

/** File of an inbound MMS. A file that could not be copied from the carrier has an error instead of a key. */
export interface ReceivedMedia {
  storageKey?: string;
  mimeType: string;
  byteLength: number;
  sourceUrl?: string;
  fileName?: string;
  error?: string;
}

/** A message from a handset. A message to a number of no client is stored without client, number and event. */
export interface Received {
  id: string;
  apiClientId: string | null;
  numberId: string | null;
  from: string;
  to: string;
  messageType: MessageType;
  text: string | null;
  media: readonly ReceivedMedia[] | null;
  segments: number | null;
  /** Normalised keyword, and its meaning (`STOP`, `START` or `HELP`) in `optOutType`. null: the text is no keyword. */
  keyword: string | null;
  optOutType: string | null;
  carrier: string;
  carrierRef: string;
}

/** @returns the ids of the new messages. A repeated carrier reference adds nothing. */
export async function receive(db: Queryable, now: Date, messages: readonly Received[]): Promise<Set<string>> {
  const rows = await run(db, RECEIVE, asJson(messages), now);
  return new Set(rows.map(({ id }) => id));
}
