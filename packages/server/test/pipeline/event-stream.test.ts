import { afterEach, describe, expect, test } from 'vitest';
import type { EventBody } from '#events/events.ts';
import { type RedCloudProcess, startProcess } from '../support/process.ts';
import { testStore } from '../support/store.ts';

/** Number of messages. A full run uses 20000. */
const MESSAGES = Number(process.env['EVENT_MESSAGES'] ?? 2_000);
const EACH = 10;
const WRITERS = 4;
const AT_ONCE = 4;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  cleanups.length = 0;
});

const HEADERS = { authorization: 'Bearer rc_token_example', 'content-type': 'application/json' };

async function send(url: string, key: string): Promise<void> {
  const to = Array.from({ length: EACH }, (_, n) => `+1555${String(Number(key) * EACH + n).padStart(7, '0')}`);
  const body = JSON.stringify({ sendFrom: 'num_abc123', to, messageType: 'SMS', text: 'x' });
  const headers = { ...HEADERS, 'idempotency-key': key };
  const { status } = await fetch(`${url}/api/core/messages/send`, { method: 'POST', headers, body });
  if (status === 202) return;
  if (status !== 429) throw new Error(`${key} was answered ${status}`);
  await send(url, key);
}

/** Follows the stream by its cursor, through any process. Restarts at random from its saved cursor. */
class Reader {
  readonly seen: EventBody[] = [];
  #saved = '';
  restarts = 0;

  async step(url: string): Promise<number> {
    const after = this.#saved === '' ? {} : { after: this.#saved };
    const query = new URLSearchParams({ limit: '100', ...after });
    const answer = await fetch(`${url}/api/core/events?${query}`, { headers: HEADERS });
    const { events, nextCursor } = (await answer.json()) as { events: EventBody[]; nextCursor: string };
    if (Math.random() < 0.1) {
      this.restarts += 1;
      return 1;
    }
    this.seen.push(...events);
    this.#saved = nextCursor;
    return events.length;
  }
}

describe.runIf(process.env['TEST_DATABASE_URL'])('Several processes [needs TEST_DATABASE_URL]', () => {
  test(`A restarted reader gets the events of ${MESSAGES} messages from ${WRITERS} processes once.`, async () => {
    const store = await testStore();
    cleanups.push(() => store.drop());
    const writers: RedCloudProcess[] = [];
    for (let n = 0; n < WRITERS; n += 1) {
      const writer = await startProcess(store);
      writers.push(writer);
      cleanups.push(() => writer.terminate());
    }
    const urlOf = (n: number) => (writers[n % WRITERS] as RedCloudProcess).url;
    let next = 0;
    const sending = Array.from({ length: WRITERS * AT_ONCE }, async (_, n) => {
      while (next < MESSAGES / EACH) {
        next += 1;
        await send(urlOf(n), String(next));
      }
    });
    const reader = new Reader();
    let reads = 0;
    let finished = 0;
    while (finished < MESSAGES) {
      await reader.step(urlOf(reads));
      reads += 1;
      finished = reader.seen.filter(({ type }) => type === 'message.delivery' || type === 'message.failed').length;
    }
    await Promise.all(sending);
    const db = await store.open();
    cleanups.push(() => db.close());
    const there = await db.query<{ id: string; sequence: number }>(
      `select message_id as id, sequence from events where api_client_id = 'rc_test_client_123' order by 1, 2`,
      [],
    );
    const seen = reader.seen.map(({ messageId, sequence }) => `${messageId}/${sequence}`);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.toSorted()).toEqual(there.map(({ id, sequence }) => `${id}/${sequence}`).toSorted());
    const last = new Map<string, number>();
    for (const { messageId, sequence } of reader.seen) {
      expect(sequence).toBe((last.get(messageId) ?? 0) + 1);
      last.set(messageId, sequence);
    }
    expect(reader.restarts).toBeGreaterThan(0);
  }, 600_000);
});
