import { describe, expect, test } from 'vitest';
import type { SmscSimulator } from '#smsc/simulator.ts';
import { handlers, part, smppLink } from '../../../test/support/smpp-link.ts';

const { smsc, smpp, started, behave } = smppLink();

describe('Submitted segment', () => {
  test('A segment is submitted with its addresses, alphabet, receipt request and campaign.', async () => {
    const { carrier } = await started({
      campaignTlv: '0x1400',
      tlvs: { '0x1401': 'fixed', '0x1402': { hex: '00ff' } },
    });
    await carrier.submit(part('+15557654321', { text: 'é {} €' }));
    const { pdu, from, to, text } = smsc().taken[0] as SmscSimulator['taken'][0];
    expect([from, to, text]).toEqual(['+15551234567', '+15557654321', 'é {} €']);
    expect(pdu).toMatchObject({
      source_addr_ton: 1,
      source_addr_npi: 1,
      source_addr: '15551234567',
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      data_coding: 0,
      esm_class: 0,
      registered_delivery: 1,
      5120: Buffer.from('C123'),
      5121: Buffer.from('fixed'),
      5122: Buffer.from([0, 255]),
    });
  });

  test.each(['udh8', 'udh16', 'sar'] as const)(
    'Segments of one message have their places by %s, with the same group number.',
    async (longMessages) => {
      const { carrier } = await started({ longMessages });
      const reference = 'msg_LONG';
      for (const [i, text] of ['one ', 'two ', 'three'].entries()) {
        await carrier.submit(part('+15557654321', { reference: `${reference}/${i + 1}`, text, part: i + 1, parts: 3 }));
      }
      expect(smsc().taken.map(({ text }) => text)).toEqual(['one ', 'two ', 'three']);
      const group = smsc().taken[0]?.part?.group;
      expect(smsc().taken.map(({ part: place }) => place)).toEqual(
        [1, 2, 3].map((n) => ({ group, parts: 3, part: n })),
      );
    },
  );

  test('A UCS-2 segment keeps characters that GSM-7 lacks, and stays UCS-2 even if it fits GSM-7.', async () => {
    const { carrier } = await started();
    await carrier.submit(part('+15557654321', { text: '漢字 😀', encoding: 'UCS2' }));
    await carrier.submit(part('+15557654321', { text: 'plain', encoding: 'UCS2' }));
    expect(smsc().taken.map(({ text, pdu }) => [text, pdu['data_coding']])).toEqual([
      ['漢字 😀', 8],
      ['plain', 8],
    ]);
  });

  test('A message that SMPP cannot encode is permanently rejected without a submit.', async () => {
    const { carrier } = await started();
    const result = await carrier.submit(part('+15557654321', { messageType: 'MMS', text: null, encoding: null }));
    expect(result).toMatchObject({ outcome: 'rejected', permanent: true });
    expect(smsc().submits).toBe(0);
  });
});

describe('Permanently rejected bind', () => {
  test('A rejected bind is misconfigured with a reason, without the password and without quick retries.', async () => {
    const heard = handlers();
    const carrier = smpp({ password: 'wrong-secret' });
    await carrier.start(heard);
    expect(carrier.state()).toBe('misconfigured');
    expect(heard.states).toEqual([['misconfigured', 'the bind was refused: ESME_RINVPASWD']]);
    expect(await carrier.submit(part('+15557654321'))).toMatchObject({ outcome: 'unreachable' });
    expect(JSON.stringify(heard)).not.toContain('wrong-secret');
  });
});

test('A transmitter and a receiver are one bind, and submits wait until receipts can be received.', async () => {
  const { carrier, heard } = await started({ bindMode: 'transmitter+receiver' });
  await expect.poll(() => carrier.state()).toBe('up');
  expect(smsc().links).toBe(2);
  await carrier.submit(part('+15550000001'));
  await expect.poll(() => heard.reports.length).toBe(1);
});

test('Several binds share the submits.', async () => {
  behave({ latencyMs: 20 });
  const { carrier } = await started({ binds: 3, window: 1 });
  await expect.poll(() => carrier.capacity()).toBe(3);
  await Promise.all(Array.from({ length: 9 }, (_, i) => carrier.submit(part(`+155576543${10 + i}`))));
  expect(smsc().taken).toHaveLength(9);
});
