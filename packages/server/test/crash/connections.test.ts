// @module-tag slow
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withReceiver } from '../support/exchange.ts';
import { timesTaken } from '../support/ledger.ts';
import type { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const CLIENTS = 8;
const SENDS = 25;
const CUTS = 12;

describe.skipIf(!process.env['TEST_DATABASE_URL'])('Connections to PostgreSQL [needs TEST_DATABASE_URL]', () => {
  let redcloud: TestRedCloud;
  let receiver: Receiver;
  let operator: pg.Client;

  beforeAll(async () => {
    redcloud = await startRedCloud();
    receiver = await withReceiver(redcloud);
    operator = new pg.Client({ connectionString: process.env['TEST_DATABASE_URL'] });
    await operator.connect();
  });
  afterAll(async () => {
    await redcloud.stop();
    await receiver.stop();
    await operator.end();
  });

  async function cut(): Promise<void> {
    const name = new URL(redcloud.store.databaseUrl as string).pathname.slice(1);
    await operator.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  }

  /**
   * Retries with the same key until the response is 202, as a customer would. Any other response must be a retryable
   * error.
   */
  async function sendUntilAccepted(key: string, to: string): Promise<string> {
    for (;;) {
      const { status, json } = await redcloud.send(key, { to: [to] });
      if (status === 202) return json.results[0].messageId;
      // On a busy machine, RATE_LIMITED is also possible.
      expect(['UPSTREAM_ERROR', 'RATE_LIMITED'], `${status}`).toContain(json.error.code);
      await delay(5);
    }
  }

  test(`After ${CUTS} connection losses under load, no accepted message is lost or submitted twice.`, {
    timeout: 90_000,
  }, async () => {
    const ids: string[] = [];
    const clients = Array.from({ length: CLIENTS }, async (_, c) => {
      for (let n = 0; n < SENDS; n += 1)
        ids.push(await sendUntilAccepted(`cut-${c}-${n}`, `+1555${1_000_000 + c * 1000 + n}`));
    });
    for (let n = 0; n < CUTS; n += 1) {
      await delay(30);
      await cut();
    }
    await Promise.all(clients);
    // A job whose claim response was lost is released, not marked as unknown.
    await receiver.until(() => ids.every((id) => receiver.typesOf(id).includes('message.delivery')));
    const taken = timesTaken(redcloud.store.dataDir);
    expect(new Set(ids).size).toBe(CLIENTS * SENDS);
    expect(ids.filter((id) => taken.get(id) !== 1)).toEqual([]);
  });
});
