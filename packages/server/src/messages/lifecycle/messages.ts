import type { Db } from '#db/db.ts';
import { span } from '#db/schema/days.ts';
import { run } from '#db/statement.ts';
import type { Purpose } from '#policies/purpose.ts';
import type { Load } from '#queue/claim.ts';
import type { DeliveryGuarantee, Media, MessageType } from '../request/send-request.ts';
import { withContent } from './shared-content.ts';
import { OUTGOING, PART_STATES, PARTS_BESIDE_DELIVERED, UNKNOWN_PARTS } from './sql.ts';
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

/** Loads the messages of outbound jobs. */
export function loadOutgoing(db: Db): Load<LoadedOutgoing> {
  return async (jobs) => {
    const ids = jobs.map(({ subject }) => subject);
    const stored = await run(db, OUTGOING, ids, ...span(ids));
    const rows = await withContent(db, stored);
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? { id: null });
  };
}

/** State of each submitted segment of a message. */
export async function partStates(db: Db, id: string): Promise<Map<number, PartState>> {
  const rows = await run(db, PART_STATES, id);
  return new Map(rows.map(({ part, state }) => [part, state]));
}

export type UnknownPart = { messageId: string; part: number; carrier: string };

/** Segments of these messages whose outcome is unknown. */
export function unknownParts(db: Db, ids: readonly string[]): Promise<UnknownPart[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return run(db, UNKNOWN_PARTS, ids, ...span(ids));
}

export type SentPart = UnknownPart & { carrierRef: string | null };

/** Segments without a receipt, of those messages of which at least one segment is delivered. */
export function partsBesideDelivered(db: Db, ids: readonly string[]): Promise<SentPart[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return run(db, PARTS_BESIDE_DELIVERED, ids, ...span(ids));
}
