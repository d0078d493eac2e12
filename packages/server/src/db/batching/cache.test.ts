import { afterEach, describe, expect, test, vi } from 'vitest';
import { Topics } from '../drivers/topics.ts';
import { cached } from './cache.ts';

/** Store of this process. `others` stands for the other processes. */
function store(kind: 'embedded' | 'server') {
  const topics = new Topics();
  const others = new Topics();
  return {
    kind,
    others: { wake: (topic: string) => topics.emit(topic) },
    wake: (topic: string) => others.emit(topic),
    onWake: (topic: string, listener: () => void) => topics.on(topic, listener),
    notified: (topic: string, listener: () => void) => others.on(topic, listener),
  };
}

afterEach(() => {
  vi.useRealTimers();
});

/** Source of values that can be changed, with a record of its reads. */
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

describe('Cached value on the embedded store', () => {
  test('A value is read once for each key.', async () => {
    const { reads, read } = source({ a: '1', b: '2' });
    const look = cached(store('embedded'), read);
    expect([await look('a'), await look('b'), await look('a'), await look('b')]).toEqual(['1', '2', '1', '2']);
    expect(reads).toEqual(['a', 'b']);
  });

  test('A value is read again after an invalidation.', async () => {
    const { values, read } = source({ a: 'old' });
    const look = cached(store('embedded'), read);
    await look('a');
    values['a'] = 'new';
    look.invalidate();
    expect(await look('a')).toBe('new');
  });

  test('A value that was read before a commit and arrives after it is not cached.', async () => {
    const answers = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    let asked = 0;
    const look = cached(store('embedded'), () => {
      asked += 1;
      return answers[asked - 1]?.promise ?? Promise.resolve('third');
    });
    const first = look('a');
    look.invalidate();
    const second = look('a');
    answers[1]?.resolve('new');
    expect(await second).toBe('new');
    answers[0]?.resolve('old');
    expect(await first).toBe('old');
    expect(await look('a')).toBe('new');
    expect(asked).toBe(2);
  });

  test('An absent value is read each time, so that it is found as soon as it exists.', async () => {
    const { values, read } = source();
    const look = cached(store('embedded'), read);
    expect(await look('a')).toBeUndefined();
    values['a'] = '1';
    expect(await look('a')).toBe('1');
  });

  test('A value is read again after a failed read.', async () => {
    let broken = true;
    const look = cached(store('embedded'), async () => {
      if (broken) throw new Error('away');
      return 'back';
    });
    await expect(look('a')).rejects.toThrow('away');
    broken = false;
    expect(await look('a')).toBe('back');
  });

  test('Values are correct even when there are more than the cache holds.', async () => {
    const reads: string[] = [];
    const look = cached(store('embedded'), async (key) => {
      reads.push(key);
      return `value of ${key}`;
    });
    for (let i = 0; i < 10_050; i += 1) expect(await look(String(i))).toBe(`value of ${i}`);
    // The cache holds 10,000 values, so that memory does not grow with the keys of callers. The latest ones stay.
    for (let i = 50; i < 10_050; i += 1) expect(await look(String(i))).toBe(`value of ${i}`);
    expect(reads).toHaveLength(10_050);
    for (let i = 0; i < 50; i += 1) expect(await look(String(i))).toBe(`value of ${i}`);
    expect(reads).toHaveLength(10_050 + 50);
  });
});

describe('Cached value on a server with other processes', () => {
  test('A value is read once for all requests within a moment.', async () => {
    const { reads, read } = source({ a: '1' });
    const look = cached(store('server'), read);
    expect([await look('a'), await look('a')]).toEqual(['1', '1']);
    expect(reads).toEqual(['a']);
  });

  test('A value that another process has changed is read again after the notification.', async () => {
    const { values, read } = source({ a: 'old' });
    const db = store('server');
    const look = cached(db, read);
    await look('a');
    values['a'] = 'new';
    db.others.wake('settings');
    expect(await look('a')).toBe('new');
  });

  test('Without a notification, a value is cached for one second at most.', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { values, read } = source({ a: 'old' });
    const look = cached(store('server'), read);
    await look('a');
    values['a'] = 'new';
    vi.advanceTimersByTime(999);
    expect(await look('a')).toBe('old');
    vi.advanceTimersByTime(1);
    expect(await look('a')).toBe('new');
  });

  test('A change by this process notifies the other processes.', async () => {
    const db = store('server');
    let notified = 0;
    db.notified('settings', () => {
      notified += 1;
    });
    cached(db, async () => '1').invalidate();
    expect(notified).toBe(1);
  });
});
