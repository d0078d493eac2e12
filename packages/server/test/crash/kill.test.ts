// @module-tag sized
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { timesTaken } from '../support/ledger.ts';
import { type RedCloudProcess, startProcess } from '../support/process.ts';
import { type TestStore, testStore } from '../support/store.ts';
import { sized } from '../support/thorough.ts';

const SENDS = sized(1_200);
const KILLS = sized(4);
const CLIENTS = 16;

let store: TestStore;
let running: RedCloudProcess | undefined;

beforeAll(async () => {
  store = await testStore();
});
afterAll(async () => {
  await running?.kill();
  await store.drop();
});

/** One business operation, retried with the same key until there is a response, as a customer would. */
async function sendUntilAccepted(n: number, url: () => string): Promise<string> {
  for (;;) {
    const answer = await fetch(`${url()}/api/core/messages/send`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer rc_token_example',
        'content-type': 'application/json',
        'idempotency-key': `crash-${n}`,
      },
      body: JSON.stringify({
        sendFrom: 'num_abc123',
        to: [`+1555${2_000_000 + n}`],
        messageType: 'SMS',
        text: `crash ${n}`,
      }),
    }).catch(() => undefined);
    if (answer?.status === 202) {
      const body = await answer.json().catch(() => undefined);
      if (body) return (body as { results: { messageId: string }[] }).results[0]?.messageId as string;
    }
    await delay(10);
  }
}

interface State {
  id: string;
  status: string;
}

async function states(): Promise<Map<string, string>> {
  const db = await store.open();
  const rows = await db.query<State>(`select id, status from messages where direction = 'OUTBOUND'`, []);
  await db.close();
  return new Map(rows.map(({ id, status }) => [id, status]));
}

test(`After ${KILLS} kills (SIGKILL) during ${SENDS} sends, no accepted message is lost or submitted twice.`, {
  timeout: 180_000,
}, async () => {
  running = await startProcess(store);
  const accepted = new Map<number, string>();
  let next = 0;
  const client = async () => {
    while (next < SENDS) {
      const n = next;
      next += 1;
      accepted.set(n, await sendUntilAccepted(n, () => running?.url ?? ''));
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  for (let kill = 1; kill <= KILLS; kill += 1) {
    while (accepted.size < (SENDS * kill) / (KILLS + 1)) await delay(5);
    await running.kill();
    running = await startProcess(store);
  }
  await clients;
  // Wait until the pipeline only waits for outcomes.
  for (;;) {
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    const jobs = [...metrics.matchAll(/redcloud_queue_(?:depth|leased)\{queue="(?:outbound|webhooks)"\} (\d+)/g)];
    if (jobs.length === 4 && jobs.every(([, count]) => count === '0')) break;
    await delay(100);
  }
  // Time for the receipts of the last submits (200 ms each) and for their effects.
  await delay(1_500);
  expect(await running.terminate()).toBe(0);
  running = undefined;

  const known = await states();
  const taken = timesTaken(store.dataDir);
  const ids = [...accepted.values()];
  expect(new Set(ids).size).toBe(SENDS);
  expect(known.size).toBe(SENDS);
  const wrong = ids.filter((id) => {
    const status = known.get(id);
    const times = taken.get(id) ?? 0;
    if (times > 1) return true;
    return !(status === 'DELIVERED' && times === 1) && status !== 'UNKNOWN';
  });
  expect(wrong.map((id) => [id, known.get(id), taken.get(id)])).toEqual([]);
  const unknown = ids.filter((id) => known.get(id) === 'UNKNOWN');
  const never = unknown.filter((id) => !taken.has(id));
  process.stdout.write(
    `after ${KILLS} kills: ${SENDS - unknown.length} delivered, ${unknown.length} unknown (${never.length} never submitted)\n`,
  );
});
