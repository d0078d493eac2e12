import type { Page } from 'playwright-core';
import { openServer } from '../../packages/server/src/db/drivers/server.ts';
import { addDay, DAY_MS, dayOf } from '../../packages/server/src/db/schema/days.ts';
import { HERE } from '../../packages/server/src/events/sql.ts';
import { createLog } from '../../packages/server/src/platform/log.ts';
import { CHROMIUM, NO_CHROMIUM, openBrowser } from '../../packages/server/test/support/browser.ts';
import { ask, CLIENT, emptyStore, OPERATOR } from '../redcloud.ts';
import { print, times } from '../report.ts';

const DAYS = 7;
const STEP = 50_000;
const OTHER = 'rc_test_client_other';
const URL_OF_HOOK = 'https://example.com/hook';

/** Inserts messages of the past week with their events and attempts. Three of four belong to the sandbox client. */
const FILL = `
  with made as materialized (
    select 'msg_' || ulid_floor(at) || lpad(n::text, 16, '0') as id, at, n, n % 50 = 0 as failed,
      case when n % 4 = 0 then '${OTHER}' else '${CLIENT}' end as client
    from generate_series($1::int, $2::int) as n
    cross join lateral (select now() - interval '${DAYS} days' * ($3::int - n) / $3::int - interval '1 minute' as at) as moment
  ), message as (
    insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text, external_reference,
      delivery_guarantee, encoding, segments, parts, status, sequence, error, carrier, created_at, sent_at, finished_at)
    select id, 'OUTBOUND', client, 'num_abc123', '+15551234567', '+1555' || 1000000 + n % 100000, 'SMS', 'Hello from Red Cloud',
      'order_' || n, 'AT_MOST_ONCE', 'GSM7', 1, 1, case when failed then 'FAILED' else 'DELIVERED' end, 3,
      case when failed then '{"code":"CARRIER_REJECTED","message":"Refused","details":{}}'::json end, 'simulator', at, at, at from made
  ), part as (
    insert into message_parts (message_id, part, state, carrier, carrier_ref, submitted_at, finished_at)
    select id, 1, case when failed then 'FAILED' else 'DELIVERED' end, 'simulator', 'sim-' || n, at, at from made
  ), event as (
    insert into events (message_id, sequence, type, status, occurred_at, api_client_id, position)
    select id, sequence, case when failed and sequence = 3 then 'message.failed' else type end,
      case when failed and sequence = 3 then 'FAILED' else status end, at, client, ${HERE}
    from made cross join (values (1, 'message.queued', 'QUEUED'), (2, 'message.sent', 'SENT'), (3, 'message.delivery', 'DELIVERED'))
      as kind (sequence, type, status)
  )
  insert into webhook_attempts (message_id, sequence, attempt, outcome, url, status_code, duration_ms, attempted_at)
  select id, sequence, 1, case when n % 100 = 1 then 'GIVEN_UP' else 'DELIVERED' end, '${URL_OF_HOOK}',
    case when n % 100 = 1 then 410 else 204 end, 5, at
  from made cross join generate_series(1, 3) as sequence`;

interface Probe {
  name: string;
  /** Path of the page at the start. */
  path: string;
  /** JavaScript in the page for the action of the user. */
  act: string;
  /** JavaScript condition: the result of the action is visible. */
  done: string;
}

/** True when no element is busy. Previous rows stay with `aria-busy` until the next ones are loaded. */
const IDLE = '!document.querySelector("[aria-busy=true]")';
const ROWS = 'document.querySelectorAll(".table tbody tr")';
const everyRow = (text: string) =>
  `${ROWS}.length > 0 && [...${ROWS}].every((row) => row.innerText.includes("${text}"))`;
const choose = (label: string, value: string) => `{
  const select = [...document.querySelectorAll("label")].find((one) => one.innerText.startsWith("${label}")).control;
  Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(select, "${value}");
  select.dispatchEvent(new Event("change", { bubbles: true }));
}`;
const find = (text: string) => `{
  const input = document.querySelector("input[name=find]");
  input.value = "${text}";
  input.form.requestSubmit();
}`;
const click = (selector: string, text = '') =>
  `[...document.querySelectorAll('${selector}')].find((one) => one.innerText.includes("${text}")).click()`;

/** @param nth number of the message to find, different in each round */
function probesOf(nth: number): Probe[] {
  const to = `+1555${1_000_000 + (nth % 100_000)}`;
  const path = '/messages';
  return [
    { name: 'messages', path: '/', act: click('a[href="/console/messages"]'), done: `${ROWS}.length === 50` },
    {
      name: 'next page',
      path,
      act: click('.pager button', 'Next'),
      done: `/Page 2, 50/.test(document.body.innerText) && ${IDLE}`,
    },
    { name: 'filter by status', path, act: choose('Status', 'FAILED'), done: everyRow('failed') },
    { name: 'find a recipient', path, act: find(to), done: everyRow(to) },
    { name: 'find a reference', path, act: find(`order_${nth}`), done: `${ROWS}.length === 1` },
    {
      name: 'a message',
      path,
      act: click('.table a'),
      done: '/Timeline[^]*Delivered/.test(document.body.innerText)',
    },
    { name: 'deliveries', path: '/webhooks', act: click('[role=tab]', 'Deliveries'), done: `${ROWS}.length === 50` },
    {
      name: 'failed deliveries',
      path: '/webhooks?tab=deliveries',
      act: choose('State', 'FAILED'),
      done: everyRow('failed'),
    },
    { name: 'overview', path, act: click('nav a', 'Overview'), done: '/Delivery rate/.test(document.body.innerText)' },
  ];
}

/** Time from an action in the console to the frame with its result, compared with the same action with few messages. */
export async function console({ messages, rounds }: { messages: number; rounds: number }): Promise<void> {
  if (!CHROMIUM) return print('console', NO_CHROMIUM);
  const few = await interactions(1_000, rounds);
  if (!few) return print('console', 'skipped: requires DATABASE_URL (PostgreSQL)');
  const many = (await interactions(messages, rounds)) as Map<string, number[]>;
  print('console', `${messages.toLocaleString('en')} messages of ${DAYS} days, ${rounds} rounds, each in a new page`);
  for (const [name, took] of many) {
    const [median, base] = [medianOf(took), medianOf(few.get(name) ?? [])];
    print(
      `  ${name}`,
      `${median.toFixed(0)} ms, at most ${Math.max(...took).toFixed(0)} ms`,
      `${times(median, base)} the time with 1,000 messages (${base.toFixed(0)} ms)`,
    );
  }
}

const medianOf = (all: readonly number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;

async function interactions(messages: number, rounds: number): Promise<Map<string, number[]> | undefined> {
  await using store = await emptyStore();
  if (!store.databaseUrl) return undefined;
  await using server = await store.start('api,outbound,webhooks');
  await fill(store.databaseUrl, messages);
  const browser = await openBrowser();
  try {
    const context = await browser.newContext();
    const signedIn = await context.request.post(`${server.url}/console/session`, { data: { operatorToken: OPERATOR } });
    if (!signedIn.ok()) throw new Error(`Console sign-in failed with status ${signedIn.status()}`);
    const took = new Map<string, number[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const probe of probesOf(1 + 2 * round)) {
        const page = await context.newPage();
        took.set(probe.name, [...(took.get(probe.name) ?? []), await once(page, `${server.url}/console`, probe)]);
        await page.close();
      }
    }
    return took;
  } finally {
    await browser.close();
  }
}

async function fill(databaseUrl: string, messages: number): Promise<void> {
  const db = await openServer(databaseUrl, createLog('silent'));
  try {
    for (let ago = DAYS; ago > 0; ago -= 1) await addDay(db, dayOf(Date.now() - ago * DAY_MS));
  } finally {
    await db.close();
  }
  for (let from = 1; from <= messages; from += STEP) {
    await ask(databaseUrl, FILL, [from, Math.min(messages, from + STEP - 1), messages]);
  }
  // Autovacuum would do the same within two minutes.
  await ask(databaseUrl, 'vacuum analyze');
}

/** @returns milliseconds from the action to its result */
async function once(page: Page, base: string, { name, path, act, done }: Probe): Promise<number> {
  await page.goto(`${base}${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  const took = await page.evaluate<number | null>(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const startedAt = performance.now();
    ${act};
    while (!(${done})) {
      if (performance.now() - startedAt > 10_000) return null;
      await frame();
    }
    await frame();
    return performance.now() - startedAt;
  })()`);
  if (took === null) throw new Error(`${name}: no result within 10 seconds`);
  return took;
}
