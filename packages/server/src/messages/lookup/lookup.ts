import type { Db } from '#db/db.ts';
import { inSteps, readsOf } from '#db/drivers/reads.ts';
import { span } from '#db/schema/days.ts';
import { run } from '#db/statement.ts';
import type { MessageError } from '#platform/errors.ts';
import type { Purpose } from '#policies/purpose.ts';
import type { Priority } from '#queue/scheduled.ts';
import type { ReceivedMedia } from '../lifecycle/receive.ts';
import { type StoredContent, withContent } from '../lifecycle/shared-content.ts';
import type { MessageStatus, PartState } from '../lifecycle/status.ts';
import type { Encoding } from '../request/segments.ts';
import type { DeliveryGuarantee, MessageType } from '../request/send-request.ts';
import { type Examined, mostExamined, pageOf, rangeOf } from './pages.ts';
import { EXPLAIN, examining, FIND, isOfHandset, type Origin, PARTS, READ } from './sql.ts';

export type Direction = 'INBOUND' | 'OUTBOUND';

/** A message as returned to its client. */
export interface Message {
  messageId: string;
  direction: Direction;
  status: MessageStatus | 'RECEIVED';
  numberId: string;
  from: string;
  to: string;
  messageType: MessageType;
  /** null: the message has no text, or its text was redacted. */
  text: string | null;
  media: ReceivedMedia[] | null;
  externalReference: string | null;
  deliveryGuarantee: DeliveryGuarantee | null;
  /** Purpose of an automatic reply. null: no automatic reply. */
  purpose: Purpose | null;
  /** Normalised keyword of an inbound message. null: the text is no keyword. */
  keyword: string | null;
  optOutType: 'STOP' | 'START' | 'HELP' | null;
  encoding: Encoding | null;
  segments: number | null;
  providerMessageRef: string | null;
  error: MessageError | null;
  createdAt: Date;
  sentAt: Date | null;
  finishedAt: Date | null;
  /** Requested time of the submit. null: as soon as possible, or inbound. */
  sendAt: Date | null;
  /** Time after which the message is not submitted any more. null: inbound. */
  expiresAt: Date | null;
  priority: Priority | null;
  bulkSendId: string | null;
}

export interface MessagePart {
  part: number;
  /** Number of the attempt with this state. Null if an earlier version recorded it. */
  attempt: number | null;
  state: PartState;
  carrier: string;
  providerMessageRef: string | null;
  error: MessageError | null;
  submittedAt: Date;
  finishedAt: Date | null;
}

/** Conditions of a list query. All given conditions must hold. */
export interface MessageFilter {
  externalReference?: string | undefined;
  bulkSendId?: string | undefined;
  status?: Message['status'] | undefined;
  /** Spellings of one number. One of them must match. */
  to?: readonly string[] | undefined;
  from?: readonly string[] | undefined;
  direction?: Direction | undefined;
  numberId?: string | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
  /** Scheduled for this time or later. Messages without `sendAt` do not match. */
  sendAfter?: Date | undefined;
  sendBefore?: Date | undefined;
}

export interface MessagePage {
  messages: Message[];
  /** Cursor of the next page. undefined: there are no more messages. */
  before: string | undefined;
}

/**
 * Splits a filter into one per spelling of an indexed condition. One query for several spellings could not read the
 * index in the order of the ids.
 */
function spellings(filter: MessageFilter): MessageFilter[] {
  const each = (values: readonly string[] | undefined) => values?.map((value) => [value]) ?? [undefined];
  const senders = isOfHandset(filter) ? each(filter.from) : [filter.from];
  return each(filter.to).flatMap((to) => senders.map((from) => ({ ...filter, to, from })));
}

function newestFirst(pages: readonly Examined[][]): Examined[] {
  const [only = [], ...others] = pages;
  return others.length === 0 ? only : pages.flat().sort((a, b) => (a.id < b.id ? 1 : -1));
}

export type Lookup = ReturnType<typeof createLookup>;

/** Queries for the messages of clients. */
export function createLookup(store: Db) {
  const db = readsOf(store);

  async function read(ids: readonly string[]): Promise<Message[]> {
    if (ids.length === 0) return [];
    const rows = await run(db, READ, ids, ...span(ids));
    return withContent(db, rows);
  }

  /** @returns the message with its content and segments, or undefined when there is no row. */
  async function whole<Extra extends object>(
    rows: readonly (Message & StoredContent & Extra)[],
  ): Promise<(Omit<Message & StoredContent & Extra, 'contentOf'> & { parts: MessagePart[] }) | undefined> {
    const [message] = await withContent(db, rows);
    return message && { ...message, parts: await run(db, PARTS, message.messageId) };
  }

  return {
    /**
     * Lists a client's messages, newest first. A page may hold fewer than `limit` messages, or none, although more
     * exist.
     * @param before an id. The page begins with the message before it. Absent: with the newest message.
     */
    async list(client: string, filter: MessageFilter, before: string | undefined, limit: number): Promise<MessagePage> {
      const range = rangeOf('msg', filter, before);
      const queries = spellings(filter).map(examining);
      const most = mostExamined(
        queries.some(({ sifts }) => sifts),
        limit,
      );
      const pages = await Promise.all(queries.map((query) => query.read(db, client, range.before, range.start, most)));
      const page = pageOf(newestFirst(pages).slice(0, most), most, limit);
      return { messages: await inSteps(page.ids, read), before: page.before };
    },

    /** @returns the message, or undefined when this client has no such message. */
    find: async (client: string, id: string) => whole<object>(await run(db, FIND, id, client)),
    /** The message with its API client and the idempotency key of its request. For operators only. */
    explain: async (id: string) => whole<Origin>(await run(db, EXPLAIN, id)),
  };
}
