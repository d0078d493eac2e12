import { expect, test } from 'vitest';
import { Deferred } from './deferred.ts';

const event = (ordinal: number, subject = 'msg_1') => ({ subject, ordinal });

test('An event waits for an earlier deferred event of its message, as long as that one is deferred.', () => {
  const deferred = new Deferred();
  deferred.put(event(1), 5_000);
  expect(deferred.behind(event(2), 1_000, false)).toBe(5_000);
  expect(deferred.behind(event(2), 1_000, true)).toBe(5_000);
  deferred.put(event(2), 5_000);
  expect(deferred.behind(event(3), 1_000, false)).toBe(5_000);
  expect(deferred.behind(event(1), 1_000, false)).toBe(undefined);
  expect(deferred.behind(event(2, 'msg_2'), 1_000, true)).toBe(undefined);
});

test('A claimed event waits until the earlier event has been back in the queue for a second.', () => {
  const deferred = new Deferred();
  deferred.put(event(1), 5_000);
  expect(deferred.behind(event(2), 20_000, false)).toBe(20_050);
  deferred.back(event(1), 20_000);
  expect(deferred.behind(event(2), 20_900, false)).toBe(20_950);
  expect(deferred.behind(event(2), 21_001, false)).toBe(undefined);
});

test('A directly dispatched event waits until the earlier event has been due for a minute.', () => {
  const deferred = new Deferred();
  deferred.put(event(1), 5_000);
  deferred.back(event(1), 1_000);
  expect(deferred.behind(event(2), 60_000, true)).toBe(5_000);
  expect(deferred.behind(event(2), 65_001, true)).toBe(undefined);
});

test('An event does not wait for an earlier event that was attempted.', () => {
  const deferred = new Deferred();
  deferred.put(event(1), 5_000);
  deferred.put(event(2), 6_000);
  deferred.done(event(1));
  expect(deferred.behind(event(2), 1_000, true)).toBe(undefined);
  expect(deferred.behind(event(3), 1_000, true)).toBe(6_000);
  deferred.done(event(2));
  deferred.done(event(2));
  deferred.back(event(2), 1_000);
  expect(deferred.behind(event(3), 1_000, true)).toBe(undefined);
});
