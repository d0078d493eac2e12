import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SerialByKey } from './serial-by-key.ts';

describe('Work under one key', () => {
  test('Work under one key runs one at a time in the order of the calls, while other keys run too.', async () => {
    const serial = new SerialByKey();
    const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const begun: string[] = [];
    const take = (key: string, name: string, until: Promise<string>) =>
      serial.take(key, () => {
        begun.push(name);
        return until;
      });
    const all = [take('a', 'a1', first.promise), take('a', 'a2', second.promise), take('b', 'b1', second.promise)];
    expect(begun).toEqual(['a1', 'b1']);
    second.resolve('second');
    expect(await all[2]).toBe('second');
    expect(begun).toEqual(['a1', 'b1']);
    first.resolve('first');
    expect(await Promise.all(all)).toEqual(['first', 'second', 'second']);
    expect(begun).toEqual(['a1', 'b1', 'a2']);
  });

  test('Work under one key continues after a failure, which only its own caller receives.', async () => {
    const serial = new SerialByKey();
    const failing = serial.take('a', () => Promise.reject(new Error('first')));
    const failing2 = serial.take('a', async () => {
      throw new Error('second');
    });
    const next = serial.take('a', async () => 'done');
    await expect(failing).rejects.toThrow('first');
    await expect(failing2).rejects.toThrow('second');
    expect(await next).toBe('done');
  });

  test('Work under one key never overlaps and never runs out of order, also after a failure.', async () => {
    const work = fc.record({ key: fc.constantFrom('a', 'b', 'c'), fails: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(work, { maxLength: 20 }), async (scheduler, all) => {
        const serial = new SerialByKey();
        const running = new Set<string>();
        const order: Record<string, number[]> = { a: [], b: [], c: [] };
        const results = all.map(({ key, fails }, n) =>
          serial.take(key, async () => {
            expect(running.has(key)).toBe(false);
            running.add(key);
            order[key]?.push(n);
            await scheduler.schedule(Promise.resolve());
            running.delete(key);
            if (fails) throw new Error(`${n}`);
            return n;
          }),
        );
        const settled = Promise.allSettled(results);
        await scheduler.waitFor(settled);
        expect((await settled).map(({ status }) => status)).toEqual(
          all.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
        );
        for (const numbers of Object.values(order)) expect(numbers).toEqual(numbers.toSorted((x, y) => x - y));
        expect(Object.values(order).flat()).toHaveLength(all.length);
      }),
    );
  });
});

test('A key without pending work is removed, even after a failure, so that the next work begins at once.', async () => {
  const serial = new SerialByKey();
  await Promise.allSettled([
    serial.take('a', async () => 'done'),
    serial.take('a', () => Promise.reject(new Error('failed'))),
    serial.take('b', () => Promise.reject(new Error('failed'))),
  ]);
  for (const key of ['a', 'b']) {
    let begun = false;
    const next = serial.take(key, async () => {
      begun = true;
    });
    // Behind a promise of earlier work, the work would wait for a turn of the event loop.
    expect(begun).toBe(true);
    await next;
  }
});
