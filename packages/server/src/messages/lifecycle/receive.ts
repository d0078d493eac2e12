import { asJson, type Queryable } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { MessageType } from '../request/send-request.ts';
import { COMPLETE_RECEIVED, IS_RECEIVED, RECEIVE } from './sql.ts';

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
  /** Whether the files are still to be copied. The event of the message follows then (`completeReceived`). */
  isPending?: boolean;
  carrier: string;
  carrierRef: string;
}

/** @returns the ids of the new messages. A repeated carrier reference adds nothing. */
export async function receive(db: Queryable, now: Date, messages: readonly Received[]): Promise<Set<string>> {
  const pending = messages.filter(({ isPending }) => isPending).map(({ id }) => id);
  const rows = await run(db, RECEIVE, asJson(messages), now, pending);
  return new Set(rows.map(({ id }) => id));
}

/** Whether the message with this reference is stored. */
export async function isReceived(db: Queryable, carrier: string, carrierRef: string): Promise<boolean> {
  return (await run(db, IS_RECEIVED, carrier, carrierRef)).length > 0;
}

/** Adds the media and the event of a message that was stored as pending. Call once for each of them. */
export async function completeReceived(
  tx: Queryable,
  { messageId, media }: { messageId: string; media: readonly ReceivedMedia[] },
  now: Date,
): Promise<void> {
  await run(tx, COMPLETE_RECEIVED, messageId, asJson(media), now);
}
