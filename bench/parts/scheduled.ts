import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../child.ts';
import { compareCosts, costPerMessage, type Measure } from '../cost.ts';
import { measureLifecycle } from '../lifecycle.ts';
import { startLoader } from '../load.ts';
import { EVENTS } from '../peers/post.ts';
import { ask, emptyStore, type RedCloud, type Store, sendWebhooksTo } from '../redcloud.ts';
import { perSecond, print } from '../report.ts';

export interface ScheduledOptions {
  /** Messages that are scheduled for the next year. */
  messages: number;
  /** Pairs of runs without and with these messages. */
  pairs: number;
  /** Other messages per second of these runs. */
  rate: number;
  seconds: number;
  /** Messages that become due one after the other. */
  due: number;
}

/** Inserts messages that are due in two hours to a year, for ten numbers of the sandbox client. */
const FILL = `
  with made as materialized (
    select 'msg_' || ulid_floor(now() - interval '1 second' * ($2::int - n) / 1000) || lpad(n::text, 16, '0') as id,
      'num_' || n % 10 as number, now() - interval '1 second' * ($2::int - n) / 1000 as at,
      now() + interval '2 hours' + interval '31 seconds' * n as due
    from generate_series($1::int, $2::int) as n
  ), message as (
    insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
      delivery_guarantee, encoding, segments, parts, status, sequence, created_at, send_at, expires_at)
    select id, 'OUTBOUND', 'client', number, '+15551234567', '+15557654321', 'SMS', 'Hello from Red Cloud',
      'AT_MOST_ONCE', 'GSM7', 1, 1, 'QUEUED', 1, at, due, due + interval '24 hours' from made
  )
  insert into scheduled_jobs (subject, queue, client, lane, run_at, expires_at)
  select id, 'outbound', 'client', number, due, due + interval '24 hours' from made`;

/**
 * CPU time per message beside many scheduled messages, as a ratio to that of an empty store, and the delay of messages that
 * become due, also after a kill of the server before their time.
 */
export async function scheduled({ messages, pairs, rate, seconds, due }: ScheduledOptions): Promise<void> {
  await using empty = await emptyStore();
  await using full = await emptyStore();
  const url = full.databaseUrl;
  if (!url) {
    print('scheduled', 'skipped: requires DATABASE_URL (PostgreSQL)');
    return;
  }
  for (const store of [empty, full]) {
    // Creates the schema and the day partitions.
    await using _server = await store.start('api');
  }
  const step = 50_000;
  for (let n = 0; n < messages; n += step) await ask(url, FILL, [n + 1, Math.min(messages, n + step)]);
  await ask(url, 'vacuum analyze');
  const load = { rate, seconds };
  const [base, other] = [empty, full].map((store) => () => costPerMessage(store, load)) as [Measure, Measure];
  await compareCosts('scheduled', pairs, { name: 'empty', measure: base }, { name: 'full', measure: other });
  const fastest = await lifecycleRate(full);
  print('lifecycle', perSecond(fastest));
  await fire(full, { due, rate: fastest / 3, isKilled: false });
  await fire(full, { due, rate: fastest / 3, isKilled: true });
}

async function lifecycleRate(store: Store): Promise<number> {
  await using loader = await startLoader();
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  await using server = await store.start();
  await sendWebhooksTo(server.url, receiver.ready.port);
  const load = { url: server.url, request: { kind: 'send' }, connections: 16, seconds: 10, rate: 2_500 } as const;
  return (await measureLifecycle({ loader, receiver, load, events: EVENTS, pids: {} })).rate;
}

const CONNECTIONS = 32;
/** Time for the accept of all messages before the first is due. */
const AHEAD_MS = 60_000;

interface Firing {
  due: number;
  /** Due messages per second. */
  rate: number;
  /** Whether the server is killed and restarted before the first message is due. */
  isKilled: boolean;
}

async function fire(store: Store, { due, rate, isKilled }: Firing): Promise<void> {
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  const first = Date.now() + AHEAD_MS;
  const reference = isKilled ? 'after a kill' : 'undisturbed';
  let server = await store.start();
  try {
    await sendWebhooksTo(server.url, receiver.ready.port);
    await schedule(server.url, { due, rate, first, reference });
    if (isKilled) {
      process.kill(server.pid, 'SIGKILL');
      await server[Symbol.asyncDispose]();
      server = await store.start();
    }
    if (Date.now() > first) throw new Error(`The accept of ${due} messages took longer than ${AHEAD_MS} ms`);
    await delay(first - Date.now() + (1000 * due) / rate);
    await report(store, reference, { due, rate });
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

async function schedule(
  url: RedCloud['url'],
  { due, rate, first, reference }: { due: number; rate: number; first: number; reference: string },
): Promise<void> {
  const numbers = Array.from({ length: due }, (_, n) => n).values();
  const send = async () => {
    for (const n of numbers) {
      const body = {
        sendFrom: 'num_abc123',
        to: [`+1555${String(n).padStart(7, '0')}`],
        messageType: 'SMS',
        text: 'Due',
        sendAt: new Date(first + (1000 * n) / rate).toISOString(),
        externalReference: reference,
      };
      const response = await fetch(`${url}/api/core/messages/send`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer rc_token_example',
          'content-type': 'application/json',
          'idempotency-key': `${reference} ${n}`,
        },
        body: JSON.stringify(body),
      });
      if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, send));
}

const DELAYS = `
  select count(*)::int as submitted,
    round(1000 * percentile_cont(0.5) within group (order by s))::int as median,
    round(1000 * percentile_cont(0.99) within group (order by s))::int as p99,
    round(1000 * max(s))::int as most, round(1000 * min(s))::int as least
  from (
    select extract(epoch from min(p.submitted_at) - m.send_at) as s
    from messages m join message_parts p on p.message_id = m.id where m.external_reference = $1 group by m.id, m.send_at
  ) as delays`;

async function report(store: Store, reference: string, { due, rate }: Pick<Firing, 'due' | 'rate'>): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    const [row = {}] = await ask(store.databaseUrl as string, DELAYS, [reference]);
    const submitted = Number(row['submitted']);
    if (submitted < due && Date.now() < until) {
      await delay(500);
      continue;
    }
    const { least, median: middle, p99, most } = row;
    const figures = `delay from ${least} to ${most} ms, median ${middle} ms, p99 ${p99} ms`;
    print(`due, ${reference}`, `${submitted} of ${due} at ${perSecond(rate)}`, figures);
    return;
  }
}
