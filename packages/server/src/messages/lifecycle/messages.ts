import type { Db, Queryable } from '#db/db.ts';
import { span } from '#db/schema/days.ts';
import { run } from '#db/statement.ts';
import { idFrom } from '#platform/ids.ts';
import type { Purpose } from '#policies/purpose.ts';
import type { Job, OutboundQueue } from '#queue/job.ts';
import type { DeliveryGuarantee, Media, MessageType } from '../request/send-request.ts';
import { withContent } from './shared-content.ts';
import {
  LOCKED_PARTS,
  OPEN_PARTS,
  OUTGOING,
  PART_STATES,
  PARTS_BESIDE_DELIVERED,
  SET_ROUTES,
  SET_SENDERS,
  UNKNOWN_PARTS,
  WAITING_BEFORE,
} from './sql.ts';
import type { MessageStatus, PartState } from './status.ts';

/** An outbound message with all that a submit needs: the sender's request and the number of segments. */
export interface Outgoing {
  id: string;
  apiClientId: string;
  numberId: string;
  /** Pool that has selected the number. */
  poolId: string | null;
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
  /** Time after which the message is not submitted any more. */
  expiresAt: Date;
  /** Whether the message was given a time of expiry of its own. Carriers then get the rest of its validity. */
  hasExpiry: boolean;
  /** Time zone in which quiet hours apply. Empty: the possible zones of the recipient. Null: no quiet hours. */
  quietZone: string | null;
}

/** Message of an outbound job. `id` is null when the message no longer exists. */
export type LoadedOutgoing = Outgoing | { id: null };

/** Loads the messages of outbound jobs. */
export function loadOutgoing(db: Db): (jobs: readonly Pick<Job, 'subject'>[]) => Promise<LoadedOutgoing[]> {
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

/** States of the submitted segments, by message. */
export async function statesOfMessages(db: Db, ids: readonly string[]): Promise<Map<string, PartState[]>> {
  if (ids.length === 0) return new Map();
  const rows = await run(db, LOCKED_PARTS, ids);
  return new Map(
    [...Map.groupBy(rows, ({ messageId }) => messageId)].map(([id, of]) => [id, of.map(({ state }) => state)]),
  );
}

/** Number of a client and a recipient of its messages. */
export interface Conversation {
  numberId: string;
  to: string;
}

/** Age of messages that are considered by `waitingBefore`, in milliseconds. */
const WAITING_MS = 86_400_000;

/** @returns function for the queue of the latest due message of a conversation that has not been submitted, if there is one. */
export async function waitingBefore(
  db: Db,
  apiClientId: string,
  conversations: readonly Conversation[],
  now: number,
): Promise<(one: Conversation) => OutboundQueue | undefined> {
  const first = idFrom('msg', now - WAITING_MS);
  const rows = await run(db, WAITING_BEFORE, apiClientId, JSON.stringify(conversations), first, new Date(now));
  const queues = new Map(rows.map((row) => [nameOfConversation(row), row.queue]));
  return (one) => queues.get(nameOfConversation(one));
}

function nameOfConversation({ numberId, to }: Conversation): string {
  return `${numberId} ${to}`;
}

/** Whether a carrier has accepted segments that are not final, of messages with ids from `firstId`. */
export async function hasOpenParts(db: Db, carrier: string, firstId: string): Promise<boolean> {
  return (await run(db, OPEN_PARTS, carrier, firstId)).length > 0;
}

/** Stores why messages use another carrier than before. */
export async function setRoutes(tx: Queryable, routes: readonly { subject: string; reason: string }[]): Promise<void> {
  if (routes.length === 0) return;
  const ids = routes.map(({ subject }) => subject);
  await run(
    tx,
    SET_ROUTES,
    ids,
    routes.map(({ reason }) => reason),
  );
}

/** Stores the new numbers of messages that another member of their pool sends. */
export async function setSenders(
  tx: Queryable,
  senders: readonly { subject: string; numberId: string; from: string }[],
): Promise<void> {
  if (senders.length === 0) return;
  await run(
    tx,
    SET_SENDERS,
    senders.map(({ subject }) => subject),
    senders.map(({ numberId }) => numberId),
    senders.map(({ from }) => from),
  );
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
