import type { Servers } from './cluster.ts';

export interface MessageRow {
  id: string;
  direction: 'INBOUND' | 'OUTBOUND';
  status: string;
  sequence: number;
  parts: number;
  guarantee: 'AT_MOST_ONCE' | 'AT_LEAST_ONCE';
  to: string;
  error: { code: string } | null;
  carrierRef: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}

export interface EventRow {
  messageId: string;
  sequence: number;
  type: string;
  status: string;
}

export interface JobRow {
  queue: string;
  subject: string;
  ordinal: number;
  attempt: number;
  leasedBy: string | null;
  lease: number | null;
  interrupted: boolean;
  runAt: Date;
}

/** Content of the store, read without Red Cloud. */
export interface Stored {
  messages: MessageRow[];
  events: EventRow[];
  jobs: JobRow[];
  processes: { id: string; pid: number }[];
  binds: { heldBy: string | null }[];
  givenUp: number;
}

const MESSAGES = `
  select id, direction, status, sequence, parts, delivery_guarantee as guarantee, to_address as "to", error,
    provider_message_ref as "carrierRef", created_at as "createdAt", finished_at as "finishedAt" from messages`;
const EVENTS = 'select message_id as "messageId", sequence, type, status from events order by message_id, sequence';
const JOBS = `
  select queue, subject, ordinal, attempt, leased_by as "leasedBy", lease, interrupted, run_at as "runAt" from jobs`;

export async function readStore(servers: Servers, url: string): Promise<Stored> {
  const ask = <Row extends object>(sql: string) => servers.ask<Row>(sql, [], url);
  const [jobs, processes, binds] = await readWork(servers, url);
  const [given] = await ask<{ up: number }>(
    `select count(*)::int as up from webhook_attempts where outcome = 'GIVEN_UP'`,
  );
  return {
    messages: await ask<MessageRow>(MESSAGES),
    events: await ask<EventRow>(EVENTS),
    jobs,
    processes,
    binds,
    givenUp: given?.up ?? 0,
  };
}

/** Remaining jobs, and the processes and links that exist. */
export function readWork(
  servers: Servers,
  url: string,
): Promise<[Stored['jobs'], Stored['processes'], Stored['binds']]> {
  return Promise.all([
    servers.ask<JobRow>(JOBS, [], url),
    servers.ask<{ id: string; pid: number }>('select id, pid from processes', [], url),
    servers.ask<{ heldBy: string | null }>('select held_by as "heldBy" from binds', [], url),
  ]);
}

/** Parked receipts whose segment is recorded. The next sweep matches them. */
export async function countParked(servers: Servers, url: string): Promise<number> {
  const [row] = await servers.ask<{ n: number }>(
    `select count(*)::int as n from receipts r join message_parts p
       on p.message_id = split_part(r.reference, '/', 1) and p.part::text = split_part(r.reference, '/', 2)
     where r.message_id is null and p.state = 'UNKNOWN'`,
    [],
    url,
  );
  return row?.n ?? 0;
}

/** Number of messages that wait. @param isLossy whether the receipts of messages can be lost */
export async function countUnfinished(servers: Servers, url: string, isLossy: boolean): Promise<number> {
  const [row] = await servers.ask<{ n: number }>(
    'select count(*)::int as n from messages where status = any($1)',
    [['QUEUED', 'SENDING', ...(isLossy ? [] : ['SENT'])]],
    url,
  );
  return row?.n ?? 0;
}
