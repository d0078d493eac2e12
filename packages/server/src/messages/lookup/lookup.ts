import type { Db } from '#db/db.ts';
import { inSteps, readsOf } from '#db/drivers/reads.ts';
import { span } from '#db/schema/days.ts';
import type { MessageError } from '#platform/errors.ts';
import { idFrom } from '#platform/ids.ts';
import { type StoredContent, withContent } from '../lifecycle/shared-content.ts';
import type { MessageStatus, PartState } from '../lifecycle/status.ts';
import type { Purpose } from '../request/purpose.ts';
import type { Encoding } from '../request/segments.ts';
import type { DeliveryGuarantee, Media, MessageType } from '../request/send-request.ts';

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
  media: Media[] | null;
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
}

export interface MessagePart {
  part: number;
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
  status?: Message['status'] | undefined;
  /** Spellings of one number. One of them must match. */
  to?: readonly string[] | undefined;
  from?: readonly string[] | undefined;
  direction?: Direction | undefined;
  numberId?: string | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
}

export interface MessagePage {
  messages: Message[];
  /** Cursor of the next page. undefined: there are no more messages. */
  before: string | undefined;
}

/**
 * Maximum rows examined per page for conditions without an index. Limits the cost of a page, however few rows match.
 */
const EXAMINED = 2_000;
/** Sorts after every id. */
const LAST = 'msg_~';

const MESSAGE = `m.id as "messageId", m.direction, m.status, m.number_id as "numberId", m.from_address as "from",
  m.to_address as "to", m.message_type as "messageType", m.text, m.media, m.content_of as "contentOf",
  m.external_reference as "externalReference", m.delivery_guarantee as "deliveryGuarantee", m.purpose, m.keyword,
  m.opt_out_type as "optOutType", m.encoding, m.segments, m.provider_message_ref as "providerMessageRef",
  m.error, m.created_at as "createdAt", m.sent_at as "sentAt", m.finished_at as "finishedAt"`;

/** Conditions with an index, and their columns. */
const LED: Partial<Record<keyof MessageFilter, string>> = { externalReference: 'external_reference', to: 'to_address' };
const SOUGHT: Partial<Record<keyof MessageFilter, string>> = {
  status: 'status',
  from: 'from_address',
  direction: 'direction',
  numberId: 'number_id',
};

interface Origin {
  apiClientId: string | null;
  idempotencyKey: string | null;
}

type Examined = { id: string; fits: boolean };

/** Whether the index of inbound messages covers the sender. */
const isOfHandset = ({ direction, from }: MessageFilter) => direction === 'INBOUND' && from !== undefined;

/**
 * Splits a filter into one per spelling of an indexed condition. One query for several spellings could not read the
 * index in the order of the ids.
 */
function spellings(filter: MessageFilter): MessageFilter[] {
  const each = (values: readonly string[] | undefined) => values?.map((value) => [value]) ?? [undefined];
  const senders = isOfHandset(filter) ? each(filter.from) : [filter.from];
  return each(filter.to).flatMap((to) => senders.map((from) => ({ ...filter, to, from })));
}

/** Query for the next ids, newest first, and whether each matches. All match when every condition has an index. */
function examine(filter: MessageFilter) {
  const params: (string | readonly string[])[] = [];
  const given = (columns: typeof LED) =>
    (Object.keys(columns) as (keyof MessageFilter)[]).flatMap((field) => {
      const value = filter[field];
      if (value === undefined || value instanceof Date) return [];
      const [only, ...others] = [value].flat();
      if (only === undefined) return [];
      const isOne = others.length === 0;
      const parameter = `$${params.push(isOne ? only : value) + 4}`;
      return [`m.${columns[field]} = ${isOne ? parameter : `any(${parameter})`}`];
    });
  const led = given(LED);
  const sought = given(SOUGHT);
  // Inbound messages are few and have an index of their own.
  if (isOfHandset(filter)) led.push(...sought.splice(0), `m.direction = 'INBOUND'`);
  const fits = sought.length > 0 ? sought.join(' and ') : 'true';
  const sql = `select m.id, ${fits} as fits from messages m
    where ${[`m.api_client_id = $1`, 'm.id < $2', 'm.id >= $3', ...led].join(' and ')} order by m.id desc limit $4`;
  return { sql, params, sifts: sought.length > 0 };
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
    const rows = await db.query<Message & StoredContent>(
      `select ${MESSAGE} from unnest($1::text[]) as given (id)
       cross join lateral (select * from messages where id = given.id and id between $2 and $3 offset 0) as m
       order by m.id desc`,
      [ids, ...span(ids)],
    );
    return withContent(db, rows);
  }

  /** @returns the message, or undefined when it does not exist. */
  async function readOne<Extra extends object>(
    columns: string,
    where: string,
    params: readonly string[],
  ): Promise<(Omit<Message & StoredContent & Extra, 'contentOf'> & { parts: MessagePart[] }) | undefined> {
    const sql = `select ${MESSAGE}${columns} from messages m where ${where}`;
    const [message] = await withContent(db, await db.query<Message & StoredContent & Extra>(sql, params));
    return message && { ...message, parts: await partsOf(message.messageId) };
  }

  function partsOf(id: string): Promise<MessagePart[]> {
    return db.query<MessagePart>(
      `select part, state, carrier, carrier_ref as "providerMessageRef", error, submitted_at as "submittedAt",
         finished_at as "finishedAt" from message_parts where message_id = $1 order by part`,
      [id],
    );
  }

  return {
    /**
     * Lists a client's messages, newest first. A page may hold fewer than `limit` messages, or none, although more
     * exist.
     * @param before an id. The page begins with the message before it. Absent: with the newest message.
     */
    async list(client: string, filter: MessageFilter, before: string | undefined, limit: number): Promise<MessagePage> {
      const { createdAfter, createdBefore } = filter;
      const end = createdBefore ? idFrom('msg', createdBefore.getTime()) : LAST;
      const from = before !== undefined && before < end ? before : end;
      const start = createdAfter ? idFrom('msg', createdAfter.getTime()) : '';
      const queries = spellings(filter).map(examine);
      const most = queries.some(({ sifts }) => sifts) ? EXAMINED : limit + 1;
      const pages = await Promise.all(
        queries.map(({ sql, params }) => db.query<Examined>(sql, [client, from, start, most, ...params])),
      );
      const examined = newestFirst(pages).slice(0, most);
      const fitting = examined.filter(({ fits }) => fits).map(({ id }) => id);
      const ids = fitting.slice(0, limit);
      const more = fitting.length > limit || examined.length === most;
      const last = fitting.length >= limit ? ids.at(-1) : examined.at(-1)?.id;
      return { messages: await inSteps(ids, read), before: more ? last : undefined };
    },

    /** @returns the message, or undefined when this client has no such message. */
    find: (client: string, id: string) => readOne('', 'm.id = $1 and m.api_client_id = $2', [id, client]),
    /** The message with its API client and the idempotency key of its request. For operators only. */
    explain: (id: string) =>
      readOne<Origin>(`, m.api_client_id as "apiClientId", m.idempotency_key as "idempotencyKey"`, 'm.id = $1', [id]),
  };
}
