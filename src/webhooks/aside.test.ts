import { expect, test } from 'vitest';
import { Aside } from './aside.ts';

const event = (ordinal: number, subject = 'msg_1') => ({ subject, ordinal });

test('An event waits for an earlier deferred event of its message, as long as that one is deferred.', () => {
  const aside = new Aside();
  aside.put(event(1), 5_000);
  expect(aside.behind(event(2), 1_000, false)).toBe(5_000);
  expect(aside.behind(event(2), 1_000, true)).toBe(5_000);
  aside.put(event(2), 5_000);
  expect(aside.behind(event(3), 1_000, false)).toBe(5_000);
  expect(aside.behind(event(1), 1_000, false)).toBe(undefined);
  expect(aside.behind(event(2, 'msg_2'), 1_000, true)).toBe(undefined);
});

test('A claimed event waits until the earlier event has been back in the queue for a second.', () => {
  const aside = new Aside();
  aside.put(event(1), 5_000);
  expect(aside.behind(event(2), 20_000, false)).toBe(20_050);
  aside.back(event(1), 20_000);
  expect(aside.behind(event(2), 20_900, false)).toBe(20_950);
  expect(aside.behind(event(2), 21_001, false)).toBe(undefined);
});

test('A directly dispatched event waits until the earlier event has been due for a minute.', () => {
  const aside = new Aside();
  aside.put(event(1), 5_000);
  aside.back(event(1), 1_000);
  expect(aside.behind(event(2), 60_000, true)).toBe(5_000);
  expect(aside.behind(event(2), 65_001, true)).toBe(undefined);
});

test('An event does not wait for an earlier event that was attempted.', () => {
  const aside = new Aside();
  aside.put(event(1), 5_000);
  aside.put(event(2), 6_000);
  aside.done(event(1));
  expect(aside.behind(event(2), 1_000, true)).toBe(undefined);
  expect(aside.behind(event(3), 1_000, true)).toBe(6_000);
  aside.done(event(2));
  aside.done(event(2));
  aside.back(event(2), 1_000);
  expect(aside.behind(event(3), 1_000, true)).toBe(undefined);
});
