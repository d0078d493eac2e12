import fc from 'fast-check';
import { expect, test } from 'vitest';
import { delaysOf } from './delay.ts';

const secondsOf = (waiting: Parameters<typeof delaysOf>[0], perSecond: number) =>
  Object.fromEntries(delaysOf(waiting, perSecond).map(({ client, lane, seconds }) => [`${client}/${lane}`, seconds]));

test('A sender waits for its own messages and for at most as many of each other client.', () => {
  const waiting = [
    { client: 'campaign', lane: 'x', due: 20_000 },
    { client: 'codes', lane: 'x', due: 10 },
    { client: 'shop', lane: 'x', due: 100 },
  ];
  expect(secondsOf(waiting, 100)).toEqual({ 'campaign/x': 201.1, 'codes/x': 0.3, 'shop/x': 2.1 });
});

test('Numbers of a client share the turn of the client.', () => {
  const waiting = [
    { client: 'a', lane: 'x', due: 1_000 },
    { client: 'a', lane: 'y', due: 10 },
    { client: 'b', lane: 'x', due: 15 },
  ];
  expect(secondsOf(waiting, 10)).toEqual({ 'a/x': 102.5, 'a/y': 3.5, 'b/x': 3 });
});

/** Messages sent until the last one of a sender, with clients and their numbers served in turn. */
function simulated(
  waiting: readonly { client: string; lane: string; due: number }[],
  of: { client: string; lane: string },
) {
  const left = waiting.map((one) => ({ ...one }));
  const next = new Map<string, number>();
  const clients = [...new Set(left.map(({ client }) => client))];
  for (let sent = 0; ; ) {
    for (const client of clients) {
      const lanes = left.filter((one) => one.client === client);
      const at = next.get(client) ?? 0;
      const turn = [...lanes.keys()].map((i) => lanes[(at + i) % lanes.length]).find((one) => one && one.due > 0);
      if (!turn) continue;
      next.set(client, lanes.indexOf(turn) + 1);
      turn.due -= 1;
      sent += 1;
      if (turn.due === 0 && turn.client === of.client && turn.lane === of.lane) return sent;
    }
  }
}

test('The estimate agrees with a simulation of fair scheduling, within three messages per sender.', () => {
  const sender = fc.record({
    client: fc.constantFrom('a', 'b', 'c'),
    lane: fc.constantFrom('x', 'y', 'z'),
    due: fc.integer({ min: 1, max: 60 }),
  });
  const senders = fc.uniqueArray(sender, {
    selector: ({ client, lane }) => `${client}/${lane}`,
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(senders, (waiting) => {
      for (const delay of delaysOf(waiting, 1)) {
        expect(Math.abs(simulated(waiting, delay) - delay.seconds)).toBeLessThanOrEqual(waiting.length * 3);
      }
    }),
  );
});
