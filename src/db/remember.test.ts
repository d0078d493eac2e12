import { describe, expect, test } from 'vitest';
import { remember } from './remember.ts';

/** A source of values that can be changed, and that counts how often it is read. */
function source(values: Record<string, string | undefined> = {}) {
  const reads: string[] = [];
  return {
    values,
    reads,
    read: async (key: string) => {
      reads.push(key);
      return values[key];
    },
  };
}

describe('on the embedded store, a value', () => {
  test('is read once for each key', async () => {
    const { reads, read } = source({ a: '1', b: '2' });
    const look = remember({ kind: 'embedded' }, read);
    expect([await look('a'), await look('b'), await look('a'), await look('b')]).toEqual(['1', '2', '1', '2']);
    expect(reads).toEqual(['a', 'b']);
  });

  test('is read again once it was to be forgotten', async () => {
    const { values, read } = source({ a: 'old' });
    const look = remember({ kind: 'embedded' }, read);
    await look('a');
    values['a'] = 'new';
    look.forget();
    expect(await look('a')).toBe('new');
  });

  test('that was read before a commit and arrives after it is not remembered', async () => {
    const answers = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    let asked = 0;
    const look = remember({ kind: 'embedded' }, () => {
      asked += 1;
      return answers[asked - 1]?.promise ?? Promise.resolve('third');
    });
    const first = look('a');
    look.forget();
    const second = look('a');
    answers[1]?.resolve('new');
    expect(await second).toBe('new');
    answers[0]?.resolve('old');
    expect(await first).toBe('old');
    expect(await look('a')).toBe('new');
    expect(asked).toBe(2);
  });

  test('that is absent is looked for each time, so that it is found as soon as it is there', async () => {
    const { values, read } = source();
    const look = remember({ kind: 'embedded' }, read);
    expect(await look('a')).toBeUndefined();
    values['a'] = '1';
    expect(await look('a')).toBe('1');
  });

  test('that could not be read is read again', async () => {
    let broken = true;
    const look = remember({ kind: 'embedded' }, async () => {
      if (broken) throw new Error('away');
      return 'back';
    });
    await expect(look('a')).rejects.toThrow('away');
    broken = false;
    expect(await look('a')).toBe('back');
  });

  test('is right, remembered or not, however many there are', async () => {
    const reads: string[] = [];
    const look = remember({ kind: 'embedded' }, async (key) => {
      reads.push(key);
      return `value of ${key}`;
    });
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < 10_050; i += 1) expect(await look(String(i))).toBe(`value of ${i}`);
    }
    // 10,000 are remembered; memory does not grow with what callers name.
    expect(reads).toHaveLength(10_050 + 50);
  });
});

test('on a server, where others write too, each call reads', async () => {
  const { values, reads, read } = source({ a: 'old' });
  const look = remember({ kind: 'server' }, read);
  await look('a');
  values['a'] = 'new';
  expect(await look('a')).toBe('new');
  expect(reads).toEqual(['a', 'a']);
});
