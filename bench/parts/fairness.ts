import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../child.ts';
import { epochMs } from '../clock.ts';
import type { Arrivals } from '../receiver.ts';
import { ask, CLIENT, emptyStore, sendWebhooksTo } from '../redcloud.ts';
import { print } from '../report.ts';
import { otherSenders, type Sender, sendOne } from '../senders.ts';

const CARRIER_MS = 200;

/** Inserts a backlog for the sandbox's number in the store. */
const FILL = `
  with made as materialized (
    select 'msg_' || ulid_floor(now() - interval '1 second' * ($2::int - n) / 1000) || lpad(n::text, 16, '0') as id,
      now() - interval '1 second' * ($2::int - n) / 1000 as at
    from generate_series($1::int, $2::int) as n
  ), message as (
    insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
      delivery_guarantee, encoding, segments, parts, status, sequence, created_at)
    select id, 'OUTBOUND', '${CLIENT}', 'num_abc123', '+15551234567', '+15557654321', 'SMS', 'Hello from Red Cloud',
      'AT_MOST_ONCE', 'GSM7', 1, 1, 'QUEUED', 1, at from made
  )
  insert into jobs (queue, subject, ordinal, client, lane, run_at)
  select 'outbound', id, 0, '${CLIENT}', 'num_abc123', at from made`;

/** Single messages behind the backlog of another client, and behind that of another number of the same client. */
export async function fairness({ messages }: { messages: number }): Promise<void> {
  await using receiver = await startChild<{ port: number }>('./receiver.ts', ['record']);
  await using store = await emptyStore();
  const url = store.databaseUrl;
  if (!url) {
    print('fairness', 'skipped: requires DATABASE_URL (PostgreSQL)');
    return;
  }
  await using server = await store.start('api,outbound,webhooks', {
    RC_MAX_QUEUED_PER_NUMBER: '100000000',
    RC_MAX_QUEUED_PER_CLIENT: '100000000',
  });
  await sendWebhooksTo(server.url, receiver.ready.port);
  const senders = await otherSenders(server.url, receiver.ready.port);
  for (let from = 1; from <= messages; from += 50_000) {
    await ask(url, FILL, [from, Math.min(messages, from + 49_999)]);
  }
  await delay(3_000);
  for (const sender of senders) {
    const took: number[] = [];
    for (let i = 0; i < 10; i += 1) took.push(await single(server.url, receiver, sender, i));
    took.sort((a, b) => a - b);
    const [least = 0, most = 0] = [took[0], took.at(-1)];
    print(
      sender.name,
      `behind ${messages.toLocaleString('en')} messages: 202 to webhook in ${(least - CARRIER_MS).toFixed(0)} to ${(most - CARRIER_MS).toFixed(0)} ms beyond the carrier's ${CARRIER_MS} ms`,
    );
  }
  const [left] = await ask(url, `select count(*)::int as left from jobs where queue = 'outbound'`);
  print('', `waiting jobs at the end: ${left?.['left']}`);
}

/** @returns milliseconds from the 202 to the webhook of the delivery */
async function single(
  url: string,
  receiver: { ask<Answer>(question: unknown): Promise<Answer> },
  { numberId, token }: Sender,
  n: number,
): Promise<number> {
  const id = await sendOne(url, { numberId, token }, `fair-${numberId}-${n}`);
  const at = epochMs();
  for (;;) {
    const { arrivals } = await receiver.ask<Arrivals>('arrivals');
    const index = arrivals.ids.lastIndexOf(id);
    if (index >= 0) return (arrivals.times[index] as number) - at;
    await delay(100);
  }
}
