import type { Clock } from '../clock.ts';
import { batched } from '../db/batch.ts';
import { asJson, type Db } from '../db/db.ts';
import { conflict } from '../errors.ts';
import { appendEvents } from '../events/append.ts';
import type { Ids } from '../ids.ts';
import type { Numbers, PhoneNumber } from '../numbers/numbers.ts';
import { enqueueFrom } from '../queue/queue.ts';
import { fingerprint } from './idempotency.ts';
import { type Content, checkSender, readContent, readRecipients, type SendRequest } from './send-request.ts';

const ROUTE = 'messages.send';
/** Rows that one commit takes at most: beyond that a batch gains nothing and holds others up. */
const MAX_ROWS = 1_000;

export interface Accepted {
  /** The 202's body, byte for byte as it was the first time. */
  body: string;
  replayed: boolean;
  messages: number;
}

interface Submission {
  apiClientId: string;
  key: string;
  fingerprint: string;
  body: string;
  number: PhoneNumber;
  request: SendRequest;
  content: Content;
  recipients: { id: string; to: string }[];
}

interface Stored {
  apiClientId: string;
  key: string;
  fingerprint: string;
  body: string;
}

/**
 * Key, messages, jobs and first events of all requests of a batch: one statement, one commit. A key that is known wins
 * nothing: its request adds no row, and is answered from what is stored.
 */
const ACCEPT = `
  with request as (
    select * from json_to_recordset($1::json) as r (n integer, "apiClientId" text, key text, fingerprint text,
      body text, "numberId" text, "from" text, "messageType" text, text text, media json, "externalReference" text,
      guarantee text, encoding text, segments integer)
  ), won as (
    insert into idempotency_keys (api_client_id, route, key, fingerprint, response, created_at)
    select "apiClientId", '${ROUTE}', key, fingerprint, body, $3 from request order by "apiClientId", key
    on conflict do nothing returning api_client_id, key
  ), message as (
    insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text, media,
      external_reference, delivery_guarantee, encoding, segments, parts, status, sequence, created_at)
    select m.id, 'OUTBOUND', r."apiClientId", r."numberId", r."from", m."to", r."messageType", r.text, r.media,
      r."externalReference", r.guarantee, r.encoding, r.segments, coalesce(r.segments, 1), 'QUEUED', 1, $3
    from won join request r on r."apiClientId" = won.api_client_id and r.key = won.key
    join json_to_recordset($2::json) as m (n integer, id text, "to" text) on m.n = r.n
    order by m.id
    returning id, status, sequence, created_at
  ), ${appendEvents(`select id, sequence, 'message.queued', status, null, null, created_at from message`)}, queued as (
    ${enqueueFrom(`select 'outbound', id, 0, created_at, created_at from message order by id`)}
  )
  select api_client_id as "apiClientId", key from won`;

const STORED = `
  select i.api_client_id as "apiClientId", i.key, i.fingerprint, i.response as body
  from json_to_recordset($1::json) as k ("apiClientId" text, key text)
  join idempotency_keys i on i.api_client_id = k."apiClientId" and i.key = k.key and i.route = '${ROUTE}'`;

export function createAccept(parts: { db: Db; numbers: Numbers; ids: Ids; clock: Clock }) {
  const { db, numbers, ids, clock } = parts;
  const underWay = new Map<string, Promise<Stored>>();

  const stored = async (keys: readonly Pick<Stored, 'apiClientId' | 'key'>[]): Promise<Map<string, Stored>> => {
    const wanted = keys.map(({ apiClientId, key }) => ({ apiClientId, key }));
    const rows = await db.query<Stored>(STORED, [asJson(wanted)]);
    return new Map(rows.map((row) => [scope(row), row]));
  };

  /** @returns for each what stands now: itself when its key was new, else what was stored under it before. */
  async function storeAll(submissions: Submission[]): Promise<Stored[]> {
    const rows = await db.query<Pick<Stored, 'apiClientId' | 'key'>>(ACCEPT, [
      asJson(submissions.map(requestRow)),
      asJson(submissions.flatMap(({ recipients }, n) => recipients.map((recipient) => ({ n, ...recipient })))),
      new Date(clock.now()),
    ]);
    const won = new Set(rows.map(scope));
    if (won.size > 0) {
      db.wake('outbound');
      db.wake('webhooks');
    }
    const lost = submissions.filter((submission) => !won.has(scope(submission)));
    const earlier = lost.length > 0 ? await stored(lost) : new Map<string, Stored>();
    // A key that was there and is gone has expired between the two statements: then it is new.
    const expired = lost.filter((submission) => !earlier.has(scope(submission)));
    const again = expired.length > 0 ? await storeAll(expired) : [];
    const later = new Map(again.map((stands) => [scope(stands), stands]));
    return submissions.map((submission) => {
      const ofKey = scope(submission);
      return won.has(ofKey) ? submission : ((earlier.get(ofKey) ?? later.get(ofKey)) as Stored);
    });
  }

  const store = batched<Submission, Stored>({
    run: storeAll,
    maxWeight: MAX_ROWS,
    weigh: ({ recipients }) => recipients.length + 1,
  });

  function prepare(apiClientId: string, key: string, request: SendRequest, content: Content, number: PhoneNumber) {
    const { accepted, refused } = readRecipients(request.to);
    const recipients = accepted.map((to) => ({ id: ids.next('msg'), to }));
    const results = recipients.map(({ id, to }) => ({ to, messageId: id, status: 'QUEUED' }));
    const body = JSON.stringify({ results, errors: refused });
    return { apiClientId, key, fingerprint: fingerprint(request), body, number, request, content, recipients };
  }

  /** A request that the number's state forbids may still be the repeat of one that it allowed: then that one counts. */
  async function checkedSender(apiClientId: string, key: string, request: SendRequest): Promise<PhoneNumber | Stored> {
    try {
      return checkSender(await numbers.byId(request.sendFrom), apiClientId, request.messageType);
    } catch (refusal) {
      const earlier = (await stored([{ apiClientId, key }])).get(scope({ apiClientId, key }));
      if (earlier) return earlier;
      throw refusal;
    }
  }

  /**
   * Accepts a send: when this resolves with `replayed` false, the messages are committed and will be carried out.
   * @throws ApiError for what the contract refuses; nothing is stored then, and the key stays free.
   */
  async function accept(apiClientId: string, key: string, request: SendRequest): Promise<Accepted> {
    const content = readContent(request);
    const ofKey = scope({ apiClientId, key });
    const first = underWay.get(ofKey);
    if (first) {
      const earlier = await first.catch(() => undefined);
      return earlier ? replay(earlier, fingerprint(request)) : accept(apiClientId, key, request);
    }
    const carriedOut = carryOut(apiClientId, key, request, content);
    const result = carriedOut.then((outcome) => outcome.result);
    result.catch(() => undefined);
    underWay.set(ofKey, result);
    try {
      const { submission, result: stands } = await carriedOut;
      if (stands !== submission) return replay(stands, fingerprint(request));
      return { body: submission.body, replayed: false, messages: submission.recipients.length };
    } finally {
      underWay.delete(ofKey);
    }
  }

  async function carryOut(apiClientId: string, key: string, request: SendRequest, content: Content) {
    const sender = await checkedSender(apiClientId, key, request);
    if (!('numberId' in sender)) return { submission: undefined, result: sender };
    const submission = prepare(apiClientId, key, request, content, sender);
    return { submission, result: await store(submission) };
  }

  return accept;
}

function scope({ apiClientId, key }: Pick<Stored, 'apiClientId' | 'key'>): string {
  return `${apiClientId}\n${key}`;
}

function requestRow({ apiClientId, key, fingerprint, body, number, request, content }: Submission, n: number) {
  return {
    n,
    apiClientId,
    key,
    fingerprint,
    body,
    numberId: number.numberId,
    from: number.e164,
    messageType: request.messageType,
    ...content,
    externalReference: request.externalReference ?? null,
    guarantee: request.deliveryGuarantee ?? 'AT_MOST_ONCE',
  };
}

/** @throws ApiError CONFLICT when the key was used for something else. */
function replay(earlier: Stored, sent: string): Accepted {
  if (earlier.fingerprint !== sent) {
    throw conflict('Idempotency-Key was already used with a different payload');
  }
  return { body: earlier.body, replayed: true, messages: 0 };
}
