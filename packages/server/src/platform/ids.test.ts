import { describe, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { createIds, type IdKind, randomSecret } from './ids.ts';

const KINDS: readonly IdKind[] = ['acc', 'client', 'evt', 'msg', 'num', 'req', 'secret'];
const at = (ms: number) => ({ now: () => ms });

describe('Ids', () => {
  test.each(KINDS)('An id is the prefix of its kind and a ULID (%s).', (kind) => {
    expect(createIds(new TestClock()).next(kind)).toMatch(new RegExp(`^${kind}_[0-7][0-9A-HJKMNP-TV-Z]{25}$`));
  });

  test('An id contains its time, so that later ids are greater in any process.', () => {
    const earlier = createIds(at(1_000)).next('msg');
    const later = createIds(at(1_001)).next('msg');
    expect(later > earlier).toBe(true);
    // 1,000 ms in Crockford's base 32.
    expect(earlier.slice(0, 14)).toBe('msg_00000000Z8');
  });

  test('An id is greater than the id before it, also within one millisecond.', () => {
    const ids = createIds(at(1_700_000_000_000));
    const made = Array.from({ length: 20_000 }, () => ids.next('msg'));
    expect(made).toEqual(made.toSorted());
    expect(new Set(made).size).toBe(made.length);
  });

  test('Ids grow even if the clock is set back.', () => {
    let now = 1_700_000_000_000;
    const ids = createIds({ now: () => now });
    const first = ids.next('msg');
    now -= 60_000;
    expect(ids.next('msg') > first).toBe(true);
  });

  test('Ids of different processes in the same millisecond are different.', () => {
    const made = Array.from({ length: 1_000 }, () => createIds(at(1_700_000_000_000)).next('msg'));
    expect(new Set(made).size).toBe(1_000);
  });

  test('The random part of ids contains every digit of the alphabet.', () => {
    const digits = new Set<string>();
    for (let ms = 1; ms < 2_000; ms += 1)
      for (const digit of createIds(at(ms)).next('msg').slice(14)) digits.add(digit);
    expect(digits.size).toBe(32);
  });
});

describe('Random secrets', () => {
  test('A random secret is its prefix and 192 bits in base64url, and does not repeat.', () => {
    const made = Array.from({ length: 1_000 }, () => randomSecret('rcs_'));
    for (const secret of made) expect(secret).toMatch(/^rcs_[A-Za-z0-9_-]{32}$/);
    expect(new Set(made).size).toBe(made.length);
  });
});
