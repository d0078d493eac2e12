import type { Db } from '../db/db.ts';
import type { Load } from '../queue/queue.ts';
import type { DeliveryGuarantee, Media, MessageType } from './send-request.ts';
import type { MessageStatus, PartState } from './status.ts';

/** An outbound message as it is handed over: what the sender asked for, and which parts are behind it. */
export interface Outgoing {
  id: string;
  apiClientId: string;
  numberId: string;
  from: string;
  to: string;
  messageType: MessageType;
  text: string | null;
  media: Media[] | null;
  guarantee: DeliveryGuarantee;
  parts: number;
  status: MessageStatus;
  createdAt: Date;
}

/** What a claim reads along: the message, or that it is gone. */
export type LoadedOutgoing = Outgoing | { id: null };

/** Reads an outbound job's message along with its claim. */
export const OUTGOING: Load = {
  columns: `m.id, m.api_client_id as "apiClientId", m.number_id as "numberId", m.from_address as "from",
    m.to_address as "to", m.message_type as "messageType", m.text, m.media, m.delivery_guarantee as guarantee, m.parts,
    m.status, m.created_at as "createdAt"`,
  join: 'left join messages m on m.id = job.subject',
};

/** The state of each part of a message that was handed over. */
export async function partStates(db: Db, id: string): Promise<Map<number, PartState>> {
  const rows = await db.query<{ part: number; state: PartState }>(
    'select part, state from message_parts where message_id = $1',
    [id],
  );
  return new Map(rows.map(({ part, state }) => [part, state]));
}

export type UnknownPart = { messageId: string; part: number; carrier: string };

/** The parts of these messages whose outcome is not known. */
export function unknownParts(db: Db, ids: readonly string[]): Promise<UnknownPart[]> {
  return db.query<UnknownPart>(
    `select message_id as "messageId", part, carrier from message_parts
     where message_id = any($1) and state = 'UNKNOWN' order by message_id, part`,
    [ids],
  );
}
