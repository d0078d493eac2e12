import { describe, expect, test } from 'vitest';
import { handlers, part, smppLink } from '../../../test/support/smpp-link.ts';
import type { CarrierHandlers } from '../carrier.ts';

const { smsc, smpp, started, behave } = smppLink();

describe('Cut link', () => {
  test('When a link is cut, sent submits become unknown, others unreachable, and the link reconnects.', async () => {
    behave({ latencyMs: 200 });
    const { carrier, heard } = await started({ window: 2 });
    const results = Array.from({ length: 5 }, (_, i) => carrier.submit(part(`+1555765430${i}`)));
    await expect.poll(() => smsc().submits).toBe(2);
    smsc().cut();
    const outcomes = (await Promise.all(results)).map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual(['unknown', 'unknown', 'unreachable', 'unreachable', 'unreachable']);
    await expect.poll(() => carrier.state(), { timeout: 5_000 }).toBe('up');
    expect(heard.states.map(([state]) => state)).toContain('down');
    behave({ latencyMs: 0 });
    expect(await carrier.submit(part('+15557654321'))).toMatchObject({ outcome: 'accepted' });
  });

  test('A late response to a submit is reported with its reference.', async () => {
    behave({ latencyMs: 500 });
    const { carrier, heard } = await started();
    const submission = part('+15550000003');
    expect(await carrier.submit(submission)).toMatchObject({ outcome: 'unknown' });
    await expect
      .poll(() => heard.reports)
      .toMatchObject([{ state: 'SENT', reference: submission.reference, carrierRef: '1000001' }]);
  });

  test('A silent peer is detected, and the link reconnects.', async () => {
    const { carrier, heard } = await started({ enquireLinkSeconds: 0.1, responseSeconds: 0.2 });
    // The peer reads all PDUs without a response, like a firewall that has dropped the connection.
    behave({ latencyMs: 60_000 });
    smsc().deaf = true;
    await expect.poll(() => heard.states.at(-1)?.[0], { timeout: 3_000 }).toBe('down');
    smsc().deaf = false;
    await expect.poll(() => carrier.state(), { timeout: 5_000 }).toBe('up');
  });
});

test('A waiting segment is not sent if another process holds it by the time it could leave.', async () => {
  behave({ latencyMs: 100 });
  const { carrier } = await started({ window: 1 });
  let ours = true;
  const first = carrier.submit(part('+15557654321'), () => ours);
  const second = carrier.submit(part('+15557654322'), () => ours);
  await expect.poll(() => smsc().submits).toBe(1);
  ours = false;
  expect(await first).toMatchObject({ outcome: 'accepted' });
  expect(await second).toMatchObject({ outcome: 'unreachable' });
  expect(smsc().taken).toHaveLength(1);
});

test('A late response that the store cannot record does not end the session.', async () => {
  behave({ latencyMs: 400 });
  const reported = Promise.withResolvers<void>();
  const heard: CarrierHandlers = {
    ...handlers(),
    async onReport() {
      reported.resolve();
      throw new Error('the store is away');
    },
  };
  const carrier = smpp();
  await carrier.start(heard);
  expect(await carrier.submit(part('+15550000003'))).toMatchObject({ outcome: 'unknown' });
  await reported.promise;
  expect(carrier.state()).toBe('up');
});
