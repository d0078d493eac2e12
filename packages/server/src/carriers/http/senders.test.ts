import { expect, test } from 'vitest';
import { BusySenders } from './senders.ts';

function senders() {
  const clock = { ms: 0 };
  return { clock, busy: new BusySenders(() => clock.ms) };
}

test('The pause of a sender doubles up to one minute, and does not affect other senders.', () => {
  const { clock, busy } = senders();
  const pauses = Array.from({ length: 8 }, () => {
    const ms = busy.pause('+1', 0);
    expect([busy.leftMs('+1'), busy.leftMs('+2')]).toEqual([ms, 0]);
    clock.ms += ms;
    return ms;
  });
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test('Concurrent refusals count once, and the vendor can request a pause.', () => {
  const { clock, busy } = senders();
  expect([busy.pause('+1', 0), busy.pause('+1', 0)]).toEqual([1_000, 1_000]);
  clock.ms += 1_000;
  expect(busy.pause('+1', 90_000)).toBe(90_000);
});

test('An accepted message ends the pauses.', () => {
  const { busy } = senders();
  busy.pause('+1', 0);
  busy.resume('+1');
  expect([busy.leftMs('+1'), busy.pause('+1', 0)]).toEqual([0, 1_000]);
});
