/** Statements of the table `webhook_endpoints`. */
import { rowsAs, statement } from '#db/statement.ts';

/** State of a URL that a client's events went to. */
export interface EndpointState {
  /** Identity of the URL (destinations.ts). The text as it was set, if an earlier version wrote it. */
  url: string;
  succeededAt: Date | null;
  /** Time since which all attempts failed. */
  failingSince: Date | null;
  failures: number;
  disabledAt: Date | null;
  disabledBecause: string | null;
}

/** @property isNew whether this statement inserted the row. */
export type StateRow = EndpointState & { client: string; recent: number; isNew: boolean };

/** Time without a failure after which recent failures are counted from zero. */
const SILENCE = "interval '6 hours'";

const STATE = `url, succeeded_at as "succeededAt", failing_since as "failingSince", failures, disabled_at as "disabledAt",
  disabled_because as "disabledBecause"`;
const STATE_ROW = {
  url: 'text',
  succeededAt: 'timestamp with time zone?',
  failingSince: 'timestamp with time zone?',
  failures: 'integer',
  disabledAt: 'timestamp with time zone?',
  disabledBecause: 'text?',
} as const;

/** Notes results of attempts, one JSON row per endpoint. Failures count anew after a success of any process. */
export const NOTE = rowsAs<StateRow>()(
  statement(
    'webhooks.endpoints.note',
    { params: ['json'], row: { client: 'text', recent: 'integer', isNew: 'boolean', ...STATE_ROW } },
    `insert into webhook_endpoints as w (api_client_id, url, succeeded_at, failing_since, failed_at, failures, recent_failures)
    select client, url, case when ok then at end, case when failures > 0 then at end,
      case when failures > 0 then at end, failures, failures
    from json_to_recordset($1::json) as n (client text, url text, at timestamptz, ok boolean, failures integer)
    on conflict (api_client_id, url) do update set
      succeeded_at = greatest(w.succeeded_at, excluded.succeeded_at),
      failing_since = case when excluded.failures > 0 then
        coalesce(case when excluded.succeeded_at is null then w.failing_since end, excluded.failing_since) end,
      failed_at = coalesce(excluded.failed_at, w.failed_at),
      failures = excluded.failures + case when excluded.succeeded_at is null then w.failures else 0 end,
      recent_failures = excluded.failures + case
        when excluded.succeeded_at is null and w.failed_at > excluded.failed_at - ${SILENCE} then w.recent_failures else 0 end
    returning api_client_id as client, recent_failures as recent, w.xmax = 0 as "isNew", ${STATE}`,
  ),
);

/** Disables the endpoint $2 of client $1 at $3 for the reason $4, if it is not disabled yet. */
export const DISABLE = statement(
  'webhooks.endpoints.disable',
  { params: ['text', 'text', 'timestamp with time zone', 'text'], row: { disabled: 'integer' } },
  `update webhook_endpoints set disabled_at = $3, disabled_because = $4
  where api_client_id = $1 and url = $2 and disabled_at is null returning 1 as disabled`,
);

/** Disabled endpoints of client $1. */
export const DISABLED = statement(
  'webhooks.endpoints.disabled',
  { params: ['text'], row: { url: 'text' } },
  'select url from webhook_endpoints where api_client_id = $1 and disabled_at is not null',
);

/** Enables the endpoints $2 of client $1. */
export const ENABLE = statement(
  'webhooks.endpoints.enable',
  { params: ['text', 'text[]'] },
  `update webhook_endpoints set disabled_at = null, disabled_because = null, failing_since = null, failures = 0, recent_failures = 0
  where api_client_id = $1 and url = any($2::text[])`,
);

/** States of all endpoints of client $1. */
export const STATES = rowsAs<EndpointState>()(
  statement(
    'webhooks.endpoints.states',
    { params: ['text'], row: STATE_ROW },
    `select ${STATE} from webhook_endpoints where api_client_id = $1 order by url`,
  ),
);

/** Number of endpoints of all clients, for the overview. */
export const COUNTS = statement(
  'webhooks.endpoints.counts',
  { params: [], row: { known: 'integer', failing: 'integer', disabled: 'integer' } },
  `select count(*)::int as known, count(failing_since)::int as failing, count(disabled_at)::int as disabled
  from webhook_endpoints`,
);

/** Maximum number of endpoints of one client whose state is stored, besides disabled ones whose URL is set. */
const MOST_OF_CLIENT = 200;

const LAST_USE = `coalesce(greatest(succeeded_at, failed_at, failing_since, disabled_at), '-infinity')`;

/** Least recently used endpoints of client $1 beyond the limit. */
export const BEYOND = statement(
  'webhooks.endpoints.beyond',
  { params: ['text'], row: { url: 'text', disabled: 'boolean' } },
  `select url, disabled_at is not null as disabled from webhook_endpoints where api_client_id = $1
  order by ${LAST_USE} desc, url offset ${MOST_OF_CLIENT}`,
);

/** Clients with endpoints that were last used before $1. */
export const IDLE_CLIENTS = statement(
  'webhooks.endpoints.idleClients',
  { params: ['timestamp with time zone'], row: { client: 'text' } },
  `select distinct api_client_id as client from webhook_endpoints where ${LAST_USE} < $1`,
);

/** Endpoints of client $1 that were last used before $2. */
export const IDLE = statement(
  'webhooks.endpoints.idle',
  { params: ['text', 'timestamp with time zone'], row: { url: 'text' } },
  `select url from webhook_endpoints where api_client_id = $1 and ${LAST_USE} < $2`,
);

/** Removes the endpoints $2 of client $1. */
export const DELETE = statement(
  'webhooks.endpoints.delete',
  { params: ['text', 'text[]'], row: { removed: 'integer' } },
  'delete from webhook_endpoints where api_client_id = $1 and url = any($2::text[]) returning 1 as removed',
);
