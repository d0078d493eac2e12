// @module-tag sized
import { expect, test } from 'vitest';
import { Random } from '../../server/test/crash/random.ts';
import { timesTaken } from '../../server/test/support/ledger.ts';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { sized } from '../../server/test/support/thorough.ts';
import { RedCloud } from '../src/index.ts';
import { platform } from '../src/transport/runtime.ts';
import { FAULT_NAMES, HostileProxy } from './hostile-proxy.ts';

const SENDS = sized(1_000);
const AT_ONCE = 64;
/** Longer than the server takes on a machine under load. */
const ATTEMPT_MS = 1_000;
const SEED = Number(process.env['SDK_CHAOS_SEED'] ?? 7);

interface Stored {
  reference: string;
  id: string;
  count: number;
}

/** Returns all messages in the store after the end of the run. */
async function stored({ running, store }: TestRedCloud): Promise<Stored[]> {
  await running.stop();
  const db = await store.open();
  const rows = await db.query<Stored>(
    'select external_reference as reference, min(id) as id, count(*)::int as count from messages group by 1 order by 1',
  );
  await db.close();
  return rows;
}

async function inParallel<T>(count: number, atOnce: number, work: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const one = async () => {
    for (let i = next++; i < count; i = next++) results[i] = await work(i);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return results;
}

test(`${SENDS} sends through a network that loses, delays, duplicates and truncates queue exactly one message each.`, {
  tags: 'slow',
  timeout: 120_000,
}, async () => {
  const redcloud = await startRedCloud();
  const random = new Random(SEED);
  const proxy = await HostileProxy.start({ target: redcloud.url, random, share: 0.6, tooLongMs: ATTEMPT_MS + 100 });
  const rc = new RedCloud({
    clientId: 'rc_test_client_123',
    clientSecret: 'rc_secret_abc123',
    baseUrl: proxy.url,
    attemptTimeoutMs: ATTEMPT_MS,
    timeoutMs: 120_000,
    maxRetries: 100,
    // Waits are shortened here. Tests with an injected clock cover their length.
    runtime: { sleep: (ms, signal) => platform.sleep(ms / 50, signal) },
  });
  const name = (i: number) => `operation-${String(i).padStart(4, '0')}`;
  try {
    const results = await inParallel(SENDS, AT_ONCE, (i) =>
      rc.messages.sendOrThrow({
        sendFrom: 'num_abc123',
        to: [`+1555${2_000_000 + i}`],
        messageType: 'SMS',
        text: 'Once, please',
        externalReference: name(i),
      }),
    );
    await proxy.stop();
    const expected = results.map(({ accepted: [{ messageId }] }, i) => ({
      reference: name(i),
      id: messageId,
      count: 1,
    }));
    expect(await stored(redcloud)).toEqual(expected);
    const taken = timesTaken(redcloud.store.dataDir);
    expect([...taken.values()].filter((times) => times > 1)).toEqual([]);
    expect([...proxy.befell.keys()].sort()).toEqual([...FAULT_NAMES].sort());
  } finally {
    await redcloud.stop();
  }
});
