import { beforeEach, describe, expect, test } from 'vitest';
import { delivered, receiptsParts } from '../../test/support/receipts.ts';

const { db, clock, receipts, listen, queued, record, statusOf, eventsOf } = receiptsParts();

describe('Receipt with another spelling of the id than in the submit response', () => {
  const refOf = async (id: string) =>
    (
      await db().query<{ ref: string | null }>('select carrier_ref as ref from message_parts where message_id = $1', [
        id,
      ])
    )[0]?.ref;
  const parkedOf = async (ref: string) =>
    (await db().query('select 1 as parked from receipts where carrier_ref = $1 and message_id is null', [ref])).length;

  beforeEach(() => {
    listen({ alone: true });
  });

  test.each([
    ['04062581461644390515927', '4062581461644390515927'],
    ['F4241', '1000001'],
    ['1000002', 'F4242'],
    ['000f4243', 'F4243'],
    ['0001000004', '0x0F4244'],
    ['7F3E-aB', '07f3e-Ab'],
    ['6BA7B810-9DAD-11D1-80B4-00C04FD430C8', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
    [' 1000005 ', '1000005'],
    ['000', '0'],
    ['DEADBEEFDEADBEEFDEADBEEF', BigInt('0xDEADBEEFDEADBEEFDEADBEEF').toString()],
  ])('A receipt matches at once if no submit is in progress: response %s, receipt %s.', async (response, receipt) => {
    const id = await queued();
    await record(id, response);
    expect(await receipts().take('acme', delivered(receipt))).toBe('matched');
    expect([await statusOf(id), await refOf(id)]).toEqual(['DELIVERED', response]);
  });

  test('A receipt does not match a message of another carrier.', async () => {
    const id = await queued();
    await record(id, 'A0001');
    expect(await receipts().take('other', delivered('a0001'))).toBe('parked');
    expect(await statusOf(id)).toBe('SENT');
  });

  test('A receipt in another spelling still matches after any number of identical spellings.', async () => {
    for (let n = 0; n < 25; n += 1) {
      const id = await queued();
      await record(id, `${5_000_000 + n}`);
      await receipts().take('acme', delivered(`${5_000_000 + n}`));
    }
    const id = await queued();
    await record(id, `${6_000_000}`);
    await receipts().take('acme', delivered((6_000_000).toString(16)));
    expect(await statusOf(id)).toBe('DELIVERED');
  });

  test('The exact id has precedence over case and zeros, and these over the other notation.', async () => {
    const [decimal, hexadecimal, padded] = [await queued(), await queued(), await queued()];
    await record(decimal, '7010');
    await record(hexadecimal, '28688'); // 0x7010
    await record(padded, '0028688');
    await receipts().take('acme', delivered('7010'));
    expect([await statusOf(decimal), await statusOf(hexadecimal)]).toEqual(['DELIVERED', 'SENT']);
    await receipts().take('acme', delivered('28688'));
    expect([await statusOf(hexadecimal), await statusOf(padded)]).toEqual(['DELIVERED', 'SENT']);
  });

  test('A receipt is parked when two messages fit equally well, and no sweep matches it later.', async () => {
    const [upper, mixed] = [await queued(), await queued()];
    await record(upper, 'AB77');
    await record(mixed, 'Ab77');
    expect(await receipts().take('acme', delivered('aB77'))).toBe('parked');
    clock.advance(30_000);
    await receipts().sweep();
    expect([await statusOf(upper), await statusOf(mixed), await parkedOf('aB77')]).toEqual(['SENT', 'SENT', 1]);
    await receipts().take('acme', delivered('AB77'));
    // The other message would still be a guess, because the carrier may have repeated its receipt.
    expect(await receipts().take('acme', delivered('ab77'))).toBe('parked');
    expect([await statusOf(upper), await statusOf(mixed)]).toEqual(['DELIVERED', 'SENT']);
  });

  test('A receipt of a reused id is parked while both messages are open, and matches a single open one.', async () => {
    const [earlier, later] = [await queued(), await queued()];
    await record(earlier, 'twice-1');
    await record(later, 'twice-1');
    expect(await receipts().take('acme', delivered('twice-1'))).toBe('parked');
    await receipts().take('acme', delivered(null, `${earlier}/1`));
    await receipts().take('acme', delivered('twice-1'));
    expect([await statusOf(earlier), await statusOf(later)]).toEqual(['DELIVERED', 'DELIVERED']);
  });

  test('A receipt that arrives before its response does not match another message by another spelling.', async () => {
    const [other, own] = [await queued(), await queued()];
    await record(other, '16');
    const recorded = Promise.withResolvers<void>();
    listen({ alone: true, inFlight: { messages: 1, settled: () => recorded.promise } });
    // 16 is 0x10. In hexadecimal, this receipt would belong to the other message.
    expect(await receipts().take('acme', delivered('10'))).toBe('parked');
    await record(own, '10');
    recorded.resolve();
    await receipts().stop();
    expect([await statusOf(other), await statusOf(own)]).toEqual(['SENT', 'DELIVERED']);
  });

  test('A receipt waits for the submits in progress, regardless of earlier spellings of the carrier.', async () => {
    const [first, second, own] = [await queued(), await queued(), await queued()];
    await record(first, '255001');
    await record(second, '1715005');
    const recorded = Promise.withResolvers<void>();
    listen({ alone: true, inFlight: { messages: 1, settled: () => recorded.promise } });
    expect(await receipts().take('acme', delivered('3e419'))).toBe('parked');
    // The response of this receipt's own message has not arrived. In hexadecimal, the id would be the second message's.
    expect(await receipts().take('acme', delivered('1a2b3d'))).toBe('parked');
    await record(own, '1a2b3d');
    recorded.resolve();
    await receipts().stop();
    expect(await Promise.all([first, second, own].map(statusOf))).toEqual(['DELIVERED', 'SENT', 'DELIVERED']);
  });

  test('A receipt whose response another process may have is matched by a later sweep.', async () => {
    listen({ alone: false });
    const id = await queued();
    await record(id, '00e7ef01');
    expect(await receipts().take('acme', delivered('15200001'))).toBe('parked');
    await receipts().sweep();
    expect(await statusOf(id)).toBe('SENT');
    clock.advance(16_000);
    await receipts().sweep();
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('Each of many concurrent receipts matches its message.', async () => {
    const numbers = Array.from({ length: 50 }, (_, i) => 3_000_000 + i);
    const made = await Promise.all(
      numbers.map(async (n) => {
        const id = await queued();
        await record(id, n.toString(16));
        return id;
      }),
    );
    await Promise.all(numbers.map((n) => receipts().take('acme', delivered(`${n}`))));
    expect(await Promise.all(made.map(statusOf))).toEqual(made.map(() => 'DELIVERED'));
  });

  test('A receipt matches a message recorded by an earlier version.', async () => {
    const id = await queued();
    await record(id, '0000ABCDE1');
    await receipts().take('acme', delivered('abcde1'));
    expect(await statusOf(id)).toBe('DELIVERED');
  });
});
