/** Statements that find submits with an unknown outcome, and similar ones. */
import { rowsAs, statement } from '#db/statement.ts';
import { GIVEN_MESSAGES } from '../sql.ts';
import type { SimilarSubmit, UnknownSubmit } from './unknown.ts';

/** Unknown submits of the whole messages $1. $2 and $3 the span of the ids. */
export const UNKNOWN_SUBMITS = rowsAs<UnknownSubmit>()(
  statement(
    'unknown.submits',
    {
      params: ['text[]', 'text', 'text'],
      row: {
        messageId: 'text',
        apiClientId: 'text',
        carrier: 'text',
        attempt: 'integer?',
        from: 'text',
        to: 'text',
        messageType: 'text',
        text: 'text?',
        createdAt: 'timestamp with time zone',
        recordedAt: 'timestamp with time zone',
      },
    },
    `select m.id as "messageId", m.api_client_id as "apiClientId", p.carrier, p.attempt, m.from_address as "from",
    m.to_address as "to", m.message_type as "messageType", coalesce(m.text, c.text) as text, m.created_at as "createdAt",
    p.submitted_at as "recordedAt"
  ${GIVEN_MESSAGES}
  join lateral (
    select * from message_parts where message_id = m.id and part = 1 and state = 'UNKNOWN' offset 0
  ) as p on true
  left join messages c on c.id = m.content_of
  where m.parts = 1`,
  ),
);

/** Messages of client $1 from $2 to $3 with ids from $4, at most $5. Another client cannot use the number. */
export const SIMILAR = rowsAs<SimilarSubmit>()(
  statement(
    'unknown.similar',
    {
      params: ['text', 'text', 'text', 'text', 'bigint'],
      row: {
        messageId: 'text',
        messageType: 'text',
        text: 'text?',
        carrierRefs: 'text[]',
        isOpen: 'boolean',
        hasUnknownAttempts: 'boolean',
      },
    },
    `select m.id as "messageId", m.message_type as "messageType", coalesce(m.text, c.text) as text,
    array(
      select carrier_ref from message_parts where message_id = m.id and carrier_ref is not null
      union all select carrier_ref from attempts where message_id = m.id and carrier_ref is not null
    ) as "carrierRefs",
    m.status in ('QUEUED', 'SENDING', 'UNKNOWN') as "isOpen",
    exists (select from attempts where message_id = m.id and outcome = 'UNKNOWN' and carrier_ref is null) as "hasUnknownAttempts"
  from messages m left join messages c on c.id = m.content_of
  where m.api_client_id = $1 and m.from_address = $2 and m.to_address = $3 and m.id >= $4 and m.direction = 'OUTBOUND'
  order by m.id desc limit $5`,
  ),
);
