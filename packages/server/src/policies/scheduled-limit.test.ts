import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ScheduledLimit } from './scheduled-limit.ts';

/** Store in which messages appear when they are committed, and whose readings take some turns. */
function limited(perClient: number) {
  const store = { messages: 0, readings: 0 };
  const limit = new ScheduledLimit({
    perClient,
    backlog: { scheduled: () => 0 },
    async count(_client, most) {
      store.readings += 1;
      const { messages } = store;
      await new Promise(setImmediate);
      return Math.min(messages, most);
    },
  });
  return { limit, store };
}

describe('Limit of scheduled messages', () => {
  test('Concurrent requests of one client do not exceed the limit together, and share one reading.', async () => {
    const { limit, store } = limited(50);
    const results = await Promise.all(Array.from({ length: 60 }, () => limit.admit('client', 50)));
    expect(results.filter((result) => !('refusal' in result))).toHaveLength(1);
    expect(store.readings).toBe(1);
  });

  test('After a cancel, the next request is admitted.', async () => {
    const { limit, store } = limited(10);
    const first = await limit.admit('client', 10);
    if ('refusal' in first) throw first.refusal;
    store.messages = 10;
    first.settle();
    expect(await limit.admit('client', 1)).toMatchObject({ refusal: { status: 429 } });
    store.messages = 0;
    await expect.poll(async () => 'refusal' in (await limit.admit('client', 1)), { timeout: 3_000 }).toBe(false);
  });

  test('Messages that are stored while the store is read do not count twice for long.', async () => {
    const { limit, store } = limited(100);
    const first = await limit.admit('client', 50);
    const late = limit.admit('client', 60);
    if ('refusal' in first) throw first.refusal;
    store.messages = 50;
    first.settle();
    expect(await late).toMatchObject({ refusal: { details: { scheduled: 50, limit: 100 } } });
    expect('refusal' in (await limit.admit('client', 50))).toBe(false);
  });

  test('In any order of requests, commits and failures, the store never has more than the limit.', async () => {
    const step = fc.record({
      messages: fc.integer({ min: 1, max: 7 }),
      isStored: fc.boolean(),
      turns: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 30 }), async (steps, perClient) => {
        const { limit, store } = limited(perClient);
        const carryOut = async ({ messages, isStored, turns }: (typeof steps)[number]) => {
          const admitted = await limit.admit('client', messages);
          if ('refusal' in admitted) return;
          for (let n = 0; n < turns; n += 1) await new Promise(setImmediate);
          if (isStored) store.messages += messages;
          else admitted.undo();
          admitted.settle();
          expect(store.messages).toBeLessThanOrEqual(perClient);
        };
        await Promise.all(steps.map(carryOut));
        // The rest fits exactly.
        const rest = perClient - store.messages;
        if (rest > 0) expect('refusal' in (await limit.admit('client', rest))).toBe(false);
      }),
    );
  });
});
