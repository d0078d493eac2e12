import type { Db } from '#db/db.ts';
import { span } from '#db/schema/days.ts';
import type { Load } from '#queue/claim.ts';
import type { Purpose } from '../request/purpose.ts';
import type { DeliveryGuarantee, Media, MessageType } from '../request/send-request.ts';
import { type StoredContent, withContent } from './shared-content.ts';
import type { MessageStatus, PartState } from './status.ts';

/** An outbound message with all that a submit needs: the sender's request and the number of segments. */
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
  purpose: Purpose | null;
  parts: number;
  status: MessageStatus;
  createdAt: Date;
}

/** Message of an outbound job. `id` is null when the message no longer exists. */
export type LoadedOutgoing = Outgoing | { id: null };

/** OFFSET 0 forces the planner to use the index for each id. The statement is planned once for all parameters. */
const OUTGOING = `
  select m.id, m.api_client_id as "apiClientId", m.number_id as "numberId", m.from_address as "from",
    m.to_address as "to", m.message_type as "messageType", m.text, m.media, m.content_of as "contentOf",
    m.delivery_guarantee as guarantee, m.purpose, m.parts, m.status, m.created_at as "createdAt"
  from unnest($1::text[]) as given (id)
  cross join lateral (select * from messages where id = given.id and id between $2 and $3 offset 0) as m`;

/** Loads the messages of outbound jobs. */
export function loadOutgoing(db: Db): Load<LoadedOutgoing> {
  return async (jobs) => {
    const ids = jobs.map(({ subject }) => subject);
    const stored = await db.query<Outgoing & StoredContent>(OUTGOING, [ids, ...span(ids)]);
    const rows = await withContent(db, stored);
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? { id: null });
  };
}

/** State of each submitted segment of a message. */
export async function partStates(db: Db, id: string): Promise<Map<number, PartState>> {
  const rows = await db.query<{ part: number; state: PartState }>(
    'select part, state from message_parts where message_id = $1',
    [id],
  );
  return new Map(rows.map(({ part, state }) => [part, state]));
}

export type UnknownPart = { messageId: string; part: number; carrier: string };

/** Segments of these messages whose outcome is unknown. */
export function unknownParts(db: Db, ids: readonly string[]): Promise<UnknownPart[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return db.query<UnknownPart>(
    `select p.message_id as "messageId", p.part, p.carrier
     from unnest($1::text[]) as given (id) cross join lateral (
       select * from message_parts where message_id = given.id and message_id between $2 and $3 offset 0
     ) as p
     where p.state = 'UNKNOWN' order by p.message_id, p.part`,
    [ids, ...span(ids)],
  );
}

export type SentPart = UnknownPart & { carrierRef: string | null };

/** Segments without a receipt, of those messages of which at least one segment is delivered. */
export function partsBesideDelivered(db: Db, ids: readonly string[]): Promise<SentPart[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return db.query<SentPart>(
    `select p.message_id as "messageId", p.part, p.carrier, p.carrier_ref as "carrierRef"
     from unnest($1::text[]) as given (id) cross join lateral (
       select * from message_parts where message_id = given.id and message_id between $2 and $3 offset 0
     ) as p
     where p.state = 'SENT' and exists (
       select 1 from message_parts d where d.message_id = p.message_id and d.message_id between $2 and $3 and d.state = 'DELIVERED'
     ) order by p.message_id, p.part`,
    [ids, ...span(ids)],
  );
}
