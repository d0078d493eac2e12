import { expect, test } from 'vitest';
import { shared } from './shared.ts';

test('Concurrent callers share one result, and later callers share it while it is fresh.', async () => {
  let computed = 0;
  const read = shared(async () => {
    computed += 1;
    return computed;
  }, 60_000);
  expect(await Promise.all([read(), read(), read()])).toEqual([1, 1, 1]);
  expect(await read()).toBe(1);
});

test('Without a duration, only concurrent callers share a result.', async () => {
  let computed = 0;
  const read = shared(async () => {
    computed += 1;
    return computed;
  }, 0);
  expect(await Promise.all([read(), read()])).toEqual([1, 1]);
  expect(await read()).toBe(2);
});

test('A failure is not cached.', async () => {
  let fails = true;
  const read = shared(async () => {
    if (fails) throw new Error('away');
    return 'here';
  }, 60_000);
  const both = await Promise.allSettled([read(), read()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await read()).toBe('here');
});
