import fc from 'fast-check';
import type { FastifyRequest } from 'fastify';
import { Registry } from 'prom-client';
import { beforeEach, expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { TestClock } from '../../../../test/support/clock.ts';
import { createHttpMetrics } from '../metrics.ts';
import { createGuesses, type Guesses } from './guesses.ts';

const metrics = createHttpMetrics(new Registry());
const WINDOW_MS = 60_000;

/** Clock that stands still until it is advanced. */
class StillClock extends TestClock {
  ms = 1_000_000;
  override now(): number {
    return this.ms;
  }
}

let clock: StillClock;
let guesses: Guesses;

beforeEach(() => {
  clock = new StillClock();
  guesses = createGuesses({ clock, log: createLog('silent'), metrics });
});

const from = (ip: string) => ({ id: 'req_1', ip, socket: {} }) as FastifyRequest;
const guess = (ip: string, client: string) => guesses.count(from(ip), 'client_secret', { client });
const wrongOnes = (count: number, each: (i: number) => ReturnType<typeof guess>) =>
  Array.from({ length: count }, (_, i) => each(i)).filter((refusal) => refusal === undefined).length;

test('Ten of 400 guesses at one client from different sources are not rate limited.', () => {
  expect(wrongOnes(400, (i) => guess(`192.0.${i >> 8}.${i & 255}`, 'client_1'))).toBe(10);
});

test('Thirty of 400 guesses from one source at different clients are not rate limited.', () => {
  expect(wrongOnes(400, (i) => guess('192.0.2.1', `client_${i}`))).toBe(30);
});

test('Texts that are no client ids count as one target, and are not stored.', () => {
  const texts = ['', 'rc_secret_swapped', 'client_ü', `client_${'x'.repeat(16_000)}`];
  expect(wrongOnes(400, (i) => guess(`192.0.${i >> 8}.${i & 255}`, `${i} ${texts[i % texts.length]}`))).toBe(100);
  expect(guess('198.51.100.1', 'client_1')).toBeUndefined();
});

test('A rate-limited source does not use up the allowance of a target.', () => {
  wrongOnes(400, (i) => guess('192.0.2.1', `client_${i}`));
  wrongOnes(400, () => guess('192.0.2.1', 'client_target'));
  expect(wrongOnes(20, () => guess('192.0.2.2', 'client_target'))).toBe(10);
});

test('Retry-After is the time until the next guess is not rate limited.', () => {
  wrongOnes(10, () => guess('192.0.2.1', 'client_1'));
  const refusal = guess('192.0.2.1', 'client_1');
  expect(refusal).toMatchObject({ code: 'RATE_LIMITED', status: 429, retryAfterSeconds: 6 });
  clock.ms += 5_000;
  expect(guess('192.0.2.1', 'client_1')?.retryAfterSeconds).toBe(1);
  clock.ms += 1_000;
  expect(guess('192.0.2.1', 'client_1')).toBeUndefined();
  expect(guess('192.0.2.1', 'client_1')?.retryAfterSeconds).toBe(6);
});

test('A minute without guesses restores the whole allowance, and no more.', () => {
  wrongOnes(400, () => guess('192.0.2.1', 'client_1'));
  clock.ms += 1_000 * WINDOW_MS;
  expect(wrongOnes(400, () => guess('192.0.2.1', 'client_1'))).toBe(10);
});

test('A clock that is set back does not prolong a rate limit.', () => {
  wrongOnes(400, () => guess('192.0.2.1', 'client_1'));
  clock.ms -= 1_000_000;
  expect(guess('192.0.2.1', 'client_1')?.retryAfterSeconds).toBe(6);
  clock.ms += WINDOW_MS;
  expect(guess('192.0.2.1', 'client_1')).toBeUndefined();
});

test('Guesses with any pauses never exceed the allowance of the elapsed time.', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20_000 }), { maxLength: 60 }), (pauses) => {
      const client = `client_${Math.random()}`;
      const start = clock.ms;
      let wrong = 0;
      for (const [i, pause] of pauses.entries()) {
        clock.ms += pause;
        if (guess(`10.0.0.${i}`, client) === undefined) wrong += 1;
        expect(wrong).toBeLessThanOrEqual(10 + Math.floor((clock.ms - start) / 6_000) + 1);
      }
      clock.ms += WINDOW_MS;
    }),
  );
});
